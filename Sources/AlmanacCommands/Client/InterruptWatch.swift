import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Turns Ctrl-C into a sentence and an exit, on a thread of its own.
final class InterruptWatch: Sendable {
    private let text: Mutex<String>

    /// What is told before the exit.
    var message: String {
        get { text.withLock { $0 } }
        set { text.withLock { $0 = newValue } }
    }

    private init(_ message: String) {
        text = Mutex(message)
    }

    /// Starts to watch. It has to come before any other thread is started, for those inherit that the signal is blocked.
    static func start(_ message: String) -> InterruptWatch {
        let watch = InterruptWatch(message)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        NIOSingletons.posixBlockingThreadPool.submit { _ in
            var signals = awaited
            var signal: Int32 = 0
            while unsafe sigwait(&signals, &signal) != 0 {}
            tell("")
            tell(watch.message)
            // The other threads are in the middle of something that nobody waits for any more.
            _exit(ExitStatus.interrupted)
        }
        return watch
    }
}
