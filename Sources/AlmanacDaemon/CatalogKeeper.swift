import AlmanacCalendar
import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import AlmanacRuns
import AlmanacScheduler
import AlmanacZoneinfo
import CLinux
import Logging

/// Puts new tasks, crontabs and zone rules in force: the one place from which the catalog changes while the daemon runs.
actor CatalogKeeper: Reloading {
    private let path: String
    private let zones: ZoneinfoDatabase
    private let crontabs: CrontabReader
    private let cronWatch: CronWatch
    private let active: ActiveCatalog
    private let scheduler: Scheduler
    private let dispatcher: Dispatcher
    private let retention: Retention
    private let clock: any WallClock
    private let reporter: StatusReporter?
    private let executor: ThreadExecutor
    private let logger: Logger
    private let controlGroup: DelegatedControlGroup?

    /// But for its tasks: they are in the catalog, beside those of the crontabs.
    private var configuration: Configuration
    private var file: WatchedFile
    /// Why the crontabs that cron reads are held in the catalog; nil where they are not.
    private(set) var hold: String?
    private var news: CrontabNews
    /// Nil where it has no usable data; then it is not in force either.
    private var systemZone: ZoneID?
    /// What else is read again with the configuration.
    private var afterReload: @Sendable () async -> Void = {}
    /// Changes happen one after the other, each from its reading of the files to its catalog.
    private var isChanging = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - hold: as it is in the active catalog.
    ///   - news: what has been said of the crontabs in it.
    init(
        _ resources: DaemonResources,
        cronWatch: CronWatch,
        active: ActiveCatalog,
        hold: String?,
        news: CrontabNews,
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
        crontabs = resources.crontabs
        configuration = resources.configuration
        configuration.tasks = []
        file = resources.configurationFile
        systemZone = try? resources.zones.machineZone().rules.id
        controlGroup = resources.controlGroup
        self.cronWatch = cronWatch
        self.active = active
        self.hold = hold
        self.news = news
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

    /// The tasks in force that `almanac.toml` defines.
    private var configuredTasks: [TaskDefinition] { active.catalog.tasks.filter { $0.crontabLine == nil } }

    /// Sets what else is read again, once a configuration has been put in force.
    func whenReloaded(_ body: @escaping @Sendable () async -> Void) {
        afterReload = body
    }

    // MARK: Reloading

    /// The configuration and the crontabs as they are on disk, beside those in force.
    private struct Reading {
        var file: WatchedFile
        var configuration: Configuration
        var crontabs: CrontabReading
        var unwatched: [SystemError] = []
        /// What putting it in force changes.
        var report: ReloadReport
    }

    func preview() async throws -> ReloadReport {
        await beginChange()
        defer { endChange() }
        return try read { settings, tasks in (crontabs.read(settings, beside: tasks), []) }.report
    }

    func reload() async throws -> ReloadReport {
        await beginChange()
        defer { endChange() }
        await reporter?.reloadBegins()
        do {
            let report = try await readAgain()
            await afterReload()
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
            reading = try read { settings, tasks in crontabs.follow(settings, beside: tasks) }
        } catch {
            let lines = error.faults.joined(separator: "\n")
            logger.error(
                "the configuration is refused, and the one in force stays:\n\(lines)",
                metadata: ["event": "\(LoggedEvent.configurationRefused)"]
            )
            throw error
        }
        let report = reading.report
        let hold = await cronWatch.follow(reading.configuration.cron.places)
        let moved = try await putInForce(
            reading.configuration,
            reading.configuration.tasks + reading.crontabs.tasks.held(hold),
            hold
        )
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
        logger.log(news.complaints(aboutUnwatched: reading.unwatched))
        logger.log(news.complaints(about: reading.crontabs))
        return report
    }

    /// Reads the file, and finds what it changes; nothing is changed by it.
    private func read(
        _ crontabs: (CronSettings, [TaskDefinition]) -> (reading: CrontabReading, unwatched: [SystemError])
    ) throws(ReloadRefusal) -> Reading {
        let file = WatchedFile(path: path)
        do throws(ConfigurationFaults) {
            let next = try ConfigurationReader(system: zones).read(path: path)
            let (reading, unwatched) = crontabs(next.cron, next.tasks)
            let report = ReloadReport(
                from: active.catalog.tasks,
                to: next.tasks + reading.tasks,
                needingRestart: next.settingsNeedingRestart(from: configuration),
                warnings: reading.remarks.map(\.description)
            )
            return Reading(
                file: file,
                configuration: next,
                crontabs: reading,
                unwatched: unwatched,
                report: report
            )
        } catch {
            throw ReloadRefusal(faults: error.faults.map(\.description))
        }
    }

    // MARK: Crontabs

    /// What has become of changes of crontabs.
    enum CrontabOutcome {
        case inForce
        /// A crontab has no lines any more: an editor may be about to write it anew, and its tasks are to keep their pauses.
        case unconfirmed
        /// It is to be tried again.
        case failed
    }

    /// Puts the crontabs as they are on disk in force, and holds those that somebody else runs.
    ///
    /// - Parameter isConfirmed: whether crontabs that have no lines any more have been so for a while.
    func crontabsChanged(isConfirmed: Bool) async -> CrontabOutcome {
        await beginChange()
        defer { endChange() }
        let settings = configuration.cron
        let configured = configuredTasks
        let (reading, unwatched) = crontabs.follow(settings, beside: configured)
        let former = active.catalog.tasks
        if !isConfirmed, Self.hasLostCrontab(from: former, to: reading.tasks) { return .unconfirmed }
        logger.log(news.complaints(aboutUnwatched: unwatched))
        logger.log(news.complaints(about: reading))
        let hold = cronWatch.hold
        let next = (configured + reading.tasks.held(hold)).sorted { $0.name < $1.name }
        let changes = CrontabNews.changes(from: former, to: next)
        // A line that has moved within its file is no change that is worth a word.
        let isSame =
            changes.isEmpty && hold == self.hold
            && former.elementsEqual(next) { $0.name == $1.name && $0.crontabLine == $1.crontabLine }
        if isSame { return .inForce }
        do {
            _ = try await putInForce(configuration, next, hold)
        } catch {
            if error as? RunMakingError == .shuttingDown { return .inForce }
            logger.error(
                "changes of crontabs cannot be put in force: \(error); trying again",
                metadata: ["event": "\(LoggedEvent.crontabRefused)"]
            )
            return .failed
        }
        logger.log(changes)
        return .inForce
    }

    /// Whether a file that had tasks has none any more.
    private static func hasLostCrontab(from old: [TaskDefinition], to new: [TaskDefinition]) -> Bool {
        let files = Set(new.compactMap { $0.crontabLine?.file })
        return old.contains { task in task.crontabLine.map { !files.contains($0.file) } ?? false }
    }

    // MARK: Zones

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
            var tasks = configuredTasks
            // Crontabs are read in the machine's zone, whatever the configuration's is.
            if next.zoneSource == .system || !next.cron.places.isEmpty {
                let machine = try zones.machineZone().rules
                if machine.id != systemZone { changed.append("the machine's zone, now \(machine.id)") }
                systemZone = machine.id
                if next.zoneSource == .system { next.defaultZone = machine }
            }
            if next.zoneSource != .system { next.defaultZone = try zones.rules(for: next.defaultZone.id) }
            guard !changed.isEmpty else { return }
            var parts = SharedParts()
            for index in tasks.indices {
                try tasks[index].follow(zones, defaultZone: next.defaultZone)
                parts.share(in: &tasks[index])
            }
            tasks += crontabs.read(next.cron, beside: tasks).tasks.held(hold)
            let moved = try await putInForce(next, tasks, hold)
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

    // MARK: Putting in force

    /// - Parameters:
    ///   - tasks: those of the configuration, and those of the crontabs.
    ///   - hold: why some of these are held.
    /// - Returns: how many next firings of unchanged schedules have moved.
    private func putInForce(_ next: Configuration, _ tasks: [TaskDefinition], _ hold: String?) async throws -> Int {
        let catalog = Catalog(next, tasks: tasks, loadedAt: clock.now)
        let moved = try await scheduler.replan(catalog)
        let formerHold = active.held
        active.replace(with: catalog)
        await dispatcher.setLimit(next.scheduler.maxConcurrent)
        retention.settingsChanged(next.storage.limits)
        configuration = next
        configuration.tasks = []
        self.hold = hold
        logger.logHold(from: formerHold, to: active.held)
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
    /// - Parameter tasks: those of the configuration, and those of the crontabs.
    init(_ configuration: Configuration, tasks: [TaskDefinition], loadedAt: PreciseTimestamp) {
        self.init(
            tasks: tasks,
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
            ("[api] auth", api.auth != other.api.auth),
            ("[api] socket_group", api.socketGroupID != other.api.socketGroupID),
            ("[api] tls_cert", api.tls?.certificate != other.api.tls?.certificate),
            ("[api] tls_key", api.tls?.key != other.api.tls?.key),
            ("[api] trusted_proxies", api.trustedProxies != other.api.trustedProxies),
            ("[api] hosts", api.hosts != other.api.hosts),
            ("[metrics] listen", metrics != other.metrics),
            ("[daemon] on_stop", daemon != other.daemon),
            ("[scheduler] grace", scheduler.grace != other.scheduler.grace),
        ].filter(\.1).map(\.0)
    }
}
