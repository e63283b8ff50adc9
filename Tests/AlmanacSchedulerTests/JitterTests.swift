import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("Jitter spreads starts, and loses no tick")
struct JitterTests {
    /// By how many seconds a task's noon is delayed.
    static func delay(_ name: String, jitter: Duration, seed: String = "") throws -> Int64 {
        let task = try PlanDriver.task(name, "0 12 * * *", jitter: jitter)
        let (plan, _) = SchedulePlan.restored(
            PlanDriver.catalog([task]),
            cursors: [],
            now: Timestamp("2026-05-01T00:00:00Z"),
            jitterSeed: seed
        )
        return try #require(plan.nextInstant).seconds(since: Timestamp("2026-05-01T12:00:00Z"))
    }

    @Test(
        "A task's delay is always the same one",
        arguments: [("backup", 93), ("report", 45), ("a", 227), ("backup-991", 307)]
    )
    func stable(name: String, seconds: Int64) throws {
        #expect(try Self.delay(name, jitter: .seconds(600)) == seconds)
    }

    @Test("Two daemons delay the same task differently")
    func seeds() throws {
        let delays = Set(try (0..<50).map { try Self.delay("backup", jitter: .seconds(3600), seed: "host-\($0)") })
        #expect(delays.count > 45)
    }

    @Test("Delays lie in the range, and are spread evenly over it")
    func spread() throws {
        var tenths = [Int](repeating: 0, count: 10)
        for number in 0..<2000 {
            let delay = try Self.delay("task-\(number)", jitter: .seconds(600))
            #expect((0..<600).contains(delay))
            tenths[Int(delay / 60)] += 1
        }
        // 200 are expected in each; the chance of any one so far off is less than one in a million.
        #expect(tenths.allSatisfy { (130...270).contains($0) }, "\(tenths)")
    }

    @Test("There is no delay within a second", arguments: [Duration.zero, .milliseconds(999), .seconds(1)])
    func none(jitter: Duration) throws {
        #expect(try Self.delay("backup", jitter: jitter) == 0)
    }

    /// A task that starts 307 seconds late.
    static func delayed(_ cron: String, in zone: ZoneRules = .utc, catchUp: CatchUpPolicy = .skip) throws
        -> TaskDefinition
    {
        try PlanDriver.task("backup-991", cron, in: zone, catchUp: catchUp, jitter: .seconds(600))
    }

    @Test("The start waits, and scheduled_at stays the tick's")
    func scheduledAt() throws {
        var driver = PlanDriver(try Self.delayed("0 12 * * *"), now: "2026-05-01T00:00:00Z")
        #expect(driver.plan.nextInstant == Timestamp("2026-05-01T12:05:07Z"))
        #expect(driver.settle("2026-05-01T12:05:06Z") == [])
        #expect(driver.settle("2026-05-01T12:05:07Z") == ["backup-991 2026-05-01T12:00:00Z for 2026-05-01T12:00:00"])
        #expect(driver.plan.nextInstant == Timestamp("2026-05-02T12:05:07Z"))
    }

    @Test("A daemon that dies between a tick and its start makes it good after the restart")
    func restart() throws {
        var driver = PlanDriver(try Self.delayed("*/2 * * * *"), now: "2026-05-01T11:59:00Z")
        #expect(driver.settle("2026-05-01T12:05:30Z") == ["backup-991 2026-05-01T12:00:00Z for 2026-05-01T12:00:00"])
        // The ticks of 12:02 and 12:04 have come, and wait.
        driver.restart("2026-05-01T12:06:00Z")
        #expect(driver.plan.nextInstant == Timestamp("2026-05-01T12:07:07Z"))
        #expect(driver.settle("2026-05-01T12:07:30Z") == ["backup-991 2026-05-01T12:02:00Z for 2026-05-01T12:02:00"])
    }

    @Test("Grace counts from the delayed start")
    func grace() throws {
        var driver = PlanDriver(try Self.delayed("0 12 * * *"), now: "2026-05-01T00:00:00Z")
        var later = driver
        #expect(driver.settle("2026-05-01T12:06:07Z") == ["backup-991 2026-05-01T12:00:00Z for 2026-05-01T12:00:00"])
        #expect(
            later.settle("2026-05-01T12:06:08Z") == [
                "backup-991 missed 1 2026-05-01T12:00:00Z for 2026-05-01T12:00:00 until 2026-05-01T12:00:00Z"
            ]
        )
    }

    @Test("A tick that a clock change took away is recorded with the same delay")
    func dstSkipped() throws {
        let task = try Self.delayed("0,30 2 * * *", in: PlanDriver.zone("zones/Europe/Berlin"))
        var driver = PlanDriver(task, now: "2026-03-28T12:00:00Z")
        #expect(driver.settle("2026-03-29T01:05:06Z") == [])
        #expect(
            driver.settle("2026-03-29T01:05:07Z") == [
                "backup-991 2026-03-29T01:00:00Z for 2026-03-29T02:00:00",
                "backup-991 dst_skipped 2026-03-29T01:00:00Z for 2026-03-29T02:30:00",
            ]
        )
    }

    @Test("Every tick of a busy day is accounted for once, with a restart at every one of them")
    func everyTick() throws {
        var driver = PlanDriver(try Self.delayed("*/7 * * * *"), now: "2026-05-01T00:00:00Z")
        var fired: [String] = []
        while let next = driver.plan.nextInstant, next <= Timestamp("2026-05-02T00:00:00Z") {
            fired += driver.settle("\(next)")
            driver.restart("\(next + 1)")
        }
        let schedule = try #require(driver.plan.catalog.task(named: "backup-991")?.schedule?.schedule)
        let ticks = schedule.occurrences(
            after: Timestamp("2026-05-01T00:00:00Z"),
            through: Timestamp("2026-05-01T23:54:53Z")
        )
        #expect(fired == ticks.map { "backup-991 \($0.at) for \($0.tick.map { "\($0)" } ?? "")" })
    }
}
