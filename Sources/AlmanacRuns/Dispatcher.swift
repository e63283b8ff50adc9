package import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol
package import Logging
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
        /// How many runs of all tasks may be active at a time; nil for any number.
        package var maxConcurrent: Int?
        /// What each run gets a cgroup of its own in; nil where there is none.
        package var controlGroup: DelegatedControlGroup?

        package init(
            dataFolder: String,
            supervisor: SupervisorProgram,
            environment: [String: String],
            workingDirectory: String,
            maxConcurrent: Int? = nil,
            controlGroup: DelegatedControlGroup? = nil
        ) {
            self.dataFolder = dataFolder
            self.supervisor = supervisor
            self.environment = environment
            self.workingDirectory = workingDirectory
            self.maxConcurrent = maxConcurrent
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
    var processes: [RunID: ProcessHandle] = [:]
    var closing: Closing?
    var retries = RetryQueue()
    let retryTimer: Countdown
    let events: EventRecorder

    var waiters: [RunID: [UInt64: CheckedContinuation<Run?, Never>]] = [:]
    private var lastToken: UInt64 = 0
    private var idle: CheckedContinuation<Void, Never>?

    /// - Parameter last: the newest run id in the store.
    package init(
        store: any RunStore,
        clock: any WallClock,
        executor: PollingExecutor,
        settings: Settings,
        after last: RunID?,
        logger: Logger
    ) throws {
        self.store = store
        self.clock = clock
        self.executor = executor
        self.settings = settings
        self.logger = logger
        factory = RunFactory(after: last)
        lanes = TaskLanes(limit: settings.maxConcurrent)
        retryTimer = try Countdown()
        events = try EventRecorder(store: store, executor: executor, logger: logger)
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    deinit {
        executor.unwatch(retryTimer.descriptor.number)
    }

    /// Lives until a graceful shutdown, and then until what was begun has been put down.
    package func run() async throws {
        try executor.watch(retryTimer.descriptor.number) { [weak self, retryTimer] in
            retryTimer.clear()
            self?.assumeIsolated { $0.startDueRetries() }
        }
        try? await gracefulShutdown()
        if closing == nil { close(stoppingRuns: false) }
        if closing == .stoppingRuns && !processes.isEmpty {
            await withCheckedContinuation { idle = $0 }
        }
        await events.finish()
    }

    /// Makes no more runs and starts none; runs that wait keep their place for the next daemon, or end.
    ///
    /// - Parameter stoppingRuns: whether the active and the waiting runs end as `daemon_stopped`.
    package func close(stoppingRuns: Bool) {
        closing = stoppingRuns ? .stoppingRuns : .leavingRuns
        guard stoppingRuns else { return }
        for (id, unfinished) in unfinished where unfinished.run.state.end == nil {
            if processes[id] == nil {
                end(unfinished.run, .withoutCommand(.daemonStopped, at: clock.now))
            } else {
                do {
                    try askToStop(id, .daemonStopped)
                } catch {
                    logger.error("run \(id) of \(unfinished.run.taskName) cannot be asked to stop: \(error)")
                }
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

    /// The run's own cgroup; nil where there can be none.
    func controlGroup(of id: RunID) -> RunControlGroup? {
        settings.controlGroup.map { RunControlGroup(parent: $0.runsPath, runID: id.description) }
    }

    func noteProcessGone() {
        guard processes.isEmpty else { return }
        idle?.resume()
        idle = nil
    }

    func nextToken() -> UInt64 {
        lastToken += 1
        return lastToken
    }
}
