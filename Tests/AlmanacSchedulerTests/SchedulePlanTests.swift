import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("The plan accounts for every tick")
struct SchedulePlanTests {
    @Test("A task without a cursor has missed nothing, and gets one")
    func newTask() throws {
        let task = try PlanDriver.task("hourly", "@hourly")
        let driver = PlanDriver(task, now: "2026-05-01T12:30:00Z")
        #expect(driver.opening.cursors == [PlanDriver.cursor(task, "2026-05-01T12:30:00Z")])
        #expect(driver.plan.nextInstant == Timestamp("2026-05-01T13:00:00Z"))
    }

    @Test("What is due at the very instant is settled, once")
    func boundaries() throws {
        let task = try PlanDriver.task("minutely", "* * * * *")
        var driver = PlanDriver(task, now: "2026-05-01T12:00:00Z")
        #expect(driver.settle("2026-05-01T12:00:59Z") == [])
        #expect(driver.settle("2026-05-01T12:01:00Z") == ["minutely 2026-05-01T12:01:00Z for 2026-05-01T12:01:00"])
        #expect(driver.cursors["minutely"] == PlanDriver.cursor(task, "2026-05-01T12:01:00Z"))
        #expect(driver.settle("2026-05-01T12:01:00Z") == [])
        #expect(driver.plan.nextInstant == Timestamp("2026-05-01T12:02:00Z"))
    }

    @Test("A firing within grace is late and runs; earlier ones are one missed stretch")
    func missed() throws {
        let task = try PlanDriver.task("minutely", "* * * * *")
        var driver = PlanDriver(task, now: "2026-05-01T12:10:30Z", settled: "2026-05-01T12:00:00Z")
        #expect(driver.opening.cursors.isEmpty)
        #expect(
            driver.settle("2026-05-01T12:10:30Z") == [
                "minutely missed 9 2026-05-01T12:01:00Z for 2026-05-01T12:01:00 until 2026-05-01T12:09:00Z",
                "minutely 2026-05-01T12:10:00Z for 2026-05-01T12:10:00",
            ]
        )
    }

    @Test(
        "Exactly grace ago is late, not missed",
        arguments: [
            ("2026-05-01T12:01:00Z", "noon 2026-05-01T12:00:00Z for 2026-05-01T12:00:00"),
            (
                "2026-05-01T12:01:01Z",
                "noon missed 1 2026-05-01T12:00:00Z for 2026-05-01T12:00:00 until 2026-05-01T12:00:00Z"
            ),
        ]
    )
    func graceIsInclusive(now: String, expected: String) throws {
        let task = try PlanDriver.task("noon", "0 12 * * *")
        var driver = PlanDriver(task, now: now, settled: "2026-05-01T00:00:00Z")
        #expect(driver.settle(now) == [expected])
    }

    @Test("A tick that a clock change took away is recorded at its instant, missed or not")
    func dstSkipped() throws {
        let task = try PlanDriver.task("halves", "0,30 2 * * *", in: PlanDriver.zone("zones/Europe/Berlin"))
        var driver = PlanDriver(task, now: "2026-03-28T12:00:00Z")
        #expect(driver.plan.nextInstant == Timestamp("2026-03-29T01:00:00Z"))
        var late = driver
        #expect(
            driver.settle("2026-03-29T01:00:00Z") == [
                "halves 2026-03-29T01:00:00Z for 2026-03-29T02:00:00",
                "halves dst_skipped 2026-03-29T01:00:00Z for 2026-03-29T02:30:00",
            ]
        )
        #expect(
            late.settle("2026-03-29T10:00:00Z") == [
                "halves missed 1 2026-03-29T01:00:00Z for 2026-03-29T02:00:00 until 2026-03-29T01:00:00Z",
                "halves dst_skipped 2026-03-29T01:00:00Z for 2026-03-29T02:30:00",
            ]
        )
    }

    @Test("A schedule edited between two starts begins anew: it neither fires at once nor counts an outage")
    func editedSchedule() throws {
        let old = try PlanDriver.task("job", "0 3 * * *")
        let new = try PlanDriver.task("job", "0 4 * * *")
        let now = Timestamp("2026-05-01T12:00:00Z")
        var (plan, opening) = SchedulePlan.restored(
            PlanDriver.catalog([new]),
            cursors: [PlanDriver.cursor(old, "2026-04-01T00:00:00Z")],
            now: now
        )
        #expect(opening.cursors.map(\.settledThrough) == [now])
        #expect(plan.settle(through: now, grace: 60).isEmpty)
    }

    @Test("Runs of several tasks come oldest tick first, and by name within an instant")
    func order() throws {
        let tasks = try [PlanDriver.task("b", "* * * * *"), PlanDriver.task("a", "*/2 * * * *")]
        var (plan, _) = SchedulePlan.restored(
            PlanDriver.catalog(tasks),
            cursors: [],
            now: Timestamp("2026-05-01T12:00:00Z")
        )
        #expect(
            plan.settle(through: Timestamp("2026-05-01T12:02:00Z"), grace: 600).requests.map {
                "\($0.task.name) \($0.scheduled?.at.description ?? "")"
            } == ["b 2026-05-01T12:01:00Z", "a 2026-05-01T12:02:00Z", "b 2026-05-01T12:02:00Z"]
        )
    }

    @Test("@reboot is never due, and a plan of nothing has no next instant")
    func neverDue() throws {
        let driver = PlanDriver(try PlanDriver.task("boot", "@reboot"), now: "2026-05-01T12:00:00Z")
        #expect(driver.plan.nextInstant == nil)
        #expect(driver.opening.cursors.isEmpty)
    }
}
