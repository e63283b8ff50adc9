/// What becomes of a tick at an instant: it fires, or it is dst_skipped.
public struct Occurrence: Hashable, Sendable {
    /// The two things that can become of a tick.
    public enum Kind: String, Sendable, CaseIterable {
        case fire
        case dstSkipped = "dst_skipped"
    }

    /// Why a tick was settled by other means than its plain instant.
    public enum Reason: String, Sendable, CaseIterable {
        /// The tick lay in a gap.
        case gap
        /// The tick lay in a fold.
        case fold
    }

    /// The instant at which the tick was settled.
    public let at: Timestamp

    /// Fired or not.
    public let kind: Kind

    /// `gap` or `fold` where the tick lay in one and the rules about it applied; nil otherwise.
    public let reason: Reason?

    /// The tick in wall seconds, or ``noTick``.
    let tickSeconds: Int64

    private static let noTick = Int64.min

    /// The wall time that the expression names; nil for `@every`, which has no ticks.
    public var tick: CivilDateTime? {
        tickSeconds == Self.noTick ? nil : CivilDateTime(wallSeconds: tickSeconds)
    }

    /// An occurrence of these properties.
    public init(at: Timestamp, tick: CivilDateTime?, kind: Kind, reason: Reason?) {
        self.at = at
        self.kind = kind
        self.reason = reason
        tickSeconds = tick?.wallSeconds ?? Self.noTick
    }

    @inline(__always)
    init(at: Int64, tickSeconds: Int64, kind: Kind, reason: Reason?) {
        self.at = Timestamp(secondsSinceEpoch: at)
        self.tickSeconds = tickSeconds
        self.kind = kind
        self.reason = reason
    }

    /// The occurrence of the same tick in another of the calendar's cycles.
    @inline(__always)
    func moved(by seconds: Int64) -> Occurrence {
        Occurrence(at: at.secondsSinceEpoch + seconds, tickSeconds: tickSeconds + seconds, kind: kind, reason: reason)
    }

    /// A firing that no tick names.
    @inline(__always)
    init(firingAt at: Int64) {
        self.init(at: at, tickSeconds: Self.noTick, kind: .fire, reason: nil)
    }
}

extension Occurrence: CustomStringConvertible {
    /// `2026-03-29T01:00:00Z fire 2026-03-29T02:30:00 gap`.
    public var description: String {
        let parts: [String?] = [at.description, kind.rawValue, tick?.description, reason?.rawValue]
        return parts.compactMap(\.self).joined(separator: " ")
    }
}
