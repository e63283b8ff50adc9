import CLinux
import Glibc

/// Tells that children of this process have ended: those that it has started, and the orphans that it has adopted.
///
/// Whoever has one reaps all children of the process, and nobody else may.
package struct ChildWatch: Sendable {
    /// Readable when a child has ended. signalfd(2) for SIGCHLD.
    package let descriptor: OwnedDescriptor

    /// Makes this process the one that adopts the orphans among its descendants, and lets SIGCHLD wait for a `ChildWatch`.
    ///
    /// Call it before any thread is started: threads inherit the blocked signals of the one that starts them.
    package static func adoptOrphans() throws(SystemError) {
        try SystemError.check("prctl", subject: "PR_SET_CHILD_SUBREAPER") { clinux_become_subreaper() }
        // Ignored, as it may have been inherited, it would leave nobody to reap.
        _ = clinux_signal_default(SIGCHLD)
        var set = childSignal
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    package init() throws(SystemError) {
        var set = Self.childSignal
        descriptor = OwnedDescriptor(
            try SystemError.check("signalfd") {
                unsafe clinux_signalfd(-1, &set, CInt(SFD_CLOEXEC | SFD_NONBLOCK))
            }
        )
    }

    /// Takes the signal, so that the descriptor is not readable any more; then look at all that have ended.
    package func clear() {
        var info = signalfd_siginfo()
        while unsafe read(descriptor.number, &info, MemoryLayout<signalfd_siginfo>.size) > 0 {}
    }

    /// A child that has ended and has not been reaped; nil where there is none.
    package func endedChild() -> Int32? {
        var info = unsafe siginfo_t()
        guard unsafe waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return nil }
        let pid = unsafe clinux_siginfo_pid(&info)
        return pid > 0 ? pid : nil
    }

    /// Reaps a child that has ended; nil where it is none.
    package func reap(_ pid: Int32) -> ProcessEnd? {
        var info = unsafe siginfo_t()
        guard unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG) == 0 else { return nil }
        return unsafe ProcessEnd(&info)
    }

    private static var childSignal: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGCHLD)
        return set
    }
}

/// How a process has ended.
package enum ProcessEnd: Hashable, Sendable {
    case exited(code: Int32)
    case signaled(number: Int32)

    /// Nil where waitid(2) has left nothing there.
    init?(_ info: UnsafePointer<siginfo_t>) {
        guard unsafe clinux_siginfo_pid(info) > 0 else { return nil }
        let status = unsafe clinux_siginfo_status(info)
        self = unsafe clinux_siginfo_code(info) == CInt(CLD_EXITED) ? .exited(code: status) : .signaled(number: status)
    }
}
