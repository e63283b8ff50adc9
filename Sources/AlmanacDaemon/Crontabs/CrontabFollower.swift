import AlmanacLinux
import AlmanacModel
import ServiceLifecycle

/// Tells the keeper of the catalog when crontabs change on disk, and when they become somebody else's to run or ours.
///
/// Nothing polls: inotify, a timer and the watch for cron wake it.
actor CrontabFollower: Service {
    private let watch: CrontabWatch
    private let cronWatch: CronWatch
    private let keeper: CatalogKeeper
    private let clock: any UptimeClock
    private let executor: PollingExecutor
    private let pause: Countdown

    private var pace = ChangePace()
    /// Whether the pause runs that is followed by a look.
    private var isWaiting = false
    /// Whether the next look takes crontabs that are gone for gone.
    private var confirms = false
    private var isStopped = false

    /// After how long a crontab that was gone is taken for gone.
    private static let confirmationDelay = Duration.milliseconds(150)
    /// How long after a failure it is tried again.
    private static let retryDelay = Duration.seconds(5)

    init(
        watch: CrontabWatch,
        cronWatch: CronWatch,
        keeper: CatalogKeeper,
        clock: any UptimeClock,
        executor: PollingExecutor
    ) throws {
        self.watch = watch
        self.cronWatch = cronWatch
        self.keeper = keeper
        self.clock = clock
        self.executor = executor
        pause = try Countdown()
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func run() async throws {
        try executor.watch(pause.descriptor.number) { [weak self, pause] in
            pause.clear()
            self?.assumeIsolated { $0.look() }
        }
        // What has happened since the crontabs were read at the start is waiting.
        try executor.watch(watch.descriptor.number) { [weak self, watch] in
            if watch.takeChanges() { self?.assumeIsolated { $0.wait() } }
        }
        await cronWatch.whenChanged { [weak self] in
            self?.assumeIsolated { $0.look() }
        }
        if await keeper.hold != cronWatch.hold { look() }
        try? await gracefulShutdown()
        isStopped = true
        await cronWatch.stop()
        executor.unwatch(watch.descriptor.number)
        executor.unwatch(pause.descriptor.number)
    }

    private func wait() {
        if !isWaiting { wait(pace.change(at: clock.uptime.total)) }
    }

    private func wait(_ duration: Duration) {
        isWaiting = true
        pause.start(duration)
    }

    private func look() {
        isWaiting = false
        let isConfirmed = confirms
        confirms = false
        Task {
            let outcome = await keeper.crontabsChanged(isConfirmed: isConfirmed)
            if isStopped { return }
            switch outcome {
            case .inForce: break
            case .unconfirmed:
                confirms = true
                wait(Self.confirmationDelay)
            case .failed:
                if !isWaiting { wait(Self.retryDelay) }
            }
        }
    }
}
