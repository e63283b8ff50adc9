import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import AlmanacZoneinfo
import Glibc
import Synchronization

/// Reads the crontabs of the configured places, and watches them from before it does.
final class CrontabReader: Sendable {
    let watch: CrontabWatch
    private let zones: ZoneinfoDatabase
    /// The crontabs of the last reading that are links.
    private let links = Mutex<[String]>([])

    init(zones: ZoneinfoDatabase) throws(SystemError) {
        self.zones = zones
        watch = try CrontabWatch()
    }

    /// Reads the crontabs, and waits for the file system meanwhile.
    ///
    /// - Parameter configured: the tasks of `almanac.toml`, whose names no crontab's task can have.
    func read(_ settings: CronSettings, beside configured: [TaskDefinition]) -> CrontabReading {
        var settings = settings
        settings.places = settings.places.map(\.asOnDisk)
        return CrontabReading(
            of: settings,
            beside: Set(configured.map(\.name)),
            zones: { try self.zones.rules(for: $0) },
            machineZone: { try self.zones.machineZone().rules },
            host: ConfigurationHost(processWith: processEnvironment())
        )
    }

    /// Reads them as `read` does, and watches them: what changes after they were read is noticed.
    ///
    /// - Returns: why some changes will not be noticed, too.
    func follow(
        _ settings: CronSettings,
        beside configured: [TaskDefinition]
    ) -> (reading: CrontabReading, unwatched: [SystemError]) {
        links.withLock { links in
            var answer = (reading: CrontabReading(), unwatched: [SystemError]())
            for _ in 0..<4 {
                let unwatched = watch.follow(settings.places.map(\.asOnDisk), links: links)
                let reading = read(settings, beside: configured)
                let found = reading.files.filter(Self.isLink)
                // What a new link leads to was not watched yet when it was read.
                let known = Set(links)
                links = found
                answer = (reading, unwatched)
                if known.isSuperset(of: found) { break }
            }
            return answer
        }
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}

extension CronSettings.Place {
    /// The place, which the configuration names without saying whether it is a folder, as it is now: it may not have been
    /// there when the configuration was read.
    fileprivate var asOnDisk: CronSettings.Place {
        guard kind == .file(.system) || kind == .systemFolder, !CronSettings.standardPlaces.contains(self) else {
            return self
        }
        var status = stat()
        let isFolder = unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        return CronSettings.Place(path: path, kind: isFolder ? .systemFolder : .file(.system))
    }
}
