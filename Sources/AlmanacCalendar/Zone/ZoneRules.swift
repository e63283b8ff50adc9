/// What a zone's clocks have shown and will show: an immutable value, cheap to copy, without any access to files or clocks.
///
/// ```swift
/// let berlin = try ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3")
/// berlin.instants(of: CivilDateTime("2026-03-29T02:30:00")!)   // .gap: clocks go from 02:00 to 03:00
/// berlin.instants(of: CivilDateTime("2026-10-25T02:30:00")!)   // .several: 00:30Z and 01:30Z
/// ```
///
/// Rules: RFC 9636; before the first transition the zone's first local time type applies, on and after the last one its POSIX TZ
/// string (`spec/occurrences.md` 2). Any ``Timestamp`` is answered; the meaning is exact in the years 1 to 9999.
public struct ZoneRules: Sendable {
    /// The zone's name.
    public let id: ZoneID

    let table: ZoneTable

    private init(id: ZoneID, data: ZoneData) {
        self.id = id
        table = ZoneTable(data)
    }

    /// UTC, which needs no data.
    public static let utc = ZoneRules(
        id: .utc,
        data: ZoneData(
            types: [LocalTimeType(offset: 0, isDaylightSaving: false, abbreviation: "UTC")],
            transitions: [],
            footer: nil
        )
    )

    /// The rules in a zone file's bytes (RFC 9636, versions 1 to 4).
    ///
    /// Throws a ``TZifError`` for bytes that are malformed, and for files with leap seconds.
    public init(id: ZoneID, tzif: [UInt8]) throws(TZifError) {
        self.init(id: id, data: try TZifReader.read(tzif))
    }

    /// The rules of a POSIX TZ string, which hold for all of time: `CET-1CEST,M3.5.0,M10.5.0/3`.
    ///
    /// The string's offsets are west of UTC. RFC 9636's extensions are understood; a daylight saving time needs its rules.
    public init(id: ZoneID, posixTZ: String) throws(POSIXTZError) {
        let footer = try POSIXTimeZone(bytes: Array(posixTZ.utf8))
        self.init(id: id, data: ZoneData(types: [footer.standard], transitions: [], footer: footer))
    }

    /// The UTC offset at an instant.
    public func offset(at instant: Timestamp) -> UTCOffset {
        UTCOffset(seconds: Int32(table.offset(at: instant.secondsSinceEpoch)))
    }

    /// What the zone's time is called for short at an instant, `CEST`.
    public func abbreviation(at instant: Timestamp) -> String {
        table.type(at: instant.secondsSinceEpoch).abbreviation
    }

    /// Whether the zone's time counts as daylight saving time at an instant.
    public func isDaylightSaving(at instant: Timestamp) -> Bool {
        table.type(at: instant.secondsSinceEpoch).isDaylightSaving
    }

    /// What the zone's clocks show at an instant.
    public func wallTime(at instant: Timestamp) -> CivilDateTime {
        let seconds = instant.secondsSinceEpoch
        return CivilDateTime(wallSeconds: seconds.addingSaturating(table.offset(at: seconds)))
    }

    /// The instants at which the zone's clocks show a wall time: none in a gap, several in a fold.
    public func instants(of wall: CivilDateTime) -> WallInstants {
        let seconds = min(max(wall.wallSeconds, ZoneTable.distantPast), ZoneTable.distantFuture - 1)
        let place = table.place(ofWall: seconds)
        if seconds < place.calm.wallEnd {
            return .one(Timestamp(secondsSinceEpoch: seconds.subtractingSaturating(place.calm.offset)))
        }
        let cluster = ZoneCluster(table: table, after: place)
        let instants = cluster.instants(of: seconds - place.shift).map {
            Timestamp(secondsSinceEpoch: $0 + place.shift)
        }
        if instants.count > 1 { return .several(instants) }
        if let instant = instants.first { return .one(instant) }
        guard let span = cluster.spanAfterGap(holding: seconds - place.shift) else {
            preconditionFailure("a wall time at no instant lies in a gap")
        }
        return .gap(transition(intoSpan: span, shift: place.shift))
    }

    /// The first change of offset after an instant; nil where there is none.
    public func transition(after instant: Timestamp) -> ZoneTransition? {
        let seconds = instant.secondsSinceEpoch
        let shift = table.shift(of: seconds)
        let span = table.span(at: seconds.subtractingSaturating(shift)) + 1
        guard span < table.spanStarts.count else { return nil }
        return transition(intoSpan: span, shift: shift)
    }

    /// The last change of offset before an instant; nil where there is none.
    public func transition(before instant: Timestamp) -> ZoneTransition? {
        guard instant.secondsSinceEpoch > .min else { return nil }
        let seconds = instant.secondsSinceEpoch - 1
        let shift = table.shift(of: seconds)
        let span = table.span(at: seconds.subtractingSaturating(shift))
        guard span > 0 else { return nil }
        return transition(intoSpan: span, shift: shift)
    }

    private func transition(intoSpan span: Int, shift: Int64) -> ZoneTransition {
        ZoneTransition(
            at: Timestamp(secondsSinceEpoch: table.spanStarts[span].addingSaturating(shift)),
            offsetBefore: UTCOffset(seconds: Int32(table.spanOffsets[span - 1])),
            offsetAfter: UTCOffset(seconds: Int32(table.spanOffsets[span]))
        )
    }
}

extension ZoneRules: Equatable {
    /// Whether two zones have the same name and the same rules.
    public static func == (left: ZoneRules, right: ZoneRules) -> Bool {
        left.id == right.id && left.table == right.table
    }
}
