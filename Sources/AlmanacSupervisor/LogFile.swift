package import AlmanacRunProtocol
import Glibc

/// What a log writer writes to; tests put a failing disk in the place of the file.
package protocol LogDestination {
    /// Writes some of the bytes. Throws the errno.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int

    /// Sets what was written so far aside as the older part, in the place of an older part that there may be, and begins anew.
    mutating func rotate() throws(SystemError)

    /// Makes all that was written durable.
    mutating func synchronize() throws(SystemError)
}

/// The errno of a system call that failed.
package struct SystemError: Error, Hashable, Sendable {
    package let errno: Int32

    package init(errno: Int32) {
        self.errno = errno
    }

    /// The errno of the call that has just failed.
    static var current: SystemError { SystemError(errno: Glibc.errno) }

    /// Whether the same call may succeed later: the disk is full or failing, memory is short.
    package var mayPass: Bool {
        switch errno {
        case ENOSPC, EDQUOT, EIO, EAGAIN, ENOMEM, ENOBUFS: true
        default: false
        }
    }
}

/// The log of a run: `log`, and `log.old` before it once the log has been cut.
package struct LogFile: LogDestination {
    private let folder: RunFolder
    private var descriptor: Int32
    private var hasOlderPart = false

    /// Opens the log, and makes it first where there is none (0600).
    package init(_ folder: RunFolder) throws(SystemError) {
        self.folder = folder
        descriptor = try Self.open(folder)
    }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        while true {
            let count = unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return count }
            if Glibc.errno != EINTR { throw .current }
        }
    }

    package mutating func rotate() throws(SystemError) {
        // A kill between the two calls leaves an older part and no log: a reader takes an absent file for an empty one.
        guard unsafe rename(folder.logPath, folder.olderLogPath) == 0 else { throw .current }
        let new = try Self.open(folder)
        close(descriptor)
        descriptor = new
        hasOlderPart = true
    }

    package mutating func synchronize() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw .current }
        guard hasOlderPart else { return }
        let older = unsafe Glibc.open(folder.olderLogPath, O_RDONLY | O_CLOEXEC)
        guard older >= 0 else { throw .current }
        defer { close(older) }
        guard fsync(older) == 0 else { throw .current }
    }

    private static func open(_ folder: RunFolder) throws(SystemError) -> Int32 {
        let descriptor = unsafe Glibc.open(
            folder.logPath,
            O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
            0o600
        )
        guard descriptor >= 0 else { throw .current }
        return descriptor
    }
}
