import CLinux
import Glibc

/// A process, held so that its number cannot come to mean another one. pidfd_open(2).
package struct ProcessHandle: Sendable {
    package let pid: Int32
    /// Readable once the process has ended.
    package let descriptor: OwnedDescriptor

    /// - Throws: ESRCH where there is no such process.
    package init(pid: Int32) throws(SystemError) {
        self.pid = pid
        descriptor = OwnedDescriptor(
            try SystemError.check("pidfd_open", subject: "\(pid)") { clinux_pidfd_open(pid, 0) }
        )
    }

    /// Whether it has ended; one that nobody has reaped yet has.
    package var hasEnded: Bool {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&request, 1, 0) > 0
    }

    /// Sends a signal; a process that has ended is no error.
    package func send(signal: Int32) throws(SystemError) {
        guard clinux_pidfd_send_signal(descriptor.number, signal) == -1, errno != ESRCH else { return }
        throw SystemError("pidfd_send_signal", subject: "\(pid)")
    }

    /// Reaps it where it is a child of this process that has ended; a process of somebody else's is left alone.
    ///
    /// - Returns: how it ended; nil where it was not reaped.
    @discardableResult
    package func reap() -> ProcessEnd? {
        var info = unsafe siginfo_t()
        guard unsafe clinux_waitid_pidfd(descriptor.number, &info, WEXITED | WNOHANG, nil) == 0 else { return nil }
        return unsafe ProcessEnd(&info)
    }
}
