import CLinux
import Glibc

/// The signals that a process waits for instead of being interrupted by them, and a bell that ends the waiting.
///
/// Make it before any thread is started: threads inherit the blocked signals of the one that starts them.
package struct SignalQueue: Sendable {
    package enum Arrival: Sendable, Equatable {
        case signal(Int32)
        /// `ring` was called.
        case bell
    }

    private let signals: OwnedDescriptor
    private let bell: OwnedDescriptor

    /// Blocks the signals in the calling thread and collects them.
    package init(_ numbers: [Int32]) throws(SystemError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signals = OwnedDescriptor(
            try SystemError.check("signalfd") { unsafe clinux_signalfd(-1, &set, CInt(SFD_CLOEXEC)) }
        )
        bell = OwnedDescriptor(try SystemError.check("eventfd") { eventfd(0, CInt(EFD_CLOEXEC)) })
    }

    /// Waits, without a time limit and without a system call meanwhile.
    package func next() -> Arrival {
        while true {
            var polls = [
                pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: bell.number, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&polls, nfds_t(polls.count), -1) > 0 else { continue }
            if polls[1].revents != 0 { return .bell }
            var info = signalfd_siginfo()
            if unsafe read(signals.number, &info, MemoryLayout<signalfd_siginfo>.size) > 0 {
                return .signal(Int32(info.ssi_signo))
            }
        }
    }

    /// Ends the waiting, now and for ever; from any thread.
    package func ring() {
        var one: UInt64 = 1
        _ = unsafe write(bell.number, &one, MemoryLayout<UInt64>.size)
    }
}
