/// Finds occurrences in ascending order.
///
/// In a calm stretch of the zone the next occurrence is the next tick less the offset. A tick past the stretch leads straight to
/// the stretch or the cluster of transitions that it lies in: every occurrence has a tick, so there is none in what is
/// jumped over.
struct ForwardWalk: Sendable {
    private let timing: Schedule.Timing
    private let table: ZoneTable
    private let firingsOnly: Bool
    private let end: Int64
    private var month = Ticks.Month()

    /// In a calm stretch, the tick that fired last; the stretch's end; and its offset. Outside one the end is ``notCalm``.
    private var lastTick: Int64 = 0
    private var calmEnd = Self.notCalm
    private var offset: Int64 = 0

    /// The zone table's shift where the walk stands.
    private var shift: Int64 = 0

    /// Outside a calm stretch, the instant from which to look on, and at that instant the part of the order that is left.
    private var instant: Int64
    private var includesFiring = true
    private var skippedFrom = Int64.min

    private static let notCalm = Int64.min

    /// Starts strictly after one instant, and ends with another.
    @inline(__always)
    init(_ schedule: Schedule, after start: Timestamp, through end: Timestamp, firingsOnly: Bool) {
        timing = schedule.timing
        table = schedule.zone.table
        self.firingsOnly = firingsOnly
        self.end = min(end, .maximum).secondsSinceEpoch
        instant = max(start.advanced(bySeconds: 1), .minimum).secondsSinceEpoch
    }

    @inline(__always)
    mutating func next() -> Occurrence? {
        switch timing.kind {
        case .ticks:
            let tick = calmEnd == Self.notCalm ? Ticks.noneLater : timing.ticks.first(afterTick: lastTick, &month)
            guard tick < calmEnd else { return next(afterCalm: tick, AllYears.self) }
            let at = tick &- offset
            guard at <= end else { return nil }
            lastTick = tick
            return Occurrence(at: at, tickSeconds: tick, kind: .fire, reason: nil)
        case .ticksInYears: return nextInYears()
        case .every: return nextMultiple()
        case .never: return nil
        }
    }

    /// Goes on from a tick past the calm stretch, or from the instant where the walk is in no such stretch.
    @inline(__always)
    private mutating func next(afterCalm tick: Int64, _ search: (some TickSearch).Type) -> Occurrence? {
        var tick = tick
        if calmEnd == Self.notCalm {
            guard instant <= end else { return nil }
            let place = table.place(at: instant)
            if instant < place.calm.wallEnd - place.calm.offset {
                tick = search.first(timing, from: instant + place.calm.offset, &month)
                if tick < place.calm.wallEnd { return fire(tick, in: place) }
            } else {
                if let occurrence = settle(place) { return occurrence }
                tick = search.first(timing, from: wallAfterCluster(place), &month)
            }
        }
        return jump(to: tick, search)
    }

    /// Goes on from a tick with nothing between it and the last occurrence.
    private mutating func jump(to tick: Int64, _ search: (some TickSearch).Type) -> Occurrence? {
        var tick = tick
        while tick != Ticks.noneLater {
            let place = table.place(ofWall: tick, near: shift)
            if tick < place.calm.wallEnd { return fire(tick, in: place) }
            instant = ZoneCluster(table: table, after: place).start + place.shift
            (includesFiring, skippedFrom) = (true, .min)
            guard instant <= end else { break }
            if let occurrence = settle(place) { return occurrence }
            tick = search.first(timing, from: wallAfterCluster(place), &month)
        }
        return finish()
    }

    /// The same as for ticks of all years, a little slower.
    private mutating func nextInYears() -> Occurrence? {
        let tick = calmEnd == Self.notCalm ? Ticks.noneLater : NamedYears.first(timing, from: lastTick &+ 1, &month)
        guard tick < calmEnd else { return next(afterCalm: tick, NamedYears.self) }
        let at = tick &- offset
        guard at <= end else { return nil }
        lastTick = tick
        return Occurrence(at: at, tickSeconds: tick, kind: .fire, reason: nil)
    }

    /// A firing in a calm stretch, in which the walk then goes on.
    @inline(__always)
    private mutating func fire(_ tick: Int64, in place: ZoneTable.Place) -> Occurrence? {
        let at = tick &- place.calm.offset
        guard at <= end else { return finish() }
        lastTick = tick
        calmEnd = place.calm.wallEnd
        offset = place.calm.offset
        shift = place.shift
        return Occurrence(at: at, tickSeconds: tick, kind: .fire, reason: nil)
    }

    private func wallAfterCluster(_ place: ZoneTable.Place) -> Int64 {
        table.calms[place.index + 1].wallStart + place.shift
    }

    /// The next occurrence in the cluster after a calm stretch, in which the walk then goes on.
    private mutating func settle(_ place: ZoneTable.Place)
        -> Occurrence?
    {
        let settling = ClusterSettling(
            cluster: ZoneCluster(table: table, after: place),
            ticks: timing.ticksInYears.moved(back: place.shift),
            rules: timing.rules
        )
        calmEnd = Self.notCalm
        while let found = settling.first(
            from: instant - place.shift,
            includesFiring: includesFiring,
            skippedFrom: skippedFrom == .min ? .min : skippedFrom - place.shift,
            firingsOnly: firingsOnly,
            &month
        ) {
            let occurrence = found.moved(by: place.shift)
            instant = occurrence.at.secondsSinceEpoch
            includesFiring = false
            skippedFrom = occurrence.kind == .fire ? .min : occurrence.tickSeconds + 1
            // The last days of the year 9999 and the first of the year 1 have ticks and instants in other years.
            guard CivilDateTime.secondsRange.contains(occurrence.tickSeconds) else { continue }
            return instant <= end ? occurrence : finish()
        }
        return nil
    }

    /// Every later question is answered with nil too.
    private mutating func finish() -> Occurrence? {
        calmEnd = Self.notCalm
        instant = .max
        return nil
    }

    /// `@every`: the whole multiples of the period, while the zone's clocks too show a year from 1 to 9999.
    private mutating func nextMultiple() -> Occurrence? {
        while instant <= end {
            let (periods, rest) = instant.floorDivided(by: timing.period)
            let at = rest == 0 ? instant : (periods + 1).multipliedSaturating(by: timing.period)
            guard at <= end else { break }
            instant = at + 1
            if CivilDateTime.secondsRange.contains(at + table.offset(at: at)) { return Occurrence(firingAt: at) }
        }
        return finish()
    }
}
