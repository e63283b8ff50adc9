/// What is done with a task's runs: when they start, how long they may take, what becomes of those that fail or are missed.
package struct TaskPolicies: Hashable, Sendable {
    package var onOverlap: OverlapPolicy
    /// How many runs of the task may be active at a time, 1 to 1024.
    package var maxConcurrent: Int
    /// How many may wait behind them.
    package var queueMax: Int
    /// The time limit of a run; nil for none.
    package var timeout: Duration?
    /// How long a run that is being ended has before it is killed; zero to kill at once.
    package var gracefulStop: Duration
    package var retry: RetryPolicy
    package var catchUp: CatchUpPolicy
    /// How many catch-up runs are made at a time, 1 or more.
    package var maxCatchUpRuns: Int
    /// The longest delay of a start; each task has its own, which stays the same.
    package var jitter: Duration
    /// How many ended runs are kept; nil for all.
    package var keepRuns: Int?
    /// How long an ended run is kept; nil for ever.
    package var keepFor: Duration?
}

/// What becomes of a run that is due while as many as may be are active.
package enum OverlapPolicy: String, Sendable, CaseIterable {
    /// It waits, first in, first out.
    case queue
    /// It ends at once, `skipped`.
    case skip
    /// The oldest active run is stopped, and this one starts once it is gone.
    case terminate
}
