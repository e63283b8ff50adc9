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
    /// Whether cron itself reads a file, or files of a folder.
    static func areCrons(_ path: String) -> Bool {
        let path = resolvedPath(path)
        return standardPlaces.contains { place in
            let standard = resolvedPath(place.path)
            return path == standard || path.hasPrefix("\(standard)/")
        }
    }
}

extension [TaskDefinition] {
    /// The tasks, with those held that cron reads too.
    ///
    /// - Parameter reason: why they are held; nil where they are not.
    func held(_ reason: String?) -> [TaskDefinition] {
        var areCrons: [String: Bool] = [:]
        return map { task in
            guard let file = task.crontabLine?.file else { return task }
            var task = task
            task.hold = nil
            guard let reason else { return task }
            let isCrons = areCrons[file] ?? CronSettings.areCrons(file)
            areCrons[file] = isCrons
            if isCrons { task.hold = reason }
            return task
        }
    }
}
