import AlmanacCalendar
import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import AlmanacRuns
import AlmanacScheduler
import AlmanacServer
import AlmanacStore
import Glibc
import Logging
import NIOPosix
import ServiceLifecycle

/// The parts of the daemon, put together in order and taken down in the opposite one.
///
/// What each thread does, and where it may block:
///
/// | thread | runs | blocks in |
/// | --- | --- | --- |
/// | main | signals | poll |
/// | NIO-SGLTN-1-#1 | the server and every task that belongs to no actor below | epoll_wait |
/// | scheduler | the plan, the timer | epoll_wait |
/// | runs | the factory, the dispatcher, the supervisors' ends | epoll_wait, starting a supervisor |
/// | store-writer, store-reader | SQLite | the disk |
/// | files | reading logs, the configuration and zone files | the disk |
actor Daemon {
    private let resources: DaemonResources
    private let logger: Logger
    private let clock = SystemWallClock()

    private var dispatcher: Dispatcher?
    private var group: ServiceGroup?
    private var keeper: CatalogKeeper?
    /// A stop that came before there was anything to stop.
    private var stopsEarly = false

    init(_ resources: DaemonResources, logger: Logger) {
        self.resources = resources
        self.logger = logger
    }

    /// Starts everything, and returns when it has been taken down.
    func run() async throws {
        let configuration = resources.configuration
        let store = resources.store
        let catalog = ActiveCatalog(Catalog(configuration, loadedAt: clock.now))
        let dispatcher = try Dispatcher(
            store: store,
            clock: clock,
            executor: try PollingExecutor(name: "runs"),
            settings: Dispatcher.Settings(
                dataFolder: resources.dataFolder.path,
                supervisor: resources.supervisor,
                environment: processEnvironment(),
                workingDirectory: resources.workingDirectory,
                maxConcurrent: configuration.scheduler.maxConcurrent,
                controlGroup: resources.controlGroup
            ),
            after: try await store.lastRunID(),
            logger: logger
        )
        self.dispatcher = dispatcher
        try await dispatcher.recover(catalog.catalog)

        let schedulerThread = try PollingExecutor(name: "scheduler")
        let scheduler = Scheduler(
            catalog: catalog,
            store: store,
            factory: dispatcher,
            clock: clock,
            alarm: try KernelAlarm(executor: schedulerThread),
            executor: schedulerThread,
            grace: configuration.scheduler.grace.components.seconds,
            jitterSeed: resources.dataFolder.fingerprint,
            logger: logger
        )
        try await scheduler.prepare()
        do {
            try await makeStartupRuns(catalog.catalog, dispatcher, except: await scheduler.pauses)
        } catch RunMakingError.shuttingDown {
            // A stop that came while the daemon was starting is a stop like any other.
            return try await store.close()
        }

        let files = ThreadExecutor(name: "files")
        let keeper = CatalogKeeper(
            resources,
            active: catalog,
            scheduler: scheduler,
            dispatcher: dispatcher,
            clock: clock,
            executor: files,
            logger: logger
        )
        self.keeper = keeper
        let zoneFollower = try ZoneFollower(
            zones: resources.zones,
            active: catalog,
            keeper: keeper,
            executor: schedulerThread,
            logger: logger
        )
        let server = APIServer(
            listeners: resources.listeners,
            dependencies: dependencies(catalog, dispatcher, scheduler, keeper, files),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        // Taken down from the last to the first: no more requests, no more ticks, then the runs.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [dispatcher, scheduler, zoneFollower, server],
                logger: quiet
            )
        )
        self.group = group
        if stopsEarly { return try await store.close() }
        for warning in configuration.warnings { logger.warning("\(warning)") }
        if let fault = resources.controlGroupFault {
            logger.warning("runs have no cgroups: the one delegated to the daemon cannot be divided: \(fault)")
        }
        for notice in resources.controlGroup.notices(on: configuration.tasks) { logger.warning("\(notice)") }
        announce(await scheduler.outlook.tasks)
        try await group.run()
        try await store.close()
    }

    /// Takes the daemon down.
    ///
    /// - Parameter stoppingRuns: whether the runs end with it; nil for what the configuration says.
    func stop(stoppingRuns: Bool?) async {
        stopsEarly = true
        await dispatcher?.close(stoppingRuns: stoppingRuns ?? (resources.configuration.daemon.onStop == .stopRuns))
        await group?.triggerGracefulShutdown()
    }

    /// Puts the configuration as it is on disk in force; what is wrong with it has been logged.
    func reload() async {
        _ = try? await keeper?.reload()
    }

    private func makeStartupRuns(
        _ catalog: Catalog,
        _ factory: any RunMaking,
        except pauses: [TaskPause]
    ) async throws {
        let paused = Set(pauses.map(\.taskName))
        let requests = catalog.tasks
            .filter { ($0.runsOnStart || $0.schedule?.isReboot == true) && !paused.contains($0.name) }
            .map { RunRequest(task: $0, trigger: .startup) }
        if !requests.isEmpty { _ = try await factory.makeRuns(requests, moving: []) }
    }

    private func dependencies(
        _ catalog: ActiveCatalog,
        _ dispatcher: Dispatcher,
        _ scheduler: Scheduler,
        _ keeper: CatalogKeeper,
        _ files: ThreadExecutor
    ) -> APIServer.Dependencies {
        APIServer.Dependencies(
            catalog: catalog,
            maker: dispatcher,
            control: dispatcher,
            store: resources.store,
            logs: RunLogs(dataFolder: resources.dataFolder.path, executor: files),
            reloading: keeper,
            pausing: scheduler,
            clock: clock,
            daemon: DaemonFacts(
                version: AlmanacVersion.current,
                fingerprint: resources.dataFolder.fingerprint,
                isServiceManaged: processEnvironment()["INVOCATION_ID"] != nil,
                isConfigStale: { await keeper.isStale }
            ),
            access: AccessSettings(
                tcp: resources.configuration.api.auth == .none ? .openOnLoopback : .credentials,
                daemonUserID: geteuid()
            )
        )
    }

    private func announce(_ planned: Int) {
        let addresses = resources.listeners.map { "\($0.address)" }.joined(separator: ", ")
        logger.notice(
            "ready: \(resources.configuration.tasks.count) tasks, \(planned) of them scheduled; listening on \(addresses)"
        )
    }

    /// The service group tells of each service's start and stop, which is nobody's concern.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
