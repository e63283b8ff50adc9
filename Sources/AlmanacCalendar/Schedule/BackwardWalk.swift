/// Finds occurrences in descending order: the mirror image of ``ForwardWalk``.
struct BackwardWalk: Sendable {
    private let timing: Schedule.Timing
    private let table: ZoneTable
    private let firingsOnly: Bool
    private let start: Int64
    private var month = Ticks.Month()

    /// The instant down from which to look on, and at that instant the tick below which dst_skipped occurrences are left.
    private var instant: Int64
    private var skippedBelow = Int64.max

    /// Starts strictly before one instant, and ends with another.
    @inline(__always)
    init(_ schedule: Schedule, before end: Timestamp, from start: Timestamp, firingsOnly: Bool) {
        timing = schedule.timing
        table = schedule.zone.table
        self.firingsOnly = firingsOnly
        self.start = max(start, .minimum).secondsSinceEpoch
        instant = min(end.advanced(bySeconds: -1), .maximum).secondsSinceEpoch
    }

    mutating func next() -> Occurrence? {
        switch timing.kind {
        case .ticks, .ticksInYears: nextTick()
        case .every: nextMultiple()
        case .never: nil
        }
    }

    private mutating func nextTick() -> Occurrence? {
        guard instant >= start else { return nil }
        var place = table.place(at: instant)
        var wall: Int64
        if instant < place.calm.wallEnd - place.calm.offset {
            wall = instant + place.calm.offset
        } else {
            if let occurrence = settle(place) { return occurrence }
            wall = place.calm.wallEnd - 1
        }
        while true {
            let tick = lastTick(through: wall)
            guard tick != Ticks.noneEarlier else { return finish() }
            place = table.place(ofWall: tick)
            if tick < place.calm.wallEnd {
                let at = tick - place.calm.offset
                guard at >= start else { return finish() }
                (instant, skippedBelow) = (at - 1, .max)
                return Occurrence(at: at, tickSeconds: tick, kind: .fire, reason: nil)
            }
            instant = ZoneCluster(table: table, after: place).end + place.shift - 1
            skippedBelow = .max
            guard instant >= start else { return finish() }
            if let occurrence = settle(place) { return occurrence }
            wall = place.calm.wallEnd - 1
        }
    }

    @inline(__always)
    private mutating func lastTick(through wall: Int64) -> Int64 {
        timing.kind == .ticks
            ? timing.ticks.last(through: wall, &month) : timing.ticksInYears.last(through: wall, &month)
    }

    /// The next earlier occurrence in the cluster after a calm stretch.
    private mutating func settle(_ place: ZoneTable.Place)
        -> Occurrence?
    {
        let settling = ClusterSettling(
            cluster: ZoneCluster(table: table, after: place),
            ticks: timing.ticksInYears.moved(back: place.shift),
            rules: timing.rules
        )
        while let found = settling.last(
            through: instant - place.shift,
            skippedBelow: skippedBelow == .max ? .max : skippedBelow - place.shift,
            firingsOnly: firingsOnly,
            &month
        ) {
            let occurrence = found.moved(by: place.shift)
            let at = occurrence.at.secondsSinceEpoch
            (instant, skippedBelow) = occurrence.kind == .fire ? (at - 1, .max) : (at, occurrence.tickSeconds)
            guard CivilDateTime.secondsRange.contains(occurrence.tickSeconds) else { continue }
            return at >= start ? occurrence : finish()
        }
        return nil
    }

    /// Every later question is answered with nil too.
    private mutating func finish() -> Occurrence? {
        instant = .min
        return nil
    }

    /// `@every`: the whole multiples of the period, while the zone's clocks too show a year from 1 to 9999.
    private mutating func nextMultiple() -> Occurrence? {
        while instant >= start {
            let at = instant - instant.floorDivided(by: timing.period).remainder
            guard at >= start else { break }
            instant = at - 1
            if CivilDateTime.secondsRange.contains(at + table.offset(at: at)) { return Occurrence(firingAt: at) }
        }
        return finish()
    }
}
