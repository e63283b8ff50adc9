import AlmanacAPI
import AlmanacConfig
import AlmanacLinux
import AlmanacRuns
import AlmanacScheduler
import AlmanacServer
import AlmanacStore
import Glibc
import NIOPosix

/// What the servers are made of.
extension Daemon {
    func dependencies(
        _ catalog: ActiveCatalog,
        _ dispatcher: Dispatcher,
        _ scheduler: Scheduler,
        _ retention: Retention,
        _ keeper: CatalogKeeper,
        _ files: ThreadExecutor,
        _ following: FollowedLogs
    ) async throws -> APIServer.Dependencies {
        let store = resources.store
        let logs = RunLogs(dataFolder: resources.dataFolder.path, executor: files)
        return APIServer.Dependencies(
            catalog: catalog,
            maker: dispatcher,
            control: dispatcher,
            store: store,
            survey: store,
            removing: retention,
            logs: logs,
            logSearch: logs,
            events: store,
            following: following,
            reloading: keeper,
            pausing: scheduler,
            clock: clock,
            daemon: DaemonFacts(
                version: AlmanacVersion.current,
                fingerprint: resources.dataFolder.fingerprint,
                isServiceManaged: processEnvironment()["INVOCATION_ID"] != nil,
                configPath: resources.configPath,
                isConfigStale: { await keeper.isStale }
            ),
            access: AccessSettings(
                tcp: resources.configuration.api.auth == .none ? .openOnLoopback : .credentials,
                daemonUserID: geteuid(),
                socketGroupID: resources.configuration.api.socketGroupID,
                hostNames: Set(resources.configuration.api.hosts),
                trustedProxies: resources.configuration.api.trustedProxies
            ),
            tokens: TokenRegister(try await store.tokens(), store: store, clock: clock, logger: logger),
            audit: store,
            metrics: DaemonMetrics(
                resources.metrics,
                catalog: catalog,
                dispatcher: dispatcher,
                pausing: scheduler,
                zones: resources.zones,
                clock: clock,
                executor: files
            ),
            metricsFactory: resources.metrics,
            logger: logger
        )
    }

    /// What serves the metrics to everyone; nil where nobody has asked for that.
    func metricsServer(_ dependencies: APIServer.Dependencies) -> APIServer? {
        if resources.metricsListeners.isEmpty { return nil }
        var limits = APIServer.Limits()
        limits.connections = 64
        return APIServer(
            listeners: resources.metricsListeners,
            operations: APIOperation.metricsForEveryone,
            subject: "the metrics",
            dependencies: dependencies,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            limits: limits
        )
    }
}
