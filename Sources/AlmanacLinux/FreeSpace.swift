import CLinux
import Glibc

/// How much room a file system has.
package enum FreeSpace {
    /// The bytes that are free to everyone: what the file system keeps back for root is left out. statvfs(3).
    package static func bytes(at path: String) throws(SystemError) -> Int64 {
        var status = statvfs()
        try SystemError.check("statvfs", subject: path) { unsafe statvfs(path, &status) }
        let (bytes, overflow) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize)
        )
        return overflow ? .max : bytes
    }

    /// Waits until what was changed on the file system of a folder is on its disk. syncfs(2).
    package static func settle(at path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = clinux_syncfs(descriptor)
        close(descriptor)
    }
}
