import AlmanacConfig
import AlmanacModel

/// The files under /run that tell crons and daemons of each other.
struct CronFiles: Sendable {
    /// Where a running cron says so; the second is the first, on most machines.
    var pidFiles = ["/run/crond.pid", "/var/run/crond.pid"]
    /// Who runs the crontabs, of several daemons.
    var claim = "/run/almanac-crontabs.lock"
    /// That the `@reboot` lines have been run, for Debian's cron.
    var rebootMark = "/run/crond.reboot"
}

extension CronSettings {
    /// Those of the files and folders that cron itself reads, or reads files of.
    static func cronsOwn(of paths: Set<String>) -> Set<String> {
        let standard = standardPlaces.map { resolvedPath($0.path) }
        return paths.filter { path in
            let path = resolvedPath(path)
            return standard.contains { path == $0 || path.hasPrefix("\($0)/") }
        }
    }

    /// Whether any of the places is one that cron itself reads.
    static func haveCronsOwn(_ places: [Place]) -> Bool {
        !cronsOwn(of: Set(places.map(\.path))).isEmpty
    }
}

extension [TaskDefinition] {
    /// The crontabs that the tasks are of and that cron reads too.
    var cronsOwnFiles: Set<String> {
        CronSettings.cronsOwn(of: Set(compactMap { $0.crontabLine?.file }))
    }

    /// The tasks, with those held that cron reads too.
    ///
    /// - Parameter reason: why they are held; nil where they are not.
    func held(_ reason: String?) -> [TaskDefinition] {
        guard let reason else { return self }
        let files = cronsOwnFiles
        return map { task in
            guard let file = task.crontabLine?.file, files.contains(file) else { return task }
            var task = task
            task.hold = reason
            return task
        }
    }
}
