/// A zone's rules laid out for search: every change of offset for centuries, and between the changes the calm stretches of
/// wall time that map to instants one to one.
///
/// The footer's rules are written out for 400 years after the last transition of the data. They repeat with the calendar after
/// that, so a later instant is looked up a whole number of cycles earlier (``cycleStart``).
final class ZoneTable: Sendable {
    /// The types of local time, without repetitions.
    let types: [LocalTimeType]

    /// The instants at which the type of local time changes, strictly ascending; the first is ``distantPast``.
    let changeStarts: SortedInstants

    /// For each change, the index of the type from then on.
    let changeTypes: [UInt16]

    /// The instants at which the UTC offset changes, strictly ascending; the first is ``distantPast``. A span lasts from one to the next.
    let spanStarts: SortedInstants

    /// For each span, its seconds east of UTC.
    let spanOffsets: [Int64]

    /// The calm stretches, ascending. Between two of them lies a cluster: one or more transitions with all the wall times that
    /// they touch.
    let calms: [Calm]

    /// For each calm stretch, its first instant.
    let calmStarts: SortedInstants

    /// The first instant of the 400 years that repeat ever after; nil where nothing does.
    let cycleStart: Int64?

    /// Whether those 400 years stand for all earlier times too: the data have no transition in the years from 1 on.
    let isCyclicBefore: Bool

    /// Earlier than every instant that is asked for, and far enough from the end of the range for sums.
    static let distantPast = Int64.min / 2

    /// Later than every instant that is asked for, and far enough from the end of the range for sums.
    static let distantFuture = Int64.max / 2

    /// A stretch of wall time in which every wall time comes exactly once, at one offset.
    ///
    /// No gap or fold touches it, and no tick in it is settled elsewhere.
    struct Calm {
        /// The first wall second of the stretch.
        var wallStart: Int64
        /// The wall second after the stretch.
        var wallEnd: Int64
        /// Seconds east of UTC.
        var offset: Int64
        /// The index of the span that it is part of.
        var span: Int
    }

    /// Where an instant or a wall time was found: in the calm stretch, or after it in the cluster before the next one.
    struct Place {
        /// The stretch, moved to the time that was asked for.
        var calm: Calm
        /// The stretch's index.
        var index: Int
        /// The seconds, a whole number of cycles, from the table's time to the time that was asked for.
        var shift: Int64
    }

    init(_ data: ZoneData) {
        var builder = ZoneTableBuilder(data)
        builder.build()
        types = builder.types
        changeStarts = SortedInstants(builder.changes.map(\.at))
        changeTypes = builder.changes.map(\.type)
        cycleStart = builder.cycleStart
        isCyclicBefore = builder.isCyclicBefore
        let spans = builder.spans()
        spanStarts = SortedInstants(spans.map(\.at))
        spanOffsets = spans.map(\.offset)
        calms = ZoneTableBuilder.calms(spans)
        calmStarts = SortedInstants(
            calms.map { $0.wallStart == Self.distantPast ? Self.distantPast : $0.wallStart - $0.offset }
        )
    }

    /// The seconds, a whole number of cycles, from the instant's place in the table to the instant itself.
    ///
    /// The shift of a neighbouring instant saves a division where it is the right one.
    @inline(__always)
    func shift(of instant: Int64, near hint: Int64 = 0) -> Int64 {
        guard let cycleStart else { return 0 }
        let end = cycleStart &+ GregorianDay.secondsPerCycle
        if instant < end, instant >= cycleStart || !isCyclicBefore { return 0 }
        let time = min(max(instant, Self.distantPast), Self.distantFuture)
        let hinted = time &- hint
        if hinted >= cycleStart, hinted < end { return hint }
        return (time - cycleStart).floorDivided(by: GregorianDay.secondsPerCycle).quotient
            * GregorianDay.secondsPerCycle
    }

    /// The last calm stretch that begins at or before the instant.
    @inline(__always)
    func place(at instant: Int64) -> Place {
        let shift = shift(of: instant)
        return place(index: calmStarts.lastIndex(notAfter: instant.subtractingSaturating(shift)), shift: shift)
    }

    /// The last calm stretch that begins at or before the wall time, which lies between ``distantPast`` and ``distantFuture``.
    @inline(__always)
    func place(ofWall wall: Int64, near hint: Int64 = 0) -> Place {
        let shift = shift(of: wall, near: hint)
        let target = wall &- shift
        // A stretch's first instant is its wall start less its offset, so this is at most a few stretches off.
        var index = calmStarts.lastIndex(notAfter: target)
        while index &+ 1 < calms.count, calms[index &+ 1].wallStart <= target { index &+= 1 }
        while index > 0, calms[index].wallStart > target { index &-= 1 }
        return place(index: index, shift: shift)
    }

    /// A calm stretch as a place.
    @inline(__always)
    func place(index: Int, shift: Int64) -> Place {
        var calm = calms[index]
        // No sum overflows: both lie between the distant past and the distant future.
        calm.wallStart &+= shift
        calm.wallEnd &+= shift
        return Place(calm: calm, index: index, shift: shift)
    }

    /// The index of the span that holds the instant, in the table's time.
    func span(at instant: Int64) -> Int {
        spanStarts.lastIndex(notAfter: instant)
    }

    /// The type of local time at an instant.
    func type(at instant: Int64) -> LocalTimeType {
        let target = instant.subtractingSaturating(shift(of: instant))
        return types[Int(changeTypes[changeStarts.lastIndex(notAfter: target)])]
    }

    /// The UTC offset at an instant.
    func offset(at instant: Int64) -> Int64 {
        let place = place(at: instant)
        if instant < place.calm.wallEnd - place.calm.offset { return place.calm.offset }
        return spanOffsets[span(at: instant - place.shift)]
    }
}

extension ZoneTable: Equatable {
    static func == (left: ZoneTable, right: ZoneTable) -> Bool {
        left === right
            || (left.changeStarts.instants == right.changeStarts.instants && left.changeTypes == right.changeTypes
                && left.types == right.types
                && left.cycleStart == right.cycleStart && left.isCyclicBefore == right.isCyclicBefore)
    }
}
