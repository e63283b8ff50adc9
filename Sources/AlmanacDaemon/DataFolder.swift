import AlmanacLinux
import CLinux
import Glibc

/// The folder that a daemon keeps everything in, claimed by one daemon at a time.
///
/// The claim is a record lock of fcntl(2) on `daemon.lock`: it tells who holds it, and goes with its process.
struct DataFolder: Sendable {
    /// Absolute, so that it stays the same wherever a supervisor works.
    let path: String
    /// A name that this folder's daemons keep.
    let fingerprint: String
    private let lock: OwnedDescriptor

    var databasePath: String { "\(path)/almanac.sqlite" }

    /// Makes the folder where it is missing, for its owner alone, and claims it.
    ///
    /// - Throws: `DaemonStartError.dataFolder`, or `.dataFolderInUse` with the process that has it.
    static func claim(_ path: String) throws(DaemonStartError) -> DataFolder {
        do {
            try makeFolder(path)
            let lockPath = "\(path)/daemon.lock"
            let descriptor = OwnedDescriptor(
                try SystemError.check("open", subject: lockPath) {
                    unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
                }
            )
            var region = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
            if unsafe fcntl(descriptor.number, F_SETLK, &region) == -1 {
                guard errno == EAGAIN || errno == EACCES else { throw SystemError("fcntl", subject: lockPath) }
                _ = unsafe fcntl(descriptor.number, F_GETLK, &region)
                throw DaemonStartError.dataFolderInUse(path: path, pid: region.l_pid)
            }
            let absolute = path.hasPrefix("/") ? path : "\(try currentFolder())/\(path)"
            return DataFolder(path: absolute, fingerprint: try fingerprint(in: path), lock: descriptor)
        } catch let error as SystemError {
            throw .dataFolder(path: path, error)
        } catch let error as DaemonStartError {
            throw error
        } catch {
            preconditionFailure("an error of another kind: \(error)")
        }
    }

    /// Reads the name, or makes one up where the folder is new.
    private static func fingerprint(in folder: String) throws(SystemError) -> String {
        let path = "\(folder)/fingerprint"
        let descriptor = OwnedDescriptor(
            try SystemError.check("open", subject: path) {
                unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
        )
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = try SystemError.check("read", subject: path) {
            unsafe read(descriptor.number, &bytes, bytes.count)
        }
        if count > 0 { return String(decoding: bytes[..<count], as: UTF8.self) }
        let name = String(UInt64.random(in: .min ... .max), radix: 16)
        try SystemError.check("write", subject: path) {
            unsafe write(descriptor.number, name, name.utf8.count)
        }
        return name
    }

    private static func makeFolder(_ path: String) throws(SystemError) {
        var partial = path.hasPrefix("/") ? "" : "."
        for component in path.split(separator: "/") {
            partial += "/\(component)"
            if unsafe mkdir(partial, 0o700) == -1 && errno != EEXIST {
                throw SystemError("mkdir", subject: partial)
            }
        }
        var status = stat()
        try SystemError.check("stat", subject: path) { unsafe stat(path, &status) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemError("mkdir", subject: path, errno: ENOTDIR) }
    }
}
