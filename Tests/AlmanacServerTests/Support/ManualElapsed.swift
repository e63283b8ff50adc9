import Synchronization

/// A clock for limits that a test moves.
final class ManualElapsed: Sendable {
    private let elapsed = Mutex(Duration.zero)

    var time: Duration { elapsed.withLock { $0 } }

    func advance(by duration: Duration) { elapsed.withLock { $0 += duration } }
}
