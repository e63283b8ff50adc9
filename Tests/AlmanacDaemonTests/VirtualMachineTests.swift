import AlmanacAPI
import AlmanacCalendar
import AlmanacTesting
import Testing

@Suite(
    "On a kernel of its own, the daemon does through the clock changes what almanac simulate says",
    .enabled(if: VirtualMachine.obstacle == nil, "\(VirtualMachine.obstacle ?? "")")
)
struct VirtualMachineTests {
    /// A window of time in which the clocks change, and some rows that must be among those of the daemon.
    struct Passage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Exclusive.
        let from: Timestamp
        /// Inclusive.
        let until: Timestamp
        let rows: Set<String>
    }

    static let passages = [
        Passage(
            testDescription: "into summer time",
            from: Timestamp("2026-03-29T00:59:30Z"),
            until: Timestamp("2026-03-29T02:04:30Z"),
            rows: [
                "2026-03-29T01:00:00Z every-minute 2026-03-29T03:00:00 success",
                "2026-03-29T01:00:00Z half-past-two 2026-03-29T02:30:00 success",
                "2026-03-29T01:00:00Z quarters-at-night 2026-03-29T02:00:00 success",
                "2026-03-29T01:00:00Z quarters-at-night 2026-03-29T02:45:00 dst_skipped",
                "2026-03-29T01:00:00Z london-half-past-one 2026-03-29T01:30:00 success",
                "2026-03-29T01:00:00Z troll-two-hours 2026-03-29T01:15:00 success",
                "2026-03-29T01:00:00Z troll-two-hours 2026-03-29T02:45:00 dst_skipped",
                "2026-03-29T01:30:00Z utc 2026-03-29T01:30:00 success",
            ]
        ),
        Passage(
            testDescription: "out of it",
            from: Timestamp("2026-10-25T00:29:30Z"),
            until: Timestamp("2026-10-25T02:04:30Z"),
            rows: [
                "2026-10-25T00:30:00Z half-past-two 2026-10-25T02:30:00 success",
                "2026-10-25T01:30:00Z half-past-two 2026-10-25T02:30:00 dst_skipped",
                "2026-10-25T00:45:20Z seconds-at-night 2026-10-25T02:45:20 success",
                "2026-10-25T01:45:20Z seconds-at-night 2026-10-25T02:45:20 dst_skipped",
                "2026-10-25T00:35:00Z every-minute 2026-10-25T02:35:00 success",
                "2026-10-25T01:35:00Z every-minute 2026-10-25T02:35:00 success",
                "2026-10-25T00:30:00Z london-half-past-one 2026-10-25T01:30:00 success",
                "2026-10-25T01:30:00Z london-half-past-one 2026-10-25T01:30:00 dst_skipped",
            ]
        ),
    ]

    @Test("Each row is one of the calendar's, and each of the calendar's is a row", arguments: passages)
    func rows(_ passage: Passage) async throws {
        let machine = try Self.machine.get()
        let outcome = try await machine.run(from: passage.from, until: passage.until)
        let rows = outcome.runs.map(\.row)
        let simulated = try machine.simulate(from: passage.from, until: passage.until).map(\.row)
        #expect(rows.sorted() == simulated.sorted(), "\(outcome.console)")
        #expect(passage.rows.subtracting(rows).isEmpty)
        #expect(outcome.console.contains("daemon ended: 0"))
        // Nothing but the passing of time has moved the clock.
        #expect(!outcome.console.contains("the clock was set"))

        // The machine's own time is the measure, so that the host's load is not in it.
        let delays = try outcome.runs.filter { $0.endReason == "success" }.map(Self.delay).sorted()
        print(
            "virtual machine, \(passage.testDescription): \(rows.count) rows, of which \(delays.count) started;",
            "after the due second: first \(delays[0]), median \(delays[delays.count / 2]), last \(delays[delays.count - 1])"
        )
        #expect(delays[delays.count - 1] < .seconds(1))
    }

    private static let machine = Result { try VirtualMachine(configuration: configuration) }

    /// How long after its due second a run was started.
    private static func delay(of run: RunResource) throws -> Duration {
        let due = try #require(run.scheduledAt.flatMap(Timestamp.init(rfc3339:)))
        let start = try #require(run.startAt)
        let second = try #require(Timestamp(rfc3339: start))
        let fraction = start.split(separator: ".").dropFirst().first.flatMap { Double("0.\($0.dropLast())") } ?? 0
        return .seconds(second.seconds(since: due)) + .seconds(fraction)
    }
}
