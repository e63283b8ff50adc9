package import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol
package import Logging
package import Metrics
import ServiceLifecycle

/// Carries out what the run factory makes: gives each run its place, starts its supervisor, notices its end, records it.
///
/// One thread owns all of it: the actor's jobs and the descriptors of the supervisors' processes. Everything that is
/// decided is decided in one isolated step; what is awaited is the store alone.
package actor Dispatcher: Service {
    /// What the dispatcher is made of.
    package struct Settings: Sendable {
        /// The folder that `runs/TASK/ID` are in.
        package var dataFolder: String
        package var supervisor: SupervisorProgram
        /// What commands inherit.
        package var environment: [String: String]
        package var workingDirectory: String
        /// What commands get that are started as cron starts them.
        package var login: LoginSession
        /// The program that takes mails.
        package var sendmail: String
        /// How many runs of all tasks may be active at a time; nil for any number.
        package var maxConcurrent: Int?
        /// How many descriptors commands may have open; nil for as many as the daemon.
        package var openFiles: UInt64?
        /// What each run gets a cgroup of its own in; nil where there is none.
        package var controlGroup: DelegatedControlGroup?

        package init(
            dataFolder: String,
            supervisor: SupervisorProgram,
            environment: [String: String],
            workingDirectory: String,
            login: LoginSession = LoginSession(),
            sendmail: String = "/usr/sbin/sendmail",
            maxConcurrent: Int? = nil,
            openFiles: UInt64? = nil,
            controlGroup: DelegatedControlGroup? = nil
        ) {
            self.dataFolder = dataFolder
            self.supervisor = supervisor
            self.environment = environment
            self.workingDirectory = workingDirectory
            self.login = login
            self.sendmail = sendmail
            self.maxConcurrent = maxConcurrent
            self.openFiles = openFiles
            self.controlGroup = controlGroup
        }
    }

    /// A run that has not ended, with the definition that it was made under.
    struct Unfinished {
        var run: Run
        var task: TaskDefinition
    }

    /// What is to become of the runs when the daemon goes.
    enum Closing {
        case leavingRuns, stoppingRuns
    }

    let store: any RunStore
    let clock: any WallClock
    let executor: PollingExecutor
    let settings: Settings
    let logger: Logger

    var factory: RunFactory
    var lanes: TaskLanes
    /// Every run that is pending or running and has been committed, or is being.
    var unfinished: [RunID: Unfinished] = [:]
    /// The supervisors' processes.
    var processes: [RunID: ProcessHandle] = [:] {
        didSet { changeObserver() }
    }
    /// Those of them that this daemon has started, by process id.
    var supervisors: [Int32: RunID] = [:]
    /// The runs that go on with nobody to notice their end.
    var unwatched = UnwatchedRuns()
    let unwatchedTimer: Countdown
    /// The runs whose supervisor is gone without a result, while what it has left behind is being ended.
    var crashes: [RunID: Crash] = [:]
    var crashWaiters: [CheckedContinuation<Void, Never>] = []
    let children: ChildWatch
    var closing: Closing?
    var retries = RetryQueue()
    let retryTimer: Countdown
    let events: EventRecorder
    let noteEnd: @Sendable (Run) -> Void
    let metrics: RunMetrics
    let workingFiles: WorkingFiles
    private(set) lazy var orphans = OrphanSweep { [weak self] id, news in
        Task { await self?.heard(news, of: id) }
    }

    var mails = MailQueue()
    private(set) lazy var mailMaker = MailMaker { [weak self] run, news in
        Task { await self?.heard(news, of: run) }
    }

    var waiters: [RunID: [UInt64: CheckedContinuation<Run?, Never>]] = [:]
    private var changeObserver: @Sendable () -> Void = {}
    /// What becomes of the runs at a graceful shutdown.
    private var stopsRuns = false
    private var lastToken: UInt64 = 0
    private var idle: CheckedContinuation<Void, Never>?

    /// - Parameters:
    ///   - last: the newest run id in the store.
    ///   - noteEnd: called on the executor's thread with each run whose end stands.
    ///   - metrics: what runs are counted in.
    package init(
        store: any RunStore,
        clock: any WallClock,
        executor: PollingExecutor,
        settings: Settings,
        after last: RunID?,
        noteEnd: @escaping @Sendable (Run) -> Void = { _ in },
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logger: Logger
    ) throws {
        self.store = store
        self.clock = clock
        self.executor = executor
        self.settings = settings
        self.noteEnd = noteEnd
        self.metrics = RunMetrics(metrics)
        self.logger = logger
        factory = RunFactory(after: last)
        lanes = TaskLanes(limit: settings.maxConcurrent)
        retryTimer = try Countdown()
        workingFiles = try WorkingFiles(dataFolder: settings.dataFolder)
        events = try EventRecorder(store: store, workingFiles: workingFiles, executor: executor, logger: logger)
        unwatchedTimer = try Countdown()
        children = try ChildWatch()
        try executor.watch(children.descriptor.number) { [weak self] in
            self?.assumeIsolated { $0.childrenEnded() }
        }
        try executor.watch(unwatchedTimer.descriptor.number) { [weak self, unwatchedTimer] in
            unwatchedTimer.clear()
            self?.assumeIsolated { $0.unwatchedTimerFired() }
        }
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    deinit {
        executor.unwatch(retryTimer.descriptor.number)
        executor.unwatch(unwatchedTimer.descriptor.number)
        executor.unwatch(children.descriptor.number)
    }

    /// Lives until a graceful shutdown, and then until what was begun has been put down.
    package func run() async throws {
        try executor.watch(retryTimer.descriptor.number) { [weak self, retryTimer] in
            retryTimer.clear()
            self?.assumeIsolated { $0.startDueRetries() }
        }
        try? await gracefulShutdown()
        await finish()
    }

    /// Ends the work, of a dispatcher that was never run too: returns once the runs that end with it are gone, and all that
    /// is known of the others stands.
    package func finish() async {
        if closing == nil { close(stoppingRuns: stopsRuns) }
        if closing == .stoppingRuns && hasActiveRuns {
            await withCheckedContinuation { idle = $0 }
        }
        await events.finish()
    }

    /// How many runs of each task are active, and how many wait for a place; only of tasks that have any.
    package var runCounts: [String: (active: Int, waiting: Int)] { lanes.counts }

    /// How many runs' supervisors are there.
    package var runningCount: Int { processes.count }

    /// Has `observer` called whenever a run has started or ended; on the dispatcher's thread.
    package func whenChanged(_ observer: @escaping @Sendable () -> Void) {
        changeObserver = observer
    }

    /// Says what a graceful shutdown does with the runs, which it leaves alone otherwise.
    package func stopRunsAtShutdown(_ stopsRuns: Bool) {
        self.stopsRuns = stopsRuns
    }

    /// Makes no more runs and starts none; runs that wait keep their place for the next daemon, or end.
    ///
    /// - Parameter stoppingRuns: whether the active and the waiting runs end as `daemon_stopped`.
    package func close(stoppingRuns: Bool) {
        if closing != .stoppingRuns { closing = stoppingRuns ? .stoppingRuns : .leavingRuns }
        noteCrashesSettled()
        guard closing == .stoppingRuns else { return }
        for (id, unfinished) in unfinished where unfinished.run.state.end == nil {
            switch standing(of: id) {
            case .waiting: end(unfinished.run, .daemonStopped(at: clock.now))
            case .watched: askToStopWithDaemon(unfinished.run)
            case .crashed: break
            // It is asked as soon as it is watched.
            case .unwatched: unwatchedTimer.start(.zero)
            }
        }
    }

    /// Changes how many runs of all tasks may be active at a time; nil for any number.
    package func setLimit(_ limit: Int?) {
        lanes.setLimit(limit)
        for name in lanes.taskNames { startWaiting(ofTask: name) }
    }

    func folder(of run: Run) -> RunFolder {
        RunFolder(dataFolder: settings.dataFolder, taskName: run.taskName, runID: run.id.description)
    }

    /// Whether anything of a run lives, as far as is known.
    private var hasActiveRuns: Bool { !processes.isEmpty || !crashes.isEmpty || !unwatched.isEmpty }

    /// The run's own cgroup; nil where there can be none.
    func controlGroup(of id: RunID) -> RunControlGroup? {
        settings.controlGroup.map { RunControlGroup(parent: $0.runsPath, runID: id.description) }
    }

    func noteProcessGone() {
        guard !hasActiveRuns else { return }
        idle?.resume()
        idle = nil
    }

    func nextToken() -> UInt64 {
        lastToken += 1
        return lastToken
    }
}
