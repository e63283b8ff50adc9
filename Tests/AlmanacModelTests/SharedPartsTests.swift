import AlmanacCalendar
import Testing

@testable import AlmanacModel

@Suite("Tasks hold together what they have in common")
struct SharedPartsTests {
    private func task(_ name: String, _ cron: String, in zone: String = "UTC", own: Bool = true) throws
        -> TaskDefinition
    {
        let rules = try ZoneRules(id: ZoneID(zone), posixTZ: zone == "UTC" ? "UTC0" : "CET-1CEST,M3.5.0,M10.5.0/3")
        return TaskDefinition(
            name: name,
            command: "true",
            schedule: TaskSchedule(
                text: cron,
                schedule: Schedule(try CronExpression(cron), in: rules),
                hasOwnZone: own
            ),
            settings: CommandSettings(environment: ["A": "1"])
        )
    }

    /// Tasks as a reader of configurations leaves them.
    private func shared(_ tasks: TaskDefinition...) -> [TaskDefinition] {
        var parts = SharedParts()
        return tasks.map { task in
            var task = task
            parts.share(in: &task)
            return task
        }
    }

    private func shareSchedule(_ tasks: [TaskDefinition]) -> Bool {
        guard let first = tasks[0].sharedSchedule, let second = tasks[1].sharedSchedule else { return false }
        return first.isSame(as: second)
    }

    @Test("Equal settings, policies and schedules are one; the tasks stay what they were")
    func equal() throws {
        let tasks = shared(try task("a", "0 3 * * *"), try task("b", "0 3 * * *"))
        #expect(tasks[0].sharedSettings.isSame(as: tasks[1].sharedSettings))
        #expect(tasks[0].sharedPolicies.isSame(as: tasks[1].sharedPolicies))
        #expect(shareSchedule(tasks))
        #expect(tasks.map(\.name) == ["a", "b"])
        #expect(try tasks[1].differences(from: task("b", "0 3 * * *")) == [])
    }

    @Test("What differs in anything is not shared")
    func different() throws {
        #expect(!shareSchedule(shared(try task("a", "0 3 * * *"), try task("b", "0 4 * * *"))))
        // The same meaning, written otherwise.
        #expect(!shareSchedule(shared(try task("a", "0 3 * * *"), try task("b", "0 3 * * 0-6"))))
        #expect(!shareSchedule(shared(try task("a", "0 3 * * *"), try task("b", "0 3 * * *", in: "Europe/Berlin"))))
        #expect(!shareSchedule(shared(try task("a", "0 3 * * *"), try task("b", "0 3 * * *", own: false))))
        var other = try task("b", "0 3 * * *")
        other.timeout = .seconds(5)
        other.settings.secrets = ["TOKEN": "x"]
        let tasks = shared(try task("a", "0 3 * * *"), other)
        #expect(!tasks[0].sharedSettings.isSame(as: tasks[1].sharedSettings))
        #expect(!tasks[0].sharedPolicies.isSame(as: tasks[1].sharedPolicies))
        #expect(tasks[0].timeout == nil && tasks[1].timeout == .seconds(5))
        #expect(tasks[1].differences(from: tasks[0]) == ["timeout", "secrets"])
    }

    @Test("A change of one task is not the other's")
    func change() throws {
        var tasks = shared(try task("a", "0 3 * * *"), try task("b", "0 3 * * *"))
        tasks[0].maxConcurrent = 7
        tasks[0].settings.nice = 5
        tasks[0].schedule?.text = "@daily"
        #expect(tasks[1].maxConcurrent == 1)
        #expect(tasks[1].settings.nice == nil)
        #expect(tasks[1].schedule?.text == "0 3 * * *")
        #expect(tasks[0].maxConcurrent == 7 && tasks[0].settings.nice == 5 && tasks[0].schedule?.text == "@daily")
    }

    @Test("A definition is small: ten thousand of them are about a megabyte")
    func size() {
        #expect(MemoryLayout<TaskDefinition>.stride <= 112)
    }
}

@Suite("A catalog finds its tasks by name")
struct CatalogTests {
    @Test("Every one of them and no other, in whatever order they came", arguments: [0, 1, 2, 3, 100])
    func names(count: Int) {
        let names = (0..<count).map { "task-\($0)" }
        let catalog = Catalog(
            tasks: names.reversed().map { TaskDefinition(name: $0, command: "echo \($0)") },
            defaultZone: .utc,
            zoneSource: .system,
            loadedAt: PreciseTimestamp(nanosecondsSinceEpoch: 0)
        )
        #expect(catalog.tasks.map(\.name) == names.sorted())
        for name in names { #expect(catalog.task(named: name)?.command == "echo \(name)") }
        for name in ["", "task", "task-", "task-1x", "task-100", "z"] { #expect(catalog.task(named: name) == nil) }
    }
}
