import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("Missed firings are counted once, and made up for as the policy says")
struct MissedTests {
    /// Twenty minutes without a daemon, and what comes of them.
    struct Row: CustomTestStringConvertible {
        var policy: CatchUpPolicy
        var limit = 100
        var catchUps: [String]

        var testDescription: String { "\(policy), at most \(limit)" }

        static let all = [
            Row(policy: .skip, catchUps: []),
            Row(policy: .latest, catchUps: ["12:15"]),
            Row(policy: .latest, limit: 3, catchUps: ["12:15"]),
            Row(policy: .all, catchUps: ["12:05", "12:10", "12:15"]),
            Row(policy: .all, limit: 3, catchUps: ["12:05", "12:10", "12:15"]),
            Row(policy: .all, limit: 2, catchUps: ["12:10", "12:15"]),
            Row(policy: .all, limit: 1, catchUps: ["12:15"]),
        ]
    }

    @Test("Catch-up runs carry their own firing's instant and tick, oldest first", arguments: Row.all)
    func catchUp(row: Row) throws {
        let task = try PlanDriver.task("job", "*/5 * * * *", catchUp: row.policy, maxCatchUpRuns: row.limit)
        var driver = PlanDriver(task, now: "2026-05-01T12:20:30Z", settled: "2026-05-01T12:00:00Z")
        #expect(
            driver.settle("2026-05-01T12:20:30Z")
                == ["job missed 3 2026-05-01T12:05:00Z for 2026-05-01T12:05:00 until 2026-05-01T12:15:00Z"]
                + row.catchUps.map { "job catch-up 2026-05-01T\($0):00Z for 2026-05-01T\($0):00" }
                + ["job 2026-05-01T12:20:00Z for 2026-05-01T12:20:00"]
        )
    }

    @Test("A lone missed firing has its row before its catch-up run")
    func lone() throws {
        let task = try PlanDriver.task("job", "0 3 * * *", catchUp: .latest)
        var driver = PlanDriver(task, now: "2026-05-01T08:00:00Z", settled: "2026-04-30T03:00:00Z")
        #expect(
            driver.settle("2026-05-01T08:00:00Z") == [
                "job missed 1 2026-05-01T03:00:00Z for 2026-05-01T03:00:00 until 2026-05-01T03:00:00Z",
                "job catch-up 2026-05-01T03:00:00Z for 2026-05-01T03:00:00",
            ]
        )
    }

    @Test("The same outage is not counted again, however often the daemon starts")
    func restarts() throws {
        let task = try PlanDriver.task("job", "* * * * *", catchUp: .all)
        var driver = PlanDriver(task, now: "2026-05-01T12:30:00Z", settled: "2026-05-01T12:00:00Z")
        #expect(driver.settle("2026-05-01T12:30:00Z").count == 1 + 28 + 2)
        for second in 10..<50 {
            driver.restart("2026-05-01T12:30:\(second)Z")
            #expect(driver.settle("2026-05-01T12:30:\(second)Z") == [])
        }
    }

    @Test("What was missed in an outage of many zones and tasks comes oldest first")
    func severalTasks() throws {
        var driver = PlanDriver(
            try PlanDriver.task("b", "0 1 * * *", catchUp: .latest),
            try PlanDriver.task("a", "0 2 * * *", catchUp: .latest),
            now: "2026-05-01T12:00:00Z",
            settled: "2026-05-01T00:00:00Z"
        )
        #expect(
            driver.settle("2026-05-01T12:00:00Z").map { $0.prefix(2) } == ["b ", "b ", "a ", "a "]
        )
    }

    @Test("A gap of ten years is one row and one run")
    func tenYears() throws {
        let task = try PlanDriver.task("job", "0 * * * *", catchUp: .latest)
        var driver = PlanDriver(task, now: "2026-05-01T00:30:00Z", settled: "2016-05-01T00:00:00Z")
        #expect(
            driver.settle("2026-05-01T00:30:00Z") == [
                "job missed 87648 2016-05-01T01:00:00Z for 2016-05-01T01:00:00 until 2026-05-01T00:00:00Z",
                "job catch-up 2026-05-01T00:00:00Z for 2026-05-01T00:00:00",
            ]
        )
    }
}
