import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("A simulated year: every tick of every task is accounted for")
struct SimulatedYearTests {
    /// How many tasks live through the whole of it; a tenth of them through a second one, of other accidents.
    static let taskCount = 1000
    static let start = Timestamp("2026-01-01T00:00:00Z")
    static let end = Timestamp("2027-01-01T00:00:00Z")

    @Test(
        "Fired, dst_skipped, missed and held make up the calendar to the last tick",
        arguments: [(taskCount, 1), (taskCount / 10, 2)] as [(Int, UInt64)]
    )
    func balances(count: Int, seed: UInt64) throws {
        var year = SimulatedYear(
            tasks: try Self.tasks(count: count),
            from: Self.start,
            seed: seed
        )
        year.live(until: Self.end)
        let ledger = year.ledger
        for (index, task) in year.tasks.enumerated() {
            let account = ledger.accounts[index]
            let calendar = try year.calendar(of: task)
            let firings = account.fired + account.missed + account.held
            #expect(firings == calendar.firings, "\(task.name) \(task.schedule?.text ?? "")")
            #expect(account.dstSkipped == calendar.dstSkipped, "\(task.name) \(task.schedule?.text ?? "")")
            #expect(account.firedTwice == 0, "\(task.name) \(task.schedule?.text ?? "")")
            #expect(account.catchUps <= account.missed)
        }
        // Nothing of what is to be balanced is absent.
        let total = ledger.total
        #expect(total.fired > total.missed && total.missed > 1000 && total.held > 1000)
        #expect(total.dstSkipped > 10 && total.catchUps > 100)
        #expect(year.restarts >= 365 && year.suspends > 20 && year.stepsForward > 10)
        #expect(year.stepsBack > 10 && year.stepsToTruth > 2)
    }

    /// The real zones, and some that no tzdata has.
    static let zones: [ZoneRules] = {
        let real = String(decoding: TemporaryFolder.read(PlanDriver.fixture("zones.txt")) ?? [], as: UTF8.self)
            .split(separator: "\n").map { "zones/\($0)" }
        let made = [
            "BackAndForward", "Flutter", "FoldOf25Hours", "FoldThenLongGap", "GapInAFold", "GapOf25Hours",
            "JumpedTwice", "ThreeTimes", "TwentyMinutes", "TwoHours",
        ].map { "made/\($0)" }
        return (real + made).map(PlanDriver.zone)
    }()

    static func tasks(count: Int) throws -> [TaskDefinition] {
        #expect(zones.count == 40)
        let crons = [
            "0 2 * * *", "30 2 * * *", "0,30 2 * * *", "15 1 * * *", "0 0 * * *", "59 23 * * *", "0 3 * * 0",
            "30 1 1 * *", "0 2,3 * * *", "*/30 0-3 * * *", "0 */6 * * *", "20 4 L * *", "0 9 * * MON-FRI",
            "5 1-3 * * *",
            "@daily", "@weekly", "0 0 29 2 *", "45 2 * * SUN", "@every 17h", "0 */4 * * *",
        ]
        return try (0..<count).map { index in
            // A few are busy: hourly rules, and more than one tick within grace.
            let cron = index % 100 == 0 ? "0 * * * *" : index % 250 == 7 ? "*/20 * * * *" : crons[index % crons.count]
            return try PlanDriver.task(
                "task-\(index)",
                cron,
                in: zones[index / crons.count % zones.count],
                catchUp: CatchUpPolicy.allCases[index % 3],
                maxCatchUpRuns: 1 + index % 7,
                jitter: index % 4 == 0 ? .seconds(900) : .zero
            )
        }
    }
}
