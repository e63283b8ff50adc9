import AlmanacLinux
import Synchronization

/// Asks the service manager for more time while a long recovery makes progress.
final class StartExtension: Sendable {
    private let manager: ServiceManager?
    /// When it was asked last, or the recovery began, by CLOCK_MONOTONIC.
    private let lastNanoseconds: Mutex<Int64>

    /// How often it is asked, and for how much: what is asked for counts from then on.
    private static let interval = 1_000_000_000 as Int64
    private static let margin = Duration.seconds(30)
    /// Every end that the recovery has found is recorded after the last look at a run, and all of them in one go.
    private static let recording = Duration.milliseconds(5)

    init(_ manager: ServiceManager?) {
        self.manager = manager
        lastNanoseconds = Mutex(SystemClock.monotonicNanoseconds())
    }

    /// - Parameter done: how many of the unfinished runs have been looked at.
    func note(done: Int, of count: Int) {
        guard let manager else { return }
        let isDue = lastNanoseconds.withLock { last in
            let now = SystemClock.monotonicNanoseconds()
            guard now - last >= Self.interval else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        manager.extendStart(
            by: Self.margin + Self.recording * count,
            "taking over \(count) unfinished runs, \(done) of them so far"
        )
    }
}
