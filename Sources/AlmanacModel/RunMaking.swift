package import AlmanacCalendar

/// What a run is to be made of. Every origin fills in one of these, and nothing else makes a run.
package struct RunRequest: Sendable {
    /// What is to become of it.
    package enum Purpose: Sendable, Hashable {
        /// Start the command, as the overlap policy allows.
        case execute
        /// Account for a tick that a clock change took away: a gap or a fold.
        case recordDSTSkipped(Occurrence.Reason?)
        /// Account for a stretch of firings that nobody was there for.
        case recordMissed(MissedStretch)
        /// Account for a stretch of firings that a pause held.
        case recordPaused(MissedStretch)
    }

    package var task: TaskDefinition
    package var trigger: Trigger
    package var purpose: Purpose
    package var scheduled: ScheduledTick?
    /// Whether it is made for a firing that nobody was there for.
    package var isCatchUp: Bool
    /// The values of the task's parameters; nil for the defaults.
    package var params: [String: String]?
    /// What the audit keeps of it, in the run's own transaction, with the run's id; nil where nobody asked through the API.
    package var auditEntry: AuditEntry?

    package init(
        task: TaskDefinition,
        trigger: Trigger,
        purpose: Purpose = .execute,
        scheduled: ScheduledTick? = nil,
        isCatchUp: Bool = false,
        params: [String: String]? = nil,
        auditEntry: AuditEntry? = nil
    ) {
        self.task = task
        self.trigger = trigger
        self.purpose = purpose
        self.scheduled = scheduled
        self.isCatchUp = isCatchUp
        self.params = params
        self.auditEntry = auditEntry
    }
}

/// The run factory, as the scheduler, the server and the daemon's start see it.
package protocol RunMaking: Sendable {
    /// Makes a run for each request, in order, and moves the cursors in the same transaction.
    ///
    /// - Returns: the runs as they were committed, in the order of the requests: pending, or ended at birth. For held
    ///   firings whose pause has a row already it is that row.
    /// - Throws: `RunMakingError.shuttingDown`, or the store's error; nothing was made then.
    func makeRuns(_ requests: [RunRequest], moving cursors: [ScheduleCursor]) async throws -> [Run]
}

package enum RunMakingError: Error, Equatable {
    /// The daemon is on its way down and makes no more runs.
    case shuttingDown
}
