import Glibc

/// The lock that a supervisor holds for as long as it lives: the one proof that a run goes on.
///
/// It is a record lock of fcntl(2), for that is the kind that tells who holds it, that no child inherits, and that the kernel lets go of when its holder dies,
/// however it dies. Closing any descriptor of the file lets go of it too: the holder opens it once.
package struct RunLock: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock of the run, and makes its file first where there is none; nil when another process holds it.
    package static func acquire(_ folder: RunFolder) throws(RunFileError) -> RunLock? {
        let descriptor = unsafe open(folder.lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("open", folder) }
        var region = wholeFile
        while unsafe fcntl(descriptor, F_SETLK, &region) != 0 {
            if errno == EINTR { continue }
            let error = failure("fcntl", folder)
            close(descriptor)
            if error.errno == EAGAIN || error.errno == EACCES { return nil }
            throw error
        }
        return RunLock(descriptor: descriptor)
    }

    /// The process that holds the lock of the run; nil when none does. A process does not see a lock of its own.
    package static func holder(of folder: RunFolder) throws(RunFileError) -> Int32? {
        let descriptor = unsafe open(folder.lockPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("open", folder)
        }
        defer { close(descriptor) }
        var region = wholeFile
        guard unsafe fcntl(descriptor, F_GETLK, &region) == 0 else { throw failure("fcntl", folder) }
        return region.l_type == Int16(F_UNLCK) ? nil : region.l_pid
    }

    private static var wholeFile: flock {
        flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }

    private static func failure(_ call: String, _ folder: RunFolder) -> RunFileError {
        RunFileError(path: folder.lockPath, cause: .system(call: call, errno: errno))
    }
}
