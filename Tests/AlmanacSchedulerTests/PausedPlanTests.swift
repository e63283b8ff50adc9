import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("A pause holds firings and counts them")
struct PausedPlanTests {
    @Test("What is due in a pause is held; what a clock change takes away stays dst_skipped")
    func held() throws {
        let task = try PlanDriver.task("job", "0,30 2 * * *", in: PlanDriver.zone("zones/Europe/Berlin"))
        var driver = PlanDriver(task, now: "2026-03-28T12:00:00Z")
        driver.pause("job", since: "2026-03-28T12:00:00Z")
        #expect(
            driver.settle("2026-03-29T01:00:00Z") == [
                "job paused 1 2026-03-29T01:00:00Z for 2026-03-29T02:00:00 until 2026-03-29T01:00:00Z",
                "job dst_skipped 2026-03-29T01:00:00Z for 2026-03-29T02:30:00",
            ]
        )
        driver.resume("job")
        #expect(driver.settle("2026-03-30T00:00:00Z") == ["job 2026-03-30T00:00:00Z for 2026-03-30T02:00:00"])
    }

    @Test("A firing at the very end of a pause runs")
    func end() throws {
        var driver = PlanDriver(try PlanDriver.task("job", "* * * * *"), now: "2026-05-01T12:00:00Z")
        driver.pause("job", since: "2026-05-01T12:00:00Z", until: "2026-05-01T12:02:00Z")
        #expect(
            driver.live(until: "2026-05-01T12:03:00Z") == [
                "job paused 1 2026-05-01T12:01:00Z for 2026-05-01T12:01:00 until 2026-05-01T12:01:00Z",
                "job 2026-05-01T12:02:00Z for 2026-05-01T12:02:00",
                "job 2026-05-01T12:03:00Z for 2026-05-01T12:03:00",
            ]
        )
    }

    @Test("An outage over the end of a pause is held before it, missed after it, and made up for from there alone")
    func outage() throws {
        let task = try PlanDriver.task("job", "*/10 * * * *", catchUp: .all)
        var driver = PlanDriver(task, now: "2026-05-01T12:00:00Z")
        driver.pause("job", since: "2026-05-01T12:05:00Z", until: "2026-05-01T12:40:00Z")
        driver.restart("2026-05-01T13:00:00Z")
        #expect(
            driver.settle("2026-05-01T13:00:00Z") == [
                "job paused 3 2026-05-01T12:10:00Z for 2026-05-01T12:10:00 until 2026-05-01T12:30:00Z",
                "job missed 2 2026-05-01T12:40:00Z for 2026-05-01T12:40:00 until 2026-05-01T12:50:00Z",
                "job catch-up 2026-05-01T12:40:00Z for 2026-05-01T12:40:00",
                "job catch-up 2026-05-01T12:50:00Z for 2026-05-01T12:50:00",
                "job 2026-05-01T13:00:00Z for 2026-05-01T13:00:00",
            ]
        )
    }

    @Test("A start that a delay has put into the pause is held")
    func delayed() throws {
        let task = try PlanDriver.task("backup-991", "0 12 * * *", jitter: .seconds(600))
        var driver = PlanDriver(task, now: "2026-05-01T00:00:00Z")
        #expect(driver.plan.nextInstant == Timestamp("2026-05-01T12:05:07Z"))
        driver.pause("backup-991", since: "2026-05-01T12:03:00Z")
        #expect(
            driver.settle("2026-05-01T12:05:07Z") == [
                "backup-991 paused 1 2026-05-01T12:00:00Z for 2026-05-01T12:00:00 until 2026-05-01T12:00:00Z"
            ]
        )
    }

    @Test("Other tasks go on")
    func others() throws {
        var driver = PlanDriver(
            try PlanDriver.task("a", "* * * * *"),
            try PlanDriver.task("b", "* * * * *"),
            now: "2026-05-01T12:00:00Z"
        )
        driver.pause("a", since: "2026-05-01T12:00:00Z")
        #expect(
            driver.settle("2026-05-01T12:01:00Z") == [
                "a paused 1 2026-05-01T12:01:00Z for 2026-05-01T12:01:00 until 2026-05-01T12:01:00Z",
                "b 2026-05-01T12:01:00Z for 2026-05-01T12:01:00",
            ]
        )
    }
}
