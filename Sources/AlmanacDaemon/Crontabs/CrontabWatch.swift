import AlmanacConfig
import AlmanacLinux
import Glibc
import Synchronization

/// Notices when crontabs, the folders that they are in or the accounts that they are run as change on disk. inotify(7).
///
/// What does not exist yet is waited for in the nearest folder above it that does.
final class CrontabWatch: Sendable {
    private let folders: FolderWatch
    private let concerns = Mutex<[Int32: FolderConcern]>([:])

    /// Where users and their groups are, passwd(5) and group(5): cron takes the crontab of a user who comes into being.
    private static let accounts = ["/etc/passwd", "/etc/group"]

    init() throws(SystemError) {
        folders = try FolderWatch()
    }

    /// Readable when something has happened.
    var descriptor: OwnedDescriptor { folders.descriptor }

    /// Watches these places and no others.
    ///
    /// - Parameter files: crontabs of theirs that are links: what these lead to is watched too.
    /// - Returns: why some changes will not be noticed.
    func follow(_ places: [CronSettings.Place], links files: [String]) -> [SystemError] {
        concerns.withLock { concerns in
            var next: [Int32: FolderConcern] = [:]
            var errors: [SystemError] = []
            for place in places {
                switch place.kind {
                case .file: watchEntry(place.path, &next, &errors)
                case .systemFolder, .spool: watchFolder(place.path, &next, &errors)
                }
            }
            for file in files { watchEntry(resolvedPath(file), &next, &errors) }
            if !places.isEmpty { for file in Self.accounts { watchEntry(file, &next, &errors) } }
            for folder in concerns.keys where next[folder] == nil { folders.remove(folder) }
            concerns = next
            return errors
        }
    }

    /// Takes what has happened, so that the descriptor is not readable any more.
    ///
    /// - Returns: whether any of it concerns crontabs.
    func takeChanges() -> Bool {
        let events = folders.takeEvents()
        return concerns.withLock { concerns in
            events.contains { event in
                concerns[event.folder]?.includes(event.name) ?? (event.folder == -1)
            }
        }
    }

    /// Watches all that happens in a folder.
    private func watchFolder(_ path: String, _ next: inout [Int32: FolderConcern], _ errors: inout [SystemError]) {
        // Again, where it has come into being after the first try and before the folder above was watched.
        for _ in 0..<4 {
            do throws(SystemError) {
                next[try add(path), default: .everything].add(.everything)
                return
            } catch {
                guard error.errno == ENOENT || error.errno == ENOTDIR else { return errors.append(error) }
                watchEntry(path, &next, &errors)
                if unsafe access(path, F_OK) != 0 { return }
            }
        }
    }

    /// Watches a folder for what happens to one of its names; where there is no such folder, for its coming into being.
    private func watchEntry(_ path: String, _ next: inout [Int32: FolderConcern], _ errors: inout [SystemError]) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        let name = String(path[path.index(after: slash)...])
        for _ in 0..<4 {
            do throws(SystemError) {
                let names = FolderConcern.names([name])
                next[try add(folder), default: names].add(names)
                return
            } catch {
                guard error.errno == ENOENT || error.errno == ENOTDIR, folder != "/" else {
                    return errors.append(error)
                }
                watchEntry(folder, &next, &errors)
                if unsafe access(folder, F_OK) != 0 { return }
            }
        }
    }

    private func add(_ folder: String) throws(SystemError) -> Int32 {
        try folders.add(folder, noticing: [.attributes, .itself])
    }
}
