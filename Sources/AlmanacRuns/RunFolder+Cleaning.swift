import AlmanacLinux
import AlmanacRunProtocol
import Glibc

extension RunFolder {
    /// Removes everything but the log: what a run needs no more once its end is in the store.
    ///
    /// - Returns: whether it is all gone.
    func removeWorkingFiles() -> Bool {
        var isGone = true
        // The spec goes first: without one, a supervisor that comes late finds nothing to run.
        for file in [specPath, startedPath, markPath, stopPath, resultPath, lockPath] {
            // Whoever was killed while it wrote a file has left the one with the temporary name.
            for path in [file, file + ".new"] where unsafe unlink(path) != 0 && errno != ENOENT { isGone = false }
        }
        return isGone
    }

    /// How many bytes the log takes, with the part that a limit has set aside; 0 where there is none.
    var logBytes: Int64 {
        var bytes: Int64 = 0
        for path in [logPath, olderLogPath] {
            var status = stat()
            if unsafe stat(path, &status) == 0 { bytes += Int64(status.st_size) }
        }
        return bytes
    }

    /// Removes the folder and all files in it; one that is not there is no error.
    ///
    /// That is not durable before the folder above it has been synchronized.
    func remove() throws(SystemError) {
        // Nearly always all there is.
        _ = unsafe unlink(logPath)
        if try removeEmpty() { return }
        guard let folder = unsafe opendir(path) else {
            if errno == ENOENT { return }
            throw SystemError("opendir", subject: path)
        }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let file = "\(path)/\(name)"
            if unsafe unlink(file) == -1 && errno != ENOENT { throw SystemError("unlink", subject: file) }
        }
        guard try removeEmpty() else { throw SystemError("rmdir", subject: path, errno: ENOTEMPTY) }
    }

    /// - Returns: whether the folder is gone; false where there is something in it.
    private func removeEmpty() throws(SystemError) -> Bool {
        if unsafe rmdir(path) == 0 || errno == ENOENT { return true }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw SystemError("rmdir", subject: path) }
        return false
    }
}
