import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("Another catalog takes the present one's place without losing a tick or firing one at once")
struct ReplanTests {
    static let now = Timestamp("2026-05-01T12:30:00Z")

    @Test("Kept tasks keep their cursors, edited ones begin at the present, new ones too, those that left are gone")
    func kinds() throws {
        let former = PlanDriver(
            try PlanDriver.task("kept", "0 0 * * *"),
            try PlanDriver.task("edited", "0 0 * * *"),
            try PlanDriver.task("left", "0 0 * * *"),
            now: "2026-05-01T08:00:00Z"
        )
        let catalog = PlanDriver.catalog([
            try PlanDriver.task("kept", "0 0 * * *"),
            try PlanDriver.task("edited", "0 12 * * *"),
            try PlanDriver.task("new", "* * * * *"),
        ])
        let replanning = former.plan.replanned(catalog, now: Self.now)
        #expect(replanning.plan.taskNames == ["kept", "edited", "new"])
        #expect(replanning.plan.settledThrough(ofTask: "kept") == Timestamp("2026-05-01T08:00:00Z"))
        #expect(replanning.plan.settledThrough(ofTask: "edited") == Self.now)
        #expect(replanning.plan.settledThrough(ofTask: "new") == Self.now)
        #expect(replanning.cursors.map(\.taskName) == ["edited", "new"])
        #expect(replanning.cursors.map(\.settledThrough) == [Self.now, Self.now])
        #expect(replanning.movedFirings == 0)
        var plan = replanning.plan
        #expect(plan.settle(through: Self.now, grace: 60).isEmpty)
    }

    @Test("Only new rules behind the same zone names: the cursors stay, and the moved firings are counted")
    func zoneRules() throws {
        func zone(_ rules: String) throws -> ZoneRules { try ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: rules) }
        func catalog(_ berlin: ZoneRules) throws -> Catalog {
            PlanDriver.catalog([
                try PlanDriver.task("daily", "0 3 * * *", in: berlin),
                try PlanDriver.task("hourly", "0 * * * *", in: berlin),
                try PlanDriver.task("elsewhere", "0 3 * * *"),
            ])
        }
        let (plan, _) = SchedulePlan.restored(
            try catalog(zone("CET-1CEST,M3.5.0,M10.5.0/3")),
            cursors: [],
            now: Timestamp("2026-05-01T08:00:00Z")
        )
        let replanning = plan.replanned(try catalog(zone("CET-1")), now: Self.now)
        #expect(replanning.movedFirings == 1)
        #expect(replanning.cursors.isEmpty)
        #expect(replanning.plan.settledThrough(ofTask: "daily") == Timestamp("2026-05-01T08:00:00Z"))
    }

    @Test("A pause goes on, and ends with its task")
    func pauses() throws {
        var former = PlanDriver(
            try PlanDriver.task("kept", "* * * * *"),
            try PlanDriver.task("left", "* * * * *"),
            now: "2026-05-01T12:30:00Z"
        )
        former.pause("kept", since: "2026-05-01T12:30:00Z")
        former.pause("left", since: "2026-05-01T12:30:00Z")
        let catalog = PlanDriver.catalog([try PlanDriver.task("kept", "*/2 * * * *")])
        let replanning = former.plan.replanned(catalog, now: Self.now)
        #expect(replanning.endedPauses == ["left"])
        var plan = replanning.plan
        #expect(
            plan.settle(through: Timestamp("2026-05-01T12:32:00Z"), grace: 60).requests.map(PlanDriver.summary) == [
                "kept paused 1 2026-05-01T12:32:00Z for 2026-05-01T12:32:00 until 2026-05-01T12:32:00Z"
            ]
        )
    }
}

@Suite("The scheduler replans while it runs")
struct SchedulerReplanTests {
    @Test("What is due by then is settled under the present plan, and the edited schedule begins after it")
    func edited() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.pass(until: "2026-05-01T12:01:00Z")
            let catalog = PlanDriver.catalog([try PlanDriver.task("job", "*/5 * * * *")])
            #expect(try await bench.scheduler.replan(catalog) == 0)
            #expect(await bench.factory.made == ["job 2026-05-01T12:01:00Z for 2026-05-01T12:01:00"])
            #expect(await bench.scheduler.outlook.next == Timestamp("2026-05-01T12:05:00Z"))
            let cursor = PlanDriver.cursor(catalog.tasks[0], "2026-05-01T12:01:00Z")
            #expect(try await bench.store.cursors() == [cursor])
        }
    }

    @Test("An edited task's tick that waits for its delay runs at once; one that left takes it along")
    func delayed() async throws {
        let bench = try await SchedulerBench(
            PlanDriver.task("backup-991", "0 12 * * *", jitter: .seconds(600)),
            PlanDriver.task("backup-4530", "0 12 * * *", jitter: .seconds(600)),
            PlanDriver.task("backup-4740", "0 12 * * *", jitter: .seconds(600)),
            at: "2026-05-01T11:00:00Z"
        )
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.pass(until: "2026-05-01T12:04:00Z")
            let catalog = PlanDriver.catalog([
                try PlanDriver.task("backup-991", "0 13 * * *", jitter: .seconds(600)),
                try PlanDriver.task("backup-4740", "0 12 * * *", jitter: .seconds(600)),
            ])
            _ = try await bench.scheduler.replan(catalog)
            #expect(await bench.factory.made == ["backup-991 2026-05-01T12:00:00Z for 2026-05-01T12:00:00"])
            // The unchanged one goes on waiting.
            #expect(await bench.scheduler.outlook.next == Timestamp("2026-05-01T12:05:07Z"))
        }
        #expect(try await bench.store.cursors().map(\.taskName) == ["backup-4740", "backup-991"])
    }

    @Test("The present plan stays in force when the store refuses")
    func refused() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            await bench.factory.refuse(true)
            bench.clock.pass(until: "2026-05-01T12:01:00Z")
            await #expect(throws: RecordingFactory.Refused.self) {
                try await bench.scheduler.replan(PlanDriver.catalog([]))
            }
            #expect(await bench.scheduler.outlook.tasks == 1)
            #expect(await bench.scheduler.outlook.next == Timestamp("2026-05-01T12:02:00Z"))
        }
    }

    @Test("Changes that come at the same time happen one after the other")
    func concurrent() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        let crons = (2..<30).map { "*/\($0) * * * *" }
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.pass(until: "2026-05-01T12:01:00Z")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for cron in crons {
                    group.addTask {
                        _ = try await bench.scheduler.replan(PlanDriver.catalog([try PlanDriver.task("job", cron)]))
                    }
                    group.addTask { _ = try await bench.scheduler.pause("job", until: nil) }
                }
                try await group.waitForAll()
            }
            let cursors = try await bench.store.cursors()
            #expect(cursors.map(\.settledThrough) == [Timestamp("2026-05-01T12:01:00Z")])
            #expect(await bench.factory.made == ["job 2026-05-01T12:01:00Z for 2026-05-01T12:01:00"])
            #expect(await bench.scheduler.pauses.count == 1)
        }
    }
}
