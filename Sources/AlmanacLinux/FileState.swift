import CLinux
import Glibc

/// What tells whether a file is another one now, or has other contents: stat(2), links followed.
package struct FileState: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let modifiedNanoseconds: Int64
    /// When its contents were last changed, in whole seconds since 1970-01-01T00:00:00Z.
    package let modifiedSeconds: Int64

    /// Of the file as it is now; nil where none can be looked at.
    package init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modifiedNanoseconds = Int64(status.st_mtim.tv_nsec)
        modifiedSeconds = Int64(status.st_mtim.tv_sec)
    }
}
