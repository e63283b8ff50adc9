import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting

/// A plan with the store's part played by a dictionary: what is settled is durable at once.
struct PlanDriver {
    private(set) var plan: SchedulePlan
    private(set) var cursors: [String: ScheduleCursor] = [:]
    private(set) var opening: Opening
    private(set) var pauses: [TaskPause] = []
    let grace: Int64 = 60

    /// - Parameters:
    ///   - now: RFC 3339; when the daemon starts.
    ///   - settled: up to when all the tasks are settled; nil for tasks that are new.
    init(_ tasks: TaskDefinition..., now: String, settled: String? = nil) {
        self.init(tasks, now: now, settled: settled)
    }

    init(_ tasks: [TaskDefinition], now: String, settled: String? = nil) {
        let stored = tasks.compactMap { task in settled.map { Self.cursor(task, $0) } }
        (plan, opening) = SchedulePlan.restored(Self.catalog(tasks), cursors: stored, now: Timestamp(now))
        keep(stored + opening.cursors)
    }

    private mutating func keep(_ moved: [ScheduleCursor]) {
        for cursor in moved { cursors[cursor.taskName] = cursor }
    }

    /// Settles, and answers what it brought, short enough to write down.
    mutating func settle(_ now: String) -> [String] {
        let settlement = plan.settle(through: Timestamp(now), grace: grace)
        keep(settlement.cursors)
        return settlement.requests.map(Self.summary)
    }

    /// Settles from one due instant to the next, each in time, and answers what it all brought.
    mutating func live(until end: String) -> [String] {
        var brought: [String] = []
        while let next = plan.nextInstant, next <= Timestamp(end) { brought += settle("\(next)") }
        return brought
    }

    /// Dies and starts again from what is durable.
    mutating func restart(_ now: String) {
        (plan, opening) = SchedulePlan.restored(
            plan.catalog,
            cursors: Array(cursors.values),
            pauses: pauses,
            now: Timestamp(now)
        )
        keep(opening.cursors)
    }

    /// Takes the present as the truth.
    mutating func takeAsTruth(_ now: String) {
        keep(plan.restart(at: Timestamp(now)))
    }

    mutating func pause(_ name: String, since: String, until: String? = nil) {
        let pause = TaskPause(taskName: name, since: Timestamp(since), until: until.map { Timestamp($0) })
        pauses.append(pause)
        plan.begin(pause)
    }

    mutating func resume(_ name: String) {
        pauses.removeAll { $0.taskName == name }
        plan.endPause(ofTask: name)
    }

    // MARK: What tests write down

    /// What a request asks for, short enough to write down.
    static func summary(_ request: RunRequest) -> String {
        let scheduled = request.scheduled.map { "\($0.at)\($0.tick.map { " for \($0)" } ?? "")" } ?? ""
        return switch request.purpose {
        case .execute: "\(request.task.name) \(request.isCatchUp ? "catch-up " : "")\(scheduled)"
        case .recordDSTSkipped: "\(request.task.name) dst_skipped \(scheduled)"
        case .recordMissed(let stretch):
            "\(request.task.name) missed \(stretch.count) \(scheduled) until \(stretch.until)"
        case .recordPaused(let stretch):
            "\(request.task.name) paused \(stretch.count) \(scheduled) until \(stretch.until)"
        }
    }

    /// A task that makes no catch-up runs unless a test wants some.
    static func task(
        _ name: String,
        _ cron: String,
        in zone: ZoneRules = .utc,
        catchUp: CatchUpPolicy = .skip,
        maxCatchUpRuns: Int = 100,
        jitter: Duration = .zero
    ) throws -> TaskDefinition {
        let schedule = Schedule(try CronExpression(cron), in: zone)
        return TaskDefinition(
            name: name,
            command: "true",
            schedule: TaskSchedule(text: cron, schedule: schedule, hasOwnZone: true),
            catchUp: catchUp,
            maxCatchUpRuns: maxCatchUpRuns,
            jitter: jitter
        )
    }

    static func catalog(_ tasks: [TaskDefinition]) -> Catalog {
        Catalog(
            tasks: tasks,
            defaultZone: .utc,
            zoneSource: .system,
            loadedAt: PreciseTimestamp(nanosecondsSinceEpoch: 0)
        )
    }

    static func cursor(_ task: TaskDefinition, _ text: String) -> ScheduleCursor {
        guard let schedule = task.schedule else { preconditionFailure("\(task.name) has no schedule") }
        return ScheduleCursor(taskName: task.name, settledThrough: Timestamp(text), schedule: schedule.fingerprint)
    }

    /// The rules of a pinned zone file, such as `zones/Europe/Berlin` or `made/Flutter`.
    static func zone(_ path: String) -> ZoneRules {
        guard let bytes = TemporaryFolder.read(fixture(path)) else { preconditionFailure("no fixture \(path)") }
        do {
            return try ZoneRules(id: ZoneID(path.replacing("zones/", with: "")), tzif: bytes)
        } catch {
            preconditionFailure("the fixture \(path) is malformed: \(error)")
        }
    }

    /// The path of a file in `tzdata-fixtures`.
    static func fixture(_ path: String) -> String {
        let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return package.joined(separator: "/") + "/tzdata-fixtures/" + path
    }
}
