package import AlmanacCalendar
package import AlmanacModel

/// All that `almanac.toml` says, checked and with its defaults filled in.
package struct Configuration: Sendable {
    /// Sorted by name.
    package var tasks: [TaskDefinition]
    /// The zone of tasks that name none: `[scheduler] timezone`, else the system's.
    package var defaultZone: ZoneRules
    package var zoneSource: Catalog.ZoneSource
    package var api: APISettings
    package var metrics: MetricsSettings
    package var daemon: DaemonSettings
    package var scheduler: SchedulerSettings
    package var storage: StorageSettings
    package var cron: CronSettings
    /// What is no fault, but that somebody should know of: keys that came to nothing; in the order of the file.
    package var warnings: [ConfigurationFault]

    package init(
        tasks: [TaskDefinition] = [],
        defaultZone: ZoneRules,
        zoneSource: Catalog.ZoneSource,
        api: APISettings = APISettings(),
        metrics: MetricsSettings = MetricsSettings(),
        daemon: DaemonSettings = DaemonSettings(),
        scheduler: SchedulerSettings = SchedulerSettings(),
        storage: StorageSettings = StorageSettings(),
        cron: CronSettings = CronSettings(),
        warnings: [ConfigurationFault] = []
    ) {
        self.tasks = tasks
        self.defaultZone = defaultZone
        self.zoneSource = zoneSource
        self.api = api
        self.metrics = metrics
        self.daemon = daemon
        self.scheduler = scheduler
        self.storage = storage
        self.cron = cron
        self.warnings = warnings
    }
}

/// The table `[daemon]`.
package struct DaemonSettings: Hashable, Sendable {
    /// What SIGTERM does to active runs, the key `on_stop`.
    package enum StopPolicy: String, Sendable, CaseIterable {
        /// They go on under their supervisors, and the next daemon takes them over.
        case leaveRuns = "leave_runs"
        /// They are ended, `daemon_stopped`.
        case stopRuns = "stop_runs"
    }

    package var onStop: StopPolicy

    package init(onStop: StopPolicy = .leaveRuns) {
        self.onStop = onStop
    }
}

/// The table `[scheduler]`, apart from its zone.
package struct SchedulerSettings: Hashable, Sendable {
    /// How long after its instant a firing is merely late and not missed, spec/occurrences.md section 4; above zero.
    package var grace: Duration
    /// How many runs of all tasks together may be active at a time, 1 or more; nil for any number.
    package var maxConcurrent: Int?

    package init(grace: Duration = .seconds(60), maxConcurrent: Int? = nil) {
        self.grace = grace
        self.maxConcurrent = maxConcurrent
    }
}

/// The table `[storage]`.
package struct StorageSettings: Hashable, Sendable {
    /// How many bytes the logs of all runs may take; nil for any number.
    package var maxSize: Int64?
    /// How many bytes stay free on the file system of the logs; nil for none.
    package var minFreeSpace: Int64?

    package init(maxSize: Int64? = nil, minFreeSpace: Int64? = nil) {
        self.maxSize = maxSize
        self.minFreeSpace = minFreeSpace
    }
}
