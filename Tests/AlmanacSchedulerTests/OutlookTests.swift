import AlmanacCalendar
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("The next firing is the first that will run")
struct OutlookTests {
    @Test("Of several tasks it is the earliest, and moves on when that has been settled")
    func earliest() throws {
        var driver = PlanDriver(
            try PlanDriver.task("noon", "0 12 * * *"),
            try PlanDriver.task("morning", "0 6 * * *"),
            now: "2026-05-01T00:00:00Z"
        )
        #expect(driver.plan.nextFiring?.taskName == "morning")
        #expect(driver.plan.nextFiring?.at == Timestamp("2026-05-01T06:00:00Z"))
        _ = driver.settle("2026-05-01T06:00:00Z")
        #expect(driver.plan.nextFiring?.taskName == "noon")
    }

    @Test("A paused task is passed over, until the end of its pause")
    func paused() throws {
        var driver = PlanDriver(
            try PlanDriver.task("noon", "0 12 * * *"),
            try PlanDriver.task("morning", "0 6 * * *"),
            now: "2026-05-01T00:00:00Z"
        )
        driver.pause("morning", since: "2026-05-01T00:00:00Z")
        #expect(driver.plan.nextFiring?.taskName == "noon")
        driver.pause("noon", since: "2026-05-01T00:00:00Z", until: "2026-05-03T12:00:00Z")
        #expect(driver.plan.nextFiring?.at == Timestamp("2026-05-03T12:00:00Z"))
        driver.pause("noon", since: "2026-05-01T00:00:00Z")
        #expect(driver.plan.nextFiring == nil)
    }

    @Test("A tick that a clock change takes away is none")
    func skipped() throws {
        // The clock shows 02:30 twice on the 25th, and it fires at the first of them.
        let task = try PlanDriver.task("job", "30 2 25 10 *", in: PlanDriver.zone("zones/Europe/Berlin"))
        var driver = PlanDriver(task, now: "2026-10-24T12:00:00Z")
        _ = driver.settle("2026-10-25T00:30:00Z")
        #expect(driver.plan.nextInstant == Timestamp("2026-10-25T01:30:00Z"))
        #expect(driver.plan.nextFiring?.at == Timestamp("2027-10-25T00:30:00Z"))
    }

    @Test("A delayed task's firing is when it starts")
    func delayed() throws {
        let task = try PlanDriver.task("backup-991", "0 12 * * *", jitter: .seconds(600))
        let driver = PlanDriver(task, now: "2026-05-01T00:00:00Z")
        #expect(driver.plan.nextFiring?.at == Timestamp("2026-05-01T12:05:07Z"))
    }

    @Test("Nothing is planned for tasks without a schedule")
    func none() throws {
        #expect(PlanDriver([], now: "2026-05-01T00:00:00Z").plan.nextFiring == nil)
    }
}
