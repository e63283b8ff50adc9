import AlmanacCalendar
import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import AlmanacRuns
import AlmanacScheduler
import AlmanacZoneinfo
import CLinux
import Logging

/// Puts new tasks and new zone rules in force: the one place from which the catalog changes while the daemon runs.
actor CatalogKeeper: Reloading {
    private let path: String
    private let zones: ZoneinfoDatabase
    private let active: ActiveCatalog
    private let scheduler: Scheduler
    private let dispatcher: Dispatcher
    private let retention: Retention
    private let clock: any WallClock
    private let reporter: StatusReporter?
    private let executor: ThreadExecutor
    private let logger: Logger
    private let controlGroup: DelegatedControlGroup?

    private var configuration: Configuration
    private var file: WatchedFile
    /// Nil where it has no usable data; then it is not in force either.
    private var systemZone: ZoneID?
    /// Changes happen one after the other, each from its reading of the files to its catalog.
    private var isChanging = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(
        _ resources: DaemonResources,
        active: ActiveCatalog,
        scheduler: Scheduler,
        dispatcher: Dispatcher,
        retention: Retention,
        clock: any WallClock,
        reporter: StatusReporter?,
        executor: ThreadExecutor,
        logger: Logger
    ) {
        path = resources.options.configPath
        zones = resources.zones
        configuration = resources.configuration
        file = resources.configurationFile
        systemZone = try? resources.zones.machineZone().rules.id
        controlGroup = resources.controlGroup
        self.active = active
        self.scheduler = scheduler
        self.dispatcher = dispatcher
        self.retention = retention
        self.clock = clock
        self.reporter = reporter
        self.executor = executor
        self.logger = logger
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Whether the file on disk is another than the one in force.
    var isStale: Bool { file.hasChanged }

    /// The configuration as it is on disk, beside the one in force.
    private struct Reading {
        var file: WatchedFile
        var configuration: Configuration
        /// What putting it in force changes.
        var report: ReloadReport
    }

    func preview() async throws -> ReloadReport {
        await beginChange()
        defer { endChange() }
        return try read().report
    }

    func reload() async throws -> ReloadReport {
        await beginChange()
        defer { endChange() }
        await reporter?.reloadBegins()
        do {
            let report = try await readAgain()
            await reporter?.reloadEnded(refusal: nil)
            return report
        } catch {
            let reason = (error as? ReloadRefusal).map { "the edited configuration is refused (\($0.remark))" }
            await reporter?.reloadEnded(refusal: "\(reason ?? "the reload failed"); the one before it is in force")
            throw error
        }
    }

    private func readAgain() async throws -> ReloadReport {
        let reading: Reading
        do {
            reading = try read()
        } catch {
            let lines = error.faults.joined(separator: "\n")
            logger.error(
                "the configuration is refused, and the one in force stays:\n\(lines)",
                metadata: ["event": "\(LoggedEvent.configurationRefused)"]
            )
            throw error
        }
        let report = reading.report
        let moved = try await putInForce(reading.configuration)
        file = reading.file
        logger.notice(
            """
            configuration reloaded: \(report.added.count) tasks added, \(report.removed.count) removed, \
            \(report.changed.count) changed, \(moved) next firings moved
            """,
            metadata: ["event": "\(LoggedEvent.configurationReloaded)"]
        )
        let warnings =
            reading.configuration.warnings.map { "\($0)" }
            + controlGroup.notices(on: reading.configuration.tasks)
            + report.needingRestart.map { "\($0) takes effect with the next start" }
        for warning in warnings {
            logger.warning("\(warning)", metadata: ["event": "\(LoggedEvent.configurationWarning)"])
        }
        return report
    }

    /// Reads the file, and finds what it changes; nothing is changed by it.
    private func read() throws(ReloadRefusal) -> Reading {
        let file = WatchedFile(path: path)
        do throws(ConfigurationFaults) {
            let next = try ConfigurationReader(system: zones).read(path: path)
            let report = ReloadReport(
                from: configuration.tasks,
                to: next.tasks,
                needingRestart: next.settingsNeedingRestart(from: configuration)
            )
            return Reading(file: file, configuration: next, report: report)
        } catch {
            throw ReloadRefusal(faults: error.faults.map(\.description))
        }
    }

    /// Looks at the zone files and at the machine's zone again, and plans anew where they have changed.
    func zonesChanged() async {
        await beginChange()
        defer { endChange() }
        var changed = zones.reloadIfChanged().map(\.name)
        for fault in zones.faults {
            logger.error(
                "\(fault); its rules stay as they were",
                metadata: ["event": "\(LoggedEvent.zoneDataRefused)"]
            )
        }
        do {
            var next = configuration
            if next.zoneSource == .system {
                let machine = try zones.machineZone().rules
                if machine.id != systemZone { changed.append("the machine's zone, now \(machine.id)") }
                systemZone = machine.id
                next.defaultZone = machine
            } else {
                next.defaultZone = try zones.rules(for: next.defaultZone.id)
            }
            guard !changed.isEmpty else { return }
            var parts = SharedParts()
            for index in next.tasks.indices {
                try next.tasks[index].follow(zones, defaultZone: next.defaultZone)
                parts.share(in: &next.tasks[index])
            }
            let moved = try await putInForce(next)
            logger.notice(
                "zone data changed (\(changed.joined(separator: ", "))): \(moved) next firings moved",
                metadata: ["event": "\(LoggedEvent.zoneDataChanged)"]
            )
        } catch {
            logger.error(
                "new zone data cannot be put in force: \(error)",
                metadata: ["event": "\(LoggedEvent.zoneDataRefused)"]
            )
        }
    }

    /// - Returns: how many next firings of unchanged schedules have moved.
    private func putInForce(_ next: Configuration) async throws -> Int {
        let catalog = Catalog(next, loadedAt: clock.now)
        let moved = try await scheduler.replan(catalog)
        active.replace(with: catalog)
        await dispatcher.setLimit(next.scheduler.maxConcurrent)
        retention.settingsChanged(next.storage.limits)
        configuration = next
        return moved
    }

    private func beginChange() async {
        if isChanging { await withCheckedContinuation { queue.append($0) } }
        isChanging = true
    }

    private func endChange() {
        // Reading takes several times the memory that is kept, and what was in force is given up.
        malloc_trim(0)
        isChanging = false
        if !queue.isEmpty { queue.removeFirst().resume() }
    }
}

extension ReloadRefusal {
    /// How much is wrong, for a line that says other things too.
    fileprivate var remark: String { faults.count == 1 ? "1 fault" : "\(faults.count) faults" }
}

extension TaskDefinition {
    /// Takes its zone's rules as they are now, under the same name; a task without a zone of its own follows the default.
    fileprivate mutating func follow(_ zones: ZoneinfoDatabase, defaultZone: ZoneRules) throws {
        guard let schedule else { return }
        let old = schedule.schedule
        self.schedule?.schedule = Schedule(
            old.expression,
            in: schedule.hasOwnZone ? try zones.rules(for: old.zone.id) : defaultZone,
            gap: old.gap,
            fold: old.fold,
            hourly: old.hourly
        )
    }
}

extension Catalog {
    init(_ configuration: Configuration, loadedAt: PreciseTimestamp) {
        self.init(
            tasks: configuration.tasks,
            defaultZone: configuration.defaultZone,
            zoneSource: configuration.zoneSource,
            loadedAt: loadedAt
        )
    }
}

extension StorageSettings {
    var limits: StorageLimits { StorageLimits(maxSize: maxSize, minFreeSpace: minFreeSpace) }
}

extension Configuration {
    /// The settings that differ from those in force and are looked at only when the daemon starts.
    fileprivate func settingsNeedingRestart(from other: Configuration) -> [String] {
        [
            ("[api] auth", api != other.api),
            ("[daemon] on_stop", daemon != other.daemon),
            ("[scheduler] grace", scheduler.grace != other.scheduler.grace),
        ].filter(\.1).map(\.0)
    }
}
