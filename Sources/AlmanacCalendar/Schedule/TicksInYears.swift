/// The ticks of a schedule, where it names its years in those alone.
///
/// ``Ticks`` knows nothing of years, so that it stays as fast as it is for all that name none. A search goes from a tick in a year
/// that does not match to the start of the next one that does, so it ends after as many steps as there are years.
struct TicksInYears: Sendable {
    let ticks: Ticks

    /// Nil for every year.
    var years: YearSet?

    /// The same ticks so many seconds earlier, a whole number of 400 years: the days are the same, and the years others.
    func moved(back seconds: Int64) -> TicksInYears {
        guard let years, seconds != 0 else { return self }
        let cycles = seconds / GregorianDay.secondsPerCycle
        return TicksInYears(ticks: ticks, years: years.moved(back: Int32(truncatingIfNeeded: cycles &* 400)))
    }

    /// The first tick at or after a wall time, or `Ticks.noneLater`.
    ///
    /// Not inlined, nor is the other direction: it would only lengthen the code of those who search all years.
    @inline(never)
    func first(from wall: Int64, _ month: inout Ticks.Month) -> Int64 {
        guard let years else { return ticks.first(from: wall, &month) }
        var wall = wall
        while true {
            let tick = ticks.first(from: wall, &month)
            guard tick != Ticks.noneLater else { return tick }
            let year = Self.year(of: tick)
            if years.contains(year) { return tick }
            guard let next = years.first(after: year), next <= 9999 else { return Ticks.noneLater }
            wall = Self.start(of: next)
        }
    }

    /// The last tick at or before a wall time, or `Ticks.noneEarlier`.
    @inline(never)
    func last(through wall: Int64, _ month: inout Ticks.Month) -> Int64 {
        guard let years else { return ticks.last(through: wall, &month) }
        var wall = wall
        while true {
            let tick = ticks.last(through: wall, &month)
            guard tick != Ticks.noneEarlier else { return tick }
            let year = Self.year(of: tick)
            if years.contains(year) { return tick }
            guard let previous = years.last(before: year) else { return Ticks.noneEarlier }
            wall = Self.start(of: previous + 1) - 1
        }
    }

    /// Whether a wall time is a tick.
    func contains(_ wall: Int64, _ month: inout Ticks.Month) -> Bool {
        first(from: wall, &month) == wall
    }

    private static func year(of wall: Int64) -> UInt32 {
        GregorianDay.date(of: UInt32((wall - CivilDateTime.minimumSeconds) / 86_400)).year
    }

    /// The first second of a year.
    private static func start(of year: UInt32) -> Int64 {
        Int64(GregorianDay.number(year: year, month: 1, day: 1)) * 86_400 + CivilDateTime.minimumSeconds
    }
}
