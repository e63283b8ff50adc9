import AlmanacCalendar
import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import AlmanacRuns
import AlmanacScheduler
import AlmanacServer
import AlmanacStore
import AlmanacSystemd
import CLinux
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
/// | scheduler | the plan, the timer, what changes on disk | epoll_wait |
/// | runs | the factory, the dispatcher, the supervisors' ends | epoll_wait, starting a supervisor |
/// | store-writer, store-reader | SQLite | the disk |
/// | files | reading and removing logs, reading the configuration, crontabs and zone files, writing the metrics | the disk |
/// | followed-logs | reading the logs that somebody follows, noticing that they grow | the disk, epoll_wait |
/// | mail | making messages from logs; there only then | the disk |
/// | crontab-claim | waiting for another daemon that runs the same crontabs; there only then | flock |
/// | orphans | ending what a killed supervisor has left behind; there only then | /proc, poll |
/// | service | where there is a service manager: its status line, its watchdog | epoll_wait |
/// | journal | writing the daemon's own log | the journal's socket, or standard error |
actor Daemon {
    var resources: DaemonResources
    private let manager: ServiceManager?
    let logger: Logger
    let clock = SystemWallClock()

    private var dispatcher: Dispatcher?
    private var group: ServiceGroup?
    private var keeper: CatalogKeeper?
    private var watchdog: Watchdog?
    /// Whether the runs end with the daemon, once it has been told to stop.
    private var stopsRuns: Bool?

    init(_ resources: DaemonResources, manager: ServiceManager?, logger: Logger) {
        self.resources = resources
        self.manager = manager
        self.logger = logger
    }

    /// Starts everything, and returns when it has been taken down.
    func run() async throws {
        let store = resources.store
        let files = ThreadExecutor(name: "files")
        let schedulerThread = try PollingExecutor(name: "scheduler")
        let cronFiles = CronFiles()
        let cronWatch = try CronWatch(files: cronFiles, executor: schedulerThread, logger: logger)
        let hold = await cronWatch.follow(resources.configuration.cron.places)
        let catalog = ActiveCatalog(
            Catalog(
                resources.configuration,
                tasks: resources.configuration.tasks + resources.crontabReading.tasks.held(hold),
                loadedAt: clock.now
            )
        )
        let retention = try Retention(
            store: store,
            dataFolder: resources.dataFolder.path,
            catalog: catalog,
            storage: resources.configuration.storage.limits,
            clock: clock,
            executor: files,
            timerExecutor: schedulerThread,
            logger: logger
        )
        try await retention.prepare()
        let dispatcher = try Dispatcher(
            store: store,
            clock: clock,
            executor: try PollingExecutor(name: "runs"),
            settings: Dispatcher.Settings(
                dataFolder: resources.dataFolder.path,
                supervisor: resources.supervisor,
                environment: processEnvironment(),
                workingDirectory: resources.workingDirectory,
                login: .ofDaemon(),
                sendmail: resources.options.sendmail,
                maxConcurrent: resources.configuration.scheduler.maxConcurrent,
                openFiles: resources.descriptorLimit.inherited,
                controlGroup: resources.controlGroup
            ),
            after: try await store.lastRunID(),
            noteEnd: { retention.noteEnd(of: $0) },
            metrics: resources.metrics,
            logger: logger
        )
        self.dispatcher = dispatcher
        let startExtension = StartExtension(manager)
        try await dispatcher.recover(catalog.catalog) { startExtension.note(done: $0, of: $1) }
        if stopsRuns != nil { return try await stopEarly(dispatcher) }

        let scheduler = Scheduler(
            catalog: catalog,
            store: store,
            factory: dispatcher,
            clock: clock,
            alarm: try KernelAlarm(executor: schedulerThread),
            executor: schedulerThread,
            grace: resources.configuration.scheduler.grace.components.seconds,
            jitterSeed: resources.dataFolder.fingerprint,
            logger: logger
        )
        let cursors = try await store.cursors()
        try await forgetFirings(runByCron: cronFiles, catalog.catalog, cursors)
        try await scheduler.prepare()
        let paused = Set(await scheduler.pauses.map(\.taskName))
        do {
            try await makeStartupRuns(catalog.catalog, dispatcher, except: paused)
            try await runRebootLines(catalog.catalog, dispatcher, except: paused, cursors, hold, cronFiles)
        } catch RunMakingError.shuttingDown {
            return try await stopEarly(dispatcher)
        }

        let reporter = try manager.map { manager in
            try StatusReporter(
                manager,
                dispatcher: dispatcher,
                scheduler: scheduler,
                active: catalog,
                clock: clock
            )
        }
        var news = CrontabNews()
        let complaints =
            news.complaints(aboutUnwatched: resources.unwatchedCrontabs)
            + news.complaints(about: resources.crontabReading)
        let keeper = CatalogKeeper(
            resources,
            cronWatch: cronWatch,
            active: catalog,
            hold: hold,
            news: news,
            scheduler: scheduler,
            dispatcher: dispatcher,
            retention: retention,
            clock: clock,
            reporter: reporter,
            executor: files,
            logger: logger
        )
        self.keeper = keeper
        // They are the keeper's: those that a reload replaces are given up.
        resources.configuration.tasks = []
        resources.crontabReading = CrontabReading()
        let zoneFollower = try ZoneFollower(
            zones: resources.zones,
            active: catalog,
            keeper: keeper,
            executor: schedulerThread,
            logger: logger
        )
        let crontabFollower = try CrontabFollower(
            watch: resources.crontabs.watch,
            cronWatch: cronWatch,
            keeper: keeper,
            clock: clock,
            executor: schedulerThread
        )
        let certificate = try resources.configuration.api.tls.map { files in
            try TLSCertificate(certificate: files.certificate, key: files.key)
        }
        let certificateFollower = try certificate.map { certificate in
            try CertificateFollower(certificate, files: files, executor: schedulerThread, logger: logger)
        }
        await keeper.whenReloaded { await certificateFollower?.read(isAskedFor: true) }
        let status = try await reporter?.start() ?? ""
        let following = try FollowedLogs(
            dataFolder: resources.dataFolder.path,
            executor: try PollingExecutor(name: "followed-logs")
        )
        var limits = APIServer.Limits()
        limits.connections = resources.connectionLimit
        let dependencies = try await dependencies(
            catalog,
            dispatcher,
            scheduler,
            retention,
            keeper,
            files,
            following
        )
        let server = APIServer(
            listeners: resources.listeners,
            dependencies: dependencies,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            limits: limits,
            certificate: certificate,
            whenServing: { [manager] in manager?.ready(status) }
        )
        let metricsServer = metricsServer(dependencies)
        // Taken down from the last to the first: no more requests, no more ticks, then the runs.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [dispatcher, scheduler, retention, zoneFollower, crontabFollower]
                    + (certificateFollower.map { [$0] } ?? []) + (metricsServer.map { [$0] } ?? []) + [server],
                logger: quiet
            )
        )
        let planned = await scheduler.outlook.tasks
        if stopsRuns != nil { return try await stopEarly(dispatcher) }
        for warning in resources.configuration.warnings {
            logger.warning("\(warning)", metadata: ["event": "\(LoggedEvent.configurationWarning)"])
        }
        logger.log(complaints)
        logger.logHold(from: nil, to: catalog.held)
        if let fault = resources.controlGroupFault {
            logger.warning(
                "runs have no cgroups: the one delegated to the daemon cannot be divided: \(fault)",
                metadata: ["event": "\(LoggedEvent.limitNotKept)"]
            )
        }
        for notice in resources.controlGroup.notices(on: catalog.catalog.tasks) {
            logger.warning("\(notice)", metadata: ["event": "\(LoggedEvent.limitNotKept)"])
        }
        for address in resources.listeners.map(\.address) where certificate == nil && !address.isLocal {
            logger.warning(
                "\(address) is not encrypted: give [api] tls_cert and tls_key, or let a proxy on this machine encrypt",
                metadata: ["event": "\(LoggedEvent.apiUnencrypted)", "address": "\(address)"]
            )
        }
        // Reading the configuration and the cursors takes several times the memory that is kept.
        malloc_trim(0)
        announce(catalog.catalog.tasks.count, planned: planned)
        self.group = group
        watchdog = try await startWatchdog(server, dispatcher, scheduler)
        try await group.run()
        try await store.close()
    }

    /// Takes the daemon down.
    ///
    /// - Parameter stoppingRuns: whether the runs end with it; nil for what the configuration says.
    func stop(stoppingRuns: Bool?) async {
        let stopsRuns = stoppingRuns ?? (resources.configuration.daemon.onStop == .stopRuns)
        self.stopsRuns = stopsRuns || self.stopsRuns == true
        manager?.stopping(stopsRuns ? "ending the runs" : "stopping; the runs go on")
        await watchdog?.stop()
        if let group, stoppingRuns == nil {
            // Requests in flight come first, and may make runs yet; the next daemon starts those that this one does not.
            await dispatcher?.stopRunsAtShutdown(stopsRuns)
            await group.triggerGracefulShutdown()
        } else {
            await dispatcher?.close(stoppingRuns: stopsRuns)
            await group?.triggerGracefulShutdown()
        }
    }

    /// Ends a start during which a stop came: a stop like any other, with less to take down.
    private func stopEarly(_ dispatcher: Dispatcher) async throws {
        await dispatcher.close(stoppingRuns: stopsRuns == true)
        await dispatcher.finish()
        try await resources.store.close()
    }

    /// Puts the configuration as it is on disk in force; what is wrong with it has been logged.
    func reload() async {
        _ = try? await keeper?.reload()
    }

    /// Begins to tell that all is well, where the service manager wants to know.
    private func startWatchdog(
        _ server: APIServer,
        _ dispatcher: Dispatcher,
        _ scheduler: Scheduler
    ) async throws -> Watchdog? {
        guard let manager, let request = WatchdogRequest.ofEnvironment() else { return nil }
        let store = resources.store
        let probe = try HealthProbe(
            resources.listeners,
            server,
            eventLoop: MultiThreadedEventLoopGroup.singleton.any(),
            executor: manager.executor
        )
        let watchdog = try Watchdog(
            manager,
            limit: request.limit,
            parts: [
                Watchdog.Part(name: "the scheduler") { _ = await scheduler.outlook },
                Watchdog.Part(name: "the dispatcher of runs") { _ = await dispatcher.runningCount },
                Watchdog.Part(name: "the store's writer") { await store.answerFromWriter() },
                Watchdog.Part(name: "the store's reader") { await store.answerFromReader() },
                Watchdog.Part(name: "the server") { await probe.answer() },
            ],
            logger: logger
        )
        try await watchdog.start()
        return watchdog
    }

    private func makeStartupRuns(
        _ catalog: Catalog,
        _ factory: any RunMaking,
        except paused: Set<String>
    ) async throws {
        let requests = catalog.tasks
            .filter { task in
                // Those of crontabs are run once a boot.
                let isReboot = task.schedule?.isReboot == true && task.crontabLine == nil
                return (task.runsOnStart || isReboot) && !paused.contains(task.name)
            }
            .map { RunRequest(task: $0, trigger: .startup) }
        if !requests.isEmpty { _ = try await factory.makeRuns(requests, moving: []) }
    }

    private func announce(_ tasks: Int, planned: Int) {
        let addresses = resources.listeners.map { "\($0.address)" }.joined(separator: ", ")
        logger.notice(
            "ready: \(tasks) tasks, \(planned) of them scheduled; listening on \(addresses)",
            metadata: ["event": "\(LoggedEvent.daemonReady)"]
        )
    }

    /// The service group tells of each service's start and stop, which is nobody's concern.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
