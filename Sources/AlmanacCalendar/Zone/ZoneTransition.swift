/// A change of a zone's UTC offset.
///
/// A positive ``shift`` makes a gap: the wall times from ``wallBefore`` up to, not including, ``wallAfter`` are jumped over. A
/// negative one makes a fold: those from ``wallAfter`` up to, not including, ``wallBefore`` come twice.
public struct ZoneTransition: Hashable, Sendable {
    /// The first instant of the new offset.
    public let at: Timestamp

    /// The offset until then.
    public let offsetBefore: UTCOffset

    /// The offset from then on, never the same.
    public let offsetAfter: UTCOffset

    /// A change of offset at an instant.
    public init(at: Timestamp, offsetBefore: UTCOffset, offsetAfter: UTCOffset) {
        self.at = at
        self.offsetBefore = offsetBefore
        self.offsetAfter = offsetAfter
    }

    /// The seconds by which clocks are put forward, negative where they are put back.
    public var shift: Int64 { Int64(offsetAfter.seconds) - Int64(offsetBefore.seconds) }

    /// What clocks would show at ``at`` without the change.
    public var wallBefore: CivilDateTime { wallTime(offsetBefore) }

    /// What clocks show at ``at``.
    public var wallAfter: CivilDateTime { wallTime(offsetAfter) }

    private func wallTime(_ offset: UTCOffset) -> CivilDateTime {
        CivilDateTime(wallSeconds: at.secondsSinceEpoch.addingSaturating(Int64(offset.seconds)))
    }
}

/// The instants at which a zone's clocks show one wall time.
public enum WallInstants: Hashable, Sendable {
    /// None: the wall time lies in a gap; the first transition that jumps over it.
    case gap(ZoneTransition)

    /// One, as for nearly every wall time.
    case one(Timestamp)

    /// Two or more, ascending: the wall time lies in a fold.
    case several([Timestamp])

    /// The instants, ascending; none for a gap.
    public var all: [Timestamp] {
        switch self {
        case .gap: []
        case .one(let instant): [instant]
        case .several(let instants): instants
        }
    }
}
