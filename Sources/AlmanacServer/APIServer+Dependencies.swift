package import AlmanacModel
package import Logging
package import Metrics

extension APIServer {
    /// What the server answers from, and who may ask.
    package struct Dependencies: Sendable {
        package var catalog: any CatalogSource
        package var maker: any RunMaking
        package var control: any RunControl
        package var store: any RunStore
        package var survey: any RunSurveying
        package var removing: any RunRemoving
        package var logs: any RunLogReading
        package var logSearch: any RunLogSearching
        package var events: any RunEventReading
        package var following: any RunLogFollowing
        package var reloading: any Reloading
        package var pausing: any TaskPausing
        package var clock: any WallClock
        package var daemon: DaemonFacts
        package var access: AccessSettings
        package var tokens: TokenRegister
        package var audit: any AuditStore
        package var metrics: any MetricsReading
        /// What requests and streams are counted in.
        let requestMetrics: RequestMetrics
        /// One for all listeners.
        let failedAttempts: FailedAttempts

        package init(
            catalog: any CatalogSource,
            maker: any RunMaking,
            control: any RunControl,
            store: any RunStore,
            survey: any RunSurveying,
            removing: any RunRemoving,
            logs: any RunLogReading,
            logSearch: any RunLogSearching,
            events: any RunEventReading,
            following: any RunLogFollowing,
            reloading: any Reloading,
            pausing: any TaskPausing,
            clock: any WallClock,
            daemon: DaemonFacts,
            access: AccessSettings,
            tokens: TokenRegister,
            audit: any AuditStore,
            metrics: any MetricsReading,
            metricsFactory: any MetricsFactory,
            elapsed: @escaping @Sendable () -> Duration = APIServer.timeSinceStart(),
            logger: Logger
        ) {
            self.catalog = catalog
            self.maker = maker
            self.control = control
            self.store = store
            self.survey = survey
            self.removing = removing
            self.logs = logs
            self.logSearch = logSearch
            self.events = events
            self.following = following
            self.reloading = reloading
            self.pausing = pausing
            self.clock = clock
            self.daemon = daemon
            self.access = access
            self.tokens = tokens
            self.audit = audit
            self.metrics = metrics
            let requestMetrics = RequestMetrics(metricsFactory)
            self.requestMetrics = requestMetrics
            failedAttempts = FailedAttempts(elapsed: elapsed, logger: logger) { requestMetrics.noteFailedAttempt() }
        }
    }
}

extension APIServer {
    /// A clock for limits, which nobody sets: how long ago this was called.
    package static func timeSinceStart() -> @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { start.duration(to: .now) }
    }
}

/// What `GET /api/info` says of the daemon that neither the catalog nor the listeners know.
package struct DaemonFacts: Sendable {
    package var version: String
    /// A stable name of this daemon.
    package var fingerprint: String
    /// Whether systemd started it.
    package var isServiceManaged: Bool
    /// The configuration's file; absolute.
    package var configPath: String
    /// Whether the configuration's file has changed since it was loaded. Called for each answer; it must not block.
    package var isConfigStale: @Sendable () async -> Bool

    package init(
        version: String,
        fingerprint: String,
        isServiceManaged: Bool,
        configPath: String,
        isConfigStale: @escaping @Sendable () async -> Bool
    ) {
        self.version = version
        self.fingerprint = fingerprint
        self.isServiceManaged = isServiceManaged
        self.configPath = configPath
        self.isConfigStale = isConfigStale
    }
}
