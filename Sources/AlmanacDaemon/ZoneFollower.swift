import AlmanacCalendar
import AlmanacLinux
import AlmanacModel
import AlmanacZoneinfo
import Logging
import ServiceLifecycle

/// Notices when zone files or the machine's zone change on disk, and tells the keeper of the catalog.
///
/// An upgrade of tzdata replaces hundreds of files within seconds: it is told of once, when the folders have been quiet
/// for a while. Nothing polls: inotify and a timer wake it.
actor ZoneFollower: Service {
    private let zones: ZoneinfoDatabase
    private let active: ActiveCatalog
    private let keeper: CatalogKeeper
    private let executor: PollingExecutor
    private let watch: FolderWatch
    private let pause: Countdown
    private let logger: Logger
    /// Names of zone files that are not named as zones are.
    private var otherNames: Set<String> = []

    /// How long the folders must have been quiet.
    private static let quietTime = Duration.seconds(1)

    init(
        zones: ZoneinfoDatabase,
        active: ActiveCatalog,
        keeper: CatalogKeeper,
        executor: PollingExecutor,
        logger: Logger
    ) throws {
        self.zones = zones
        self.active = active
        self.keeper = keeper
        self.executor = executor
        self.logger = logger
        watch = try FolderWatch()
        pause = try Countdown()
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func run() async throws {
        follow()
        try executor.watch(watch.descriptor.number) { [weak self, watch, pause] in
            let names = watch.takeNames()
            let concerns = self?.assumeIsolated { follower in names.contains { follower.concerns($0) } }
            if concerns == true { pause.start(Self.quietTime) }
        }
        try executor.watch(pause.descriptor.number) { [weak self, pause] in
            pause.clear()
            self?.assumeIsolated { $0.tell() }
        }
        try? await gracefulShutdown()
        executor.unwatch(watch.descriptor.number)
        executor.unwatch(pause.descriptor.number)
    }

    private func tell() {
        Task {
            await keeper.zonesChanged()
            follow()
        }
    }

    /// Watches the folders of the zones in force, and the one that says which is the machine's.
    private func follow() {
        var folders: Set = [zones.directory, "/etc"]
        for zone in Set(active.catalog.tasks.compactMap { $0.schedule?.schedule.zone.id }) {
            guard let folder = zones.folder(ofFileOf: zone) else { continue }
            folders.insert(folder)
            // A file that TZ gives the path of may have any name.
            if zone.name.hasPrefix("/") { otherNames.insert(String(zone.name.dropFirst(folder.count + 1))) }
        }
        for folder in folders {
            do {
                try watch.add(folder)
            } catch {
                logger.warning(
                    "changes in \(folder) will not be noticed: \(error)",
                    metadata: ["event": "\(LoggedEvent.zoneFolderUnwatched)"]
                )
            }
        }
    }

    /// `/etc` has much traffic that is none of ours; zone files are written under a temporary name first.
    private func concerns(_ name: String) -> Bool {
        let first = name.unicodeScalars.first
        return name == "localtime" || name == "timezone" || name == "tzdata.zi" || otherNames.contains(name)
            || (first.map { $0.properties.isUppercase } ?? false)
    }
}
