/// How a walk finds ticks: among those of all years, or of some.
///
/// A type of its own for each, so that the compiler makes the fast one's code as if there were no other.
protocol TickSearch {
    /// The first tick at or after a wall time, or `Ticks.noneLater`.
    static func first(_ timing: borrowing Schedule.Timing, from wall: Int64, _ month: inout Ticks.Month) -> Int64
}

/// The ticks of all years.
enum AllYears: TickSearch {
    @inline(__always)
    static func first(_ timing: borrowing Schedule.Timing, from wall: Int64, _ month: inout Ticks.Month) -> Int64 {
        timing.ticks.first(from: wall, &month)
    }
}

/// The ticks of the years that an event names.
enum NamedYears: TickSearch {
    @inline(__always)
    static func first(_ timing: borrowing Schedule.Timing, from wall: Int64, _ month: inout Ticks.Month) -> Int64 {
        timing.ticksInYears.first(from: wall, &month)
    }
}
