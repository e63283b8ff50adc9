import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("A step of the clock is told from a suspend, from slewing, and from time that passes")
struct ClockWatchTests {
    /// What the clocks did between two looks, in seconds.
    struct Row: CustomTestStringConvertible {
        var what: String
        var wall: Double
        var total: Double
        var awake: Double
        var events: [ClockEvent]

        var testDescription: String { what }
    }

    static let start = Timestamp("2026-05-01T12:00:00Z")

    static let rows = [
        Row(what: "nothing", wall: 0, total: 0, awake: 0, events: []),
        Row(what: "a day passes", wall: 86400, total: 86400, awake: 86400, events: []),
        Row(what: "NTP slews by 0.5 s, both at once", wall: 1000.5, total: 1000.5, awake: 1000.5, events: []),
        Row(what: "a step of 0.9 s", wall: 100.9, total: 100, awake: 100, events: []),
        Row(what: "a step back of 0.9 s", wall: 99.1, total: 100, awake: 100, events: []),
        Row(what: "a night in suspend", wall: 28800, total: 28800, awake: 3600, events: [.suspended(.seconds(25200))]),
        Row(
            what: "a step forward",
            wall: 130,
            total: 100,
            awake: 100,
            events: [.stepped(from: start + 100, to: start + 130)]
        ),
        Row(
            what: "a leap second",
            wall: 99,
            total: 100,
            awake: 100,
            events: [.stepped(from: start + 100, to: start + 99)]
        ),
        Row(
            what: "a step back by years",
            wall: -100_000_000,
            total: 10,
            awake: 10,
            events: [.stepped(from: start + 10, to: start - 100_000_000)]
        ),
        Row(
            what: "a suspend, and the clock set after it",
            wall: 7200,
            total: 3600,
            awake: 60,
            events: [.suspended(.seconds(3540)), .stepped(from: start + 3600, to: start + 7200)]
        ),
    ]

    @Test("From one look to the next", arguments: rows)
    func observe(row: Row) {
        func wall(_ seconds: Double) -> PreciseTimestamp {
            let start = PreciseTimestamp(Self.start).nanosecondsSinceEpoch
            return PreciseTimestamp(nanosecondsSinceEpoch: start + Int64(seconds * 1e9))
        }
        var watch = ClockWatch(wall: wall(0), uptime: Uptime(total: .seconds(50), awake: .seconds(40)))
        let uptime = Uptime(total: .seconds(50 + row.total), awake: .seconds(40 + row.awake))
        #expect(watch.observe(wall: wall(row.wall), uptime: uptime) == row.events)
        #expect(watch.observe(wall: wall(row.wall), uptime: uptime) == [])
    }

    @Test(
        "Steps are told apart as cron does",
        arguments: [
            (1, ClockStep.forwardWithinGrace), (60, .forwardWithinGrace), (61, .forwardBeyondGrace),
            (100_000_000, .forwardBeyondGrace), (-1, .backToWait), (-10800, .backToWait), (-10801, .backToTruth),
            (-100_000_000, .backToTruth),
        ] as [(Int64, ClockStep)]
    )
    func kinds(seconds: Int64, step: ClockStep) {
        #expect(ClockStep(from: Self.start, to: Self.start + seconds, grace: 60) == step)
    }
}
