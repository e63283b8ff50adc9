import AlmanacConfig
import Glibc

/// The crontabs that a command is about: files that were named, or all that cron runs on this machine.
struct CrontabSources {
    var crontabs: [Crontab] = []
    /// The files that are not taken, and why.
    var refusals: [ConfigurationFault] = []

    /// The largest crontab that is read, in bytes.
    private static let maximumSize = 16 << 20

    init(_ collection: CrontabCollection) {
        (crontabs, refusals) = (collection.crontabs, collection.refusals)
    }

    /// What cron runs on this machine, by its rules about files.
    init(ofMachine host: ConfigurationHost) {
        self.init(CrontabCollection.read(CronSettings.standardPlaces, host: host))
    }

    /// The named files, whoever owns them; `-` is standard input.
    ///
    /// - Parameter isSystem: whether each line has a user column. The files of `/etc` always have one, and the files of
    ///   `/var/spool/cron/crontabs` are those of the users that they are named after.
    /// - Throws: for a file that cannot be read.
    init(paths: [String], isSystem: Bool, host: ConfigurationHost) throws(CommandFailure) {
        for path in paths {
            crontabs.append(
                Crontab(
                    parsing: try Self.bytes(of: path),
                    path: path,
                    owner: Self.owner(of: path, isSystem: isSystem, host: host)
                )
            )
        }
    }

    static func owner(of path: String, isSystem: Bool, host: ConfigurationHost) -> Crontab.Owner {
        let spool = "/var/spool/cron/crontabs/"
        if isSystem || path == "/etc/crontab" || path.hasPrefix("/etc/cron.d/") { return .system }
        if path.hasPrefix(spool) { return .user(String(path.dropFirst(spool.count))) }
        return .user((try? host.accounts.account(withID: host.userID))?.name ?? "\(host.userID)")
    }

    private static func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
        let descriptor = path == "-" ? dup(STDIN_FILENO) : unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw CommandFailure("cannot read \(path): \(unsafe String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= maximumSize {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR {
                throw CommandFailure("cannot read \(path): \(unsafe String(cString: strerror(errno)))")
            }
        }
        throw CommandFailure("\(path) is larger than the 16 MiB that a crontab may have")
    }
}
