package import AlmanacModel

/// What becomes of a run that is due.
package enum Admission: Hashable, Sendable {
    /// It starts at once.
    case start
    /// It waits for its turn.
    case wait
    /// It waits for its turn, and the oldest run before it is stopped.
    case replaceOldest
    /// It ends at birth.
    case turnAway(EndReason)
}

extension OverlapPolicy {
    /// Decides what becomes of a run that is due: the one place where the overlap policy is applied.
    ///
    /// A run never overtakes one that waits.
    ///
    /// - Parameters:
    ///   - active: runs of the task that have been started, or are about to be.
    ///   - waiting: runs of the task that wait for their turn.
    ///   - stopping: how many of both have been asked to stop already.
    package func admission(
        active: Int,
        maxConcurrent: Int,
        waiting: Int,
        queueMax: Int,
        stopping: Int = 0
    ) -> Admission {
        if active < maxConcurrent && waiting == 0 { return .start }
        switch self {
        case .queue: return waiting < queueMax ? .wait : .turnAway(.queueFull)
        case .skip: return .turnAway(.skipped)
        case .terminate: return active + waiting - stopping < maxConcurrent ? .wait : .replaceOldest
        }
    }
}
