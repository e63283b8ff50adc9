import AlmanacLinux
import Glibc
import Synchronization

/// The right to run the crontabs that cron reads, which one daemon of a machine has at a time.
///
/// It is a lock of flock(2) that goes with its process, on a file that says which process that is.
final class CrontabClaim: Sendable {
    private let descriptor: OwnedDescriptor
    private let path: String
    private let isGivenUp = Atomic(false)

    init(path: String) throws(SystemError) {
        self.path = path
        descriptor = OwnedDescriptor(
            try SystemError.check("open", subject: path) {
                unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
            }
        )
    }

    /// Takes it where nobody has it.
    ///
    /// - Returns: whether this process has it now.
    func take() -> Bool {
        guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 else { return false }
        sign()
        return true
    }

    /// The process that has it, as it says itself; nil where it has not said so yet.
    var holder: Int32? {
        let text = String(decoding: beginning(ofFile: path, limit: 32) ?? [], as: UTF8.self)
        return Int32(text.prefix { $0 != "\n" })
    }

    /// Waits for it in a thread of its own, which sleeps in one system call, and calls `body` there.
    func wait(_ body: @escaping @Sendable () -> Void) {
        startThread(name: "crontab-claim") { [self] in
            while flock(descriptor.number, LOCK_EX) == -1 && errno == EINTR {}
            if isGivenUp.load(ordering: .acquiring) {
                flock(descriptor.number, LOCK_UN)
            } else {
                sign()
                body()
            }
        }
    }

    /// Lets it go, or does without it.
    func giveUp() {
        isGivenUp.store(true, ordering: .releasing)
        flock(descriptor.number, LOCK_UN)
    }

    private func sign() {
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor.number, 0)
        _ = unsafe pwrite(descriptor.number, text, text.utf8.count, 0)
    }
}
