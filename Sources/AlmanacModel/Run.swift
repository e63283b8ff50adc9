package import AlmanacCalendar

/// What made a run. The raw values are those of the API and of the store.
package enum Trigger: String, Sendable, CaseIterable {
    case cron, api, cloud, service, startup
}

/// The tick that a cron run serves.
package struct ScheduledTick: Hashable, Sendable {
    /// The instant at which it fires, or was settled.
    package var at: Timestamp
    /// The wall time that the expression named; nil for `@every`, which has none.
    package var tick: CivilDateTime?
    package var zone: ZoneID

    package init(at: Timestamp, tick: CivilDateTime?, zone: ZoneID) {
        self.at = at
        self.tick = tick
        self.zone = zone
    }
}

/// A stretch of firings that share one row: those of an outage, or of a pause.
package struct MissedStretch: Hashable, Sendable {
    /// How many firings, 1 or more.
    package var count: Int
    /// The last one's instant; the first one's is the run's `scheduled.at`.
    package var until: Timestamp

    package init(count: Int, until: Timestamp) {
        self.count = count
        self.until = until
    }
}

/// One execution of a task, from its making to its end; durable. Also the account of a tick that did not fire.
package struct Run: Hashable, Sendable, Identifiable {
    package let id: RunID
    package var taskName: String
    package var trigger: Trigger
    package var createdAt: PreciseTimestamp
    package var state: RunState
    package var scheduled: ScheduledTick?
    package var missed: MissedStretch?
    /// Whether it was made for a firing that nobody was there for.
    package var isCatchUp: Bool
    /// 0 for the first attempt.
    package var retryAttempt: Int
    package var retryOf: RunID?
    /// The time before which a pending retry is not to start; nil for every other run.
    package var startAfter: PreciseTimestamp?
    package var externalExecutionID: String?
    /// The values of the task's parameters for this run.
    package var params: [String: String]

    package init(
        id: RunID,
        taskName: String,
        trigger: Trigger,
        createdAt: PreciseTimestamp,
        state: RunState = .pending,
        scheduled: ScheduledTick? = nil,
        missed: MissedStretch? = nil,
        isCatchUp: Bool = false,
        retryAttempt: Int = 0,
        retryOf: RunID? = nil,
        startAfter: PreciseTimestamp? = nil,
        externalExecutionID: String? = nil,
        params: [String: String] = [:]
    ) {
        self.id = id
        self.taskName = taskName
        self.trigger = trigger
        self.createdAt = createdAt
        self.state = state
        self.scheduled = scheduled
        self.missed = missed
        self.isCatchUp = isCatchUp
        self.retryAttempt = retryAttempt
        self.retryOf = retryOf
        self.startAfter = startAfter
        self.externalExecutionID = externalExecutionID
        self.params = params
    }

    /// Whether it is the row that the held firings of a pause share.
    package var accountsForPause: Bool { missed != nil && state.end?.reason == .skipped }

    /// The exit code that the API shows: the end's own, and 0 until there is one.
    package var exitCode: Int64 { state.end?.exitCode ?? 0 }
}
