/// Whether a run that came to a bad end is tried again, and when.
package struct RetryPolicy: Hashable, Sendable {
    /// How the wait grows from attempt to attempt.
    package enum Backoff: String, Sendable, CaseIterable {
        case constant, linear, exponential
    }

    /// The longest wait before an attempt.
    package static let longestWait = Duration.seconds(300)

    /// How many further attempts there are after the first, 0 to 100.
    package var attempts: Int
    /// The wait before the first of them.
    package var delay: Duration
    package var backoff: Backoff

    package init(attempts: Int = 0, delay: Duration = .seconds(5), backoff: Backoff = .constant) {
        self.attempts = attempts
        self.delay = delay
        self.backoff = backoff
    }

    /// The wait before the next attempt after a run has ended; nil where there is none.
    ///
    /// - Parameters:
    ///   - reason: how the run ended. Only a failure of its own is tried again: what somebody wanted is not.
    ///   - attempt: the run's own number, 0 for the first.
    /// - Returns: at most `longestWait`.
    package func wait(after reason: EndReason, attempt: Int) -> Duration? {
        switch reason {
        case .failed, .timeout, .crashed, .logOverflow, .startFailed: break
        case .success, .stopped, .skipped, .queueFull, .dstSkipped, .daemonStopped, .missed: return nil
        }
        guard attempt < attempts else { return nil }
        guard delay > .zero else { return .zero }
        switch backoff {
        case .constant: return min(delay, Self.longestWait)
        case .linear: return min(delay * (attempt + 1), Self.longestWait)
        case .exponential: return attempt >= 40 ? Self.longestWait : min(delay * (1 << attempt), Self.longestWait)
        }
    }
}
