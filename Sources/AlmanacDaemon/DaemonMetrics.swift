import AlmanacCalendar
import AlmanacLinux
import AlmanacMetrics
import AlmanacModel
import AlmanacRuns
import AlmanacZoneinfo
import Metrics

/// Answers with the daemon's metrics: what its parts have counted, and what is looked at when somebody asks.
///
/// It works on a thread that may block; nothing is looked at while nobody asks.
actor DaemonMetrics: MetricsReading {
    private let registry: MetricsRegistry
    private let catalog: ActiveCatalog
    private let dispatcher: Dispatcher
    private let pausing: any TaskPausing
    private let zones: ZoneinfoDatabase
    private let clock: any WallClock
    private let startedAt: PreciseTimestamp
    private let executor: ThreadExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(
        _ registry: MetricsRegistry,
        catalog: ActiveCatalog,
        dispatcher: Dispatcher,
        pausing: any TaskPausing,
        zones: ZoneinfoDatabase,
        clock: any WallClock,
        executor: ThreadExecutor
    ) {
        self.registry = registry
        self.catalog = catalog
        self.dispatcher = dispatcher
        self.pausing = pausing
        self.zones = zones
        self.clock = clock
        self.executor = executor
        startedAt = clock.now
    }

    func metrics(as format: MetricsFormat) async -> [UInt8] {
        let runs = await dispatcher.runCounts
        let pauses = await pausing.pauses
        // From here on nothing waits, so that each answer is of one moment.
        let tasks = catalog.catalog.tasks
        registry.remove(where: "task", isNotIn: Set(tasks.map(\.name)).union(runs.keys))
        describe(tasks, pauses)
        describe(runs, of: tasks)
        describeProcess()
        defer { registry.remove(Self.looked) }
        return registry.text(as: format)
    }

    /// What is not kept from one answer to the next.
    private static let looked = [
        "almanac_build", "almanac_active_runs", "almanac_queued_runs", "almanac_next_firing_timestamp_seconds",
    ]

    private func describe(_ tasks: [TaskDefinition], _ pauses: [TaskPause]) {
        let now = clock.now.timestamp
        let pauses = Dictionary(uniqueKeysWithValues: pauses.map { ($0.taskName, $0) })
        for task in tasks {
            let dimensions = [("task", task.name)]
            // There from the beginning: who looks for growth sees the first of them too.
            for reason in [EndReason.success, .failed] {
                _ = Counter(
                    label: "almanac_runs_ended",
                    dimensions: dimensions + [("end_reason", reason.rawValue)],
                    factory: registry
                )
            }
            guard let schedule = task.schedule?.schedule else { continue }
            _ = Counter(label: "almanac_missed_ticks", dimensions: dimensions, factory: registry)
            _ = Counter(label: "almanac_dst_skipped_ticks", dimensions: dimensions, factory: registry)
            guard task.hold == nil, let next = schedule.firing(after: now, heldBy: pauses[task.name]) else { continue }
            gauge("almanac_next_firing_timestamp_seconds", dimensions).record(next.secondsSinceEpoch)
        }
    }

    private func describe(_ runs: [String: (active: Int, waiting: Int)], of tasks: [TaskDefinition]) {
        for name in Set(tasks.map(\.name)).union(runs.keys) {
            let dimensions = [("task", name)]
            gauge("almanac_active_runs", dimensions).record(runs[name]?.active ?? 0)
            gauge("almanac_queued_runs", dimensions).record(runs[name]?.waiting ?? 0)
        }
    }

    private func describeProcess() {
        gauge(
            "almanac_build",
            [("version", AlmanacVersion.current), ("tzdata_version", zones.version ?? "unknown")]
        ).record(1)
        gauge("process_start_time_seconds").record(Double(startedAt.millisecondsSinceEpoch) / 1000)
        let use = ProcessUse.now()
        gauge("process_resident_memory_bytes").record(use.residentBytes)
        gauge("process_cpu_seconds").record(use.cpuSeconds)
        gauge("process_open_fds").record(use.descriptorCount)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)] = []) -> Gauge {
        Gauge(label: label, dimensions: dimensions, factory: registry)
    }
}
