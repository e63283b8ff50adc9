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
    private let clock: any WallClock
    private let executor: ThreadExecutor
    private let logger: Logger
    private let controlGroup: DelegatedControlGroup?

    private var configuration: Configuration
    private var file: WatchedFile
    private var systemZone: ZoneID
    /// Changes happen one after the other, each from its reading of the files to its catalog.
    private var isChanging = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(
        _ resources: DaemonResources,
        active: ActiveCatalog,
        scheduler: Scheduler,
        dispatcher: Dispatcher,
        clock: any WallClock,
        executor: ThreadExecutor,
        logger: Logger
    ) {
        path = resources.options.configPath
        zones = resources.zones
        configuration = resources.configuration
        file = resources.configurationFile
        systemZone = machineZone()
        controlGroup = resources.controlGroup
        self.active = active
        self.scheduler = scheduler
        self.dispatcher = dispatcher
        self.clock = clock
        self.executor = executor
        self.logger = logger
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Whether the file on disk is another than the one in force.
    var isStale: Bool { file.hasChanged }

    func reload() async throws -> ReloadReport {
        await beginChange()
        defer { endChange() }
        let file = WatchedFile(path: path)
        let next: Configuration
        do {
            next = try ConfigurationReader(system: zones).read(path: path)
            malloc_trim(0)
        } catch {
            logger.error("the configuration is refused, and the one in force stays:\n\(error)")
            throw ReloadRefusal(faults: error.faults.map(\.description))
        }
        let report = ReloadReport(
            from: configuration.tasks,
            to: next.tasks,
            needingRestart: next.settingsNeedingRestart(from: configuration)
        )
        let moved = try await putInForce(next)
        self.file = file
        logger.notice(
            """
            configuration reloaded: \(report.added.count) tasks added, \(report.removed.count) removed, \
            \(report.changed.count) changed, \(moved) next firings moved
            """
        )
        for warning in next.warnings { logger.warning("\(warning)") }
        for notice in controlGroup.notices(on: next.tasks) { logger.warning("\(notice)") }
        for setting in report.needingRestart { logger.warning("\(setting) takes effect with the next start") }
        return report
    }

    /// Looks at the zone files and at the machine's zone again, and plans anew where they have changed.
    func zonesChanged() async {
        await beginChange()
        defer { endChange() }
        var changed = zones.reloadIfChanged().map(\.name)
        for fault in zones.faults { logger.error("\(fault); its rules stay as they were") }
        let machine = machineZone()
        if machine != systemZone {
            if configuration.zoneSource == .system { changed.append("the machine's zone, now \(machine)") }
            systemZone = machine
        }
        guard !changed.isEmpty else { return }
        do {
            var next = configuration
            if next.zoneSource == .system {
                next.defaultZone = try zones.rules(for: machine)
            } else {
                next.defaultZone = try zones.rules(for: next.defaultZone.id)
            }
            for index in next.tasks.indices {
                try next.tasks[index].follow(zones, defaultZone: next.defaultZone)
            }
            let moved = try await putInForce(next)
            logger.notice("zone data changed (\(changed.joined(separator: ", "))): \(moved) next firings moved")
        } catch {
            logger.error("new zone data cannot be put in force: \(error)")
        }
    }

    /// - Returns: how many next firings of unchanged schedules have moved.
    private func putInForce(_ next: Configuration) async throws -> Int {
        let catalog = Catalog(next, loadedAt: clock.now)
        let moved = try await scheduler.replan(catalog)
        active.replace(with: catalog)
        await dispatcher.setLimit(next.scheduler.maxConcurrent)
        configuration = next
        return moved
    }

    private func beginChange() async {
        if isChanging { await withCheckedContinuation { queue.append($0) } }
        isChanging = true
    }

    private func endChange() {
        isChanging = false
        if !queue.isEmpty { queue.removeFirst().resume() }
    }
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
