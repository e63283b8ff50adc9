import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("Of a held task nothing is planned, and when it is let go nothing was missed")
struct HoldTests {
    static func task(_ name: String, held: Bool) throws -> TaskDefinition {
        var task = try PlanDriver.task(name, "* * * * *", catchUp: .all)
        task.hold = held ? "cron is running (process 412)" : nil
        return task
    }

    @Test("It begins at the moment at which it is let go: no row, no run, no cursor for what came before")
    func released() async throws {
        let bench = try await SchedulerBench(
            Self.task("ours", held: false),
            Self.task("crons", held: true),
            at: "2026-05-01T12:00:30Z"
        )
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            #expect(await bench.scheduler.outlook.tasks == 1)
            #expect(
                await bench.pass(until: "2026-05-01T12:05:00Z").made.allSatisfy { $0.hasPrefix("ours ") }
            )
            #expect(try await bench.store.cursors().map(\.taskName) == ["ours"])
            bench.clock.pass(until: "2026-05-01T12:05:30Z")
            let before = await bench.factory.made.count
            let catalog = PlanDriver.catalog([
                try Self.task("crons", held: false), try Self.task("ours", held: false),
            ])
            #expect(try await bench.scheduler.replan(catalog) == 0)
            #expect(await bench.factory.made.count == before)
            #expect(
                try await bench.store.cursors().first { $0.taskName == "crons" }?.settledThrough
                    == Timestamp("2026-05-01T12:05:30Z")
            )
            #expect(await bench.scheduler.outlook.next == Timestamp("2026-05-01T12:06:00Z"))
        }
    }

    @Test("Held again, it loses its cursor; what was due by then has run; its pause stays")
    func heldAgain() async throws {
        let bench = try await SchedulerBench(Self.task("job", held: false), at: "2026-05-01T12:00:30Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.pass(until: "2026-05-01T12:01:00Z")
            _ = try await bench.scheduler.replan(PlanDriver.catalog([Self.task("job", held: true)]))
            #expect(await bench.factory.made == ["job 2026-05-01T12:01:00Z for 2026-05-01T12:01:00"])
            #expect(try await bench.store.cursors().isEmpty)
            #expect(await bench.scheduler.outlook.tasks == 0)
            try await bench.scheduler.pause("job", until: nil)
            _ = try await bench.scheduler.replan(PlanDriver.catalog([Self.task("job", held: false)]))
            #expect(await bench.scheduler.pauses.map(\.taskName) == ["job"])
        }
    }

    @Test("The boot's own cursor outlives every change of the plan, and stands for no task")
    func bootCursor() async throws {
        let store = InMemoryRunStore()
        let boot = ScheduleCursor(bootID: "a-boot", settledThrough: Timestamp("2026-05-02T00:00:00Z"))
        _ = try await store.insert([], moving: [boot])
        // It is a day ahead of the clock, which is no reason to take the clock for a wrong one.
        let bench = try await SchedulerBench(
            PlanDriver.task("job", "0 * * * *"),
            at: "2026-05-01T12:00:30Z",
            store: store
        )
        #expect(bench.log.all.isEmpty)
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            _ = try await bench.scheduler.replan(PlanDriver.catalog([]))
            #expect(try await store.cursors() == [boot])
            #expect(boot.bootID == "a-boot")
            #expect(!TaskDefinition.isValidName(boot.taskName))
        }
    }
}
