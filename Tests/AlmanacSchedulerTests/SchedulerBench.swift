import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// A scheduler with everything around it in the test's hand.
struct SchedulerBench {
    let clock: ManualClock
    let alarm = ManualAlarm()
    let store: InMemoryRunStore
    let factory: RecordingFactory
    let log = LoggedLines()
    let scheduler: Scheduler

    /// - Parameter store: what an earlier daemon has left.
    init(_ tasks: TaskDefinition..., at time: String, store: InMemoryRunStore = InMemoryRunStore()) async throws {
        clock = ManualClock(time)
        self.store = store
        factory = RecordingFactory(store: store, clock: clock)
        scheduler = Scheduler(
            catalog: FixedCatalog(catalog: PlanDriver.catalog(tasks)),
            store: store,
            factory: factory,
            clock: clock,
            alarm: alarm,
            executor: alarm.executor,
            grace: 60,
            logger: Logger(label: "test") { [log] _ in LineLog(log) }
        )
        try await scheduler.prepare()
    }

    init(
        _ cron: String,
        catchUp: CatchUpPolicy = .skip,
        at time: String,
        store: InMemoryRunStore = InMemoryRunStore()
    ) async throws {
        try await self.init(PlanDriver.task("job", cron, catchUp: catchUp), at: time, store: store)
    }

    /// Runs the scheduler, from its first setting of the alarm on.
    func running(_ body: () async throws -> Void) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [scheduler], logger: quiet)
        let run = Task { try await group.run() }
        try await body()
        await group.triggerGracefulShutdown()
        try await run.value
    }

    /// Lets time pass, and the alarm go off then; answers what that brought, and when the alarm is set to next.
    func pass(until time: String) async -> (made: [String], next: Timestamp?) {
        clock.pass(until: time)
        return await wake(.due)
    }

    func wake(_ wakening: AlarmWakening) async -> (made: [String], next: Timestamp?) {
        let before = await factory.made.count
        alarm.goOff(wakening)
        let next = await alarm.nextSetting()
        return (Array(await factory.made.dropFirst(before)), next)
    }
}

private struct FixedCatalog: CatalogSource {
    let catalog: Catalog
}

/// Makes rows in a store, or refuses to.
actor RecordingFactory: RunMaking {
    struct Refused: Error {}

    /// What has been asked for, as `PlanDriver.summary` tells it.
    private(set) var made: [String] = []
    private var refuses = false
    private var ids = RunIDSequence()
    private let store: InMemoryRunStore
    private let clock: ManualClock

    init(store: InMemoryRunStore, clock: ManualClock) {
        self.store = store
        self.clock = clock
    }

    func refuse(_ refuses: Bool) { self.refuses = refuses }

    func makeRuns(_ requests: [RunRequest], moving cursors: [ScheduleCursor]) async throws -> [Run] {
        if refuses { throw Refused() }
        let runs = requests.map { request in
            var run = Run(
                id: ids.next(at: clock.now),
                taskName: request.task.name,
                trigger: request.trigger,
                createdAt: clock.now,
                scheduled: request.scheduled,
                isCatchUp: request.isCatchUp
            )
            switch request.purpose {
            case .execute: break
            case .recordDSTSkipped: run.state.handle(.ended(.withoutCommand(.dstSkipped, at: clock.now)))
            case .recordMissed(let stretch):
                run.missed = stretch
                run.state.handle(.ended(.withoutCommand(.missed, at: clock.now)))
            case .recordPaused(let stretch):
                run.missed = stretch
                run.state.handle(.ended(.withoutCommand(.skipped, at: clock.now, message: "paused")))
            }
            return run
        }
        made += requests.map(PlanDriver.summary)
        return try await store.insert(runs, moving: cursors)
    }
}

/// What was logged, from notice up.
final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    fileprivate func append(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct LineLog: LogHandler {
    let lines: LoggedLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    init(_ lines: LoggedLines) {
        self.lines = lines
    }

    func log(event: LogEvent) {
        lines.append("\(event.level): \(event.message)")
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
