package import AlmanacCalendar

/// How far a task's schedule has been settled.
package struct ScheduleCursor: Hashable, Sendable {
    package var taskName: String
    /// Every occurrence up to and including this instant has been accounted for.
    package var settledThrough: Timestamp
    /// The `TaskSchedule.fingerprint` that it was settled under.
    package var schedule: String

    package init(taskName: String, settledThrough: Timestamp, schedule: String) {
        self.taskName = taskName
        self.settledThrough = settledThrough
        self.schedule = schedule
    }
}

/// Keeps runs and cursors. Every call that changes something returns after the change is durable.
package protocol RunStore: Sendable {
    /// Inserts the runs and moves the cursors, all in one transaction: all of it stands afterwards, or none.
    ///
    /// The held firings of a pause share one row: a run that accounts for some (`Run.accountsForPause`) is added to the
    /// row of the task's pause, where there is one, and becomes that row otherwise.
    ///
    /// - Parameter entries: what the audit keeps of those who asked for the runs.
    /// - Returns: the runs as they stand, in the same order; the pause's row for one that was added to it.
    @discardableResult
    func insert(_ runs: [Run], moving cursors: [ScheduleCursor], recording entries: [AuditEntry]) async throws -> [Run]

    /// Lets events happen to runs, in order, and inserts runs that follow from them, all in one transaction.
    ///
    /// - Returns: the runs as they stand afterwards; one that does not exist, or for which the event is illegal
    ///   (`RunState.handle`), is left out and left alone.
    func apply(_ events: [(id: RunID, event: RunEvent)], inserting runs: [Run]) async throws -> [Run]

    func run(_ id: RunID) async throws -> Run?

    func runs(matching query: RunQuery) async throws -> RunPage

    /// All pending and running runs, oldest first.
    func unfinishedRuns() async throws -> [Run]

    /// The newest id there is.
    func lastRunID() async throws -> RunID?

    func cursors() async throws -> [ScheduleCursor]

    /// Forgets the cursors of tasks that have left the configuration, so that one that comes back has missed nothing.
    func removeCursors(ofTasksOtherThan names: Set<String>) async throws
}

extension RunStore {
    /// Inserts runs that nobody asked for through the API, and moves cursors.
    @discardableResult
    package func insert(_ runs: [Run], moving cursors: [ScheduleCursor]) async throws -> [Run] {
        try await insert(runs, moving: cursors, recording: [])
    }

    /// Lets events happen to runs, of which nothing follows.
    package func apply(_ events: [(id: RunID, event: RunEvent)]) async throws -> [Run] {
        try await apply(events, inserting: [])
    }
}

/// Which runs are wanted, in which order, and which page of them.
package struct RunQuery: Sendable, Hashable {
    package enum SortField: String, Sendable, CaseIterable {
        case taskName = "task_name"
        case status
        case startAt = "start_at"
        case exitCode = "exit_code"
        case duration
        case createdAt = "created_at"
    }

    package enum SortDirection: String, Sendable, CaseIterable {
        case ascending = "asc"
        case descending = "desc"
    }

    /// Phases and end reasons of which one must fit; both empty for any.
    package var phases: Set<RunState.Phase> = []
    package var endReasons: Set<EndReason> = []
    package var taskName: String?
    package var trigger: Trigger?
    /// Inclusive.
    package var createdAfter: PreciseTimestamp?
    /// Inclusive.
    package var createdBefore: PreciseTimestamp?
    package var exitCodeMin: Int64?
    package var exitCodeMax: Int64?
    package var retriesOnly = false
    /// Looked for in task name, id and message, without regard to case.
    package var search: String?
    package var sortField = SortField.createdAt
    package var sortDirection = SortDirection.descending
    /// 1 to 1000.
    package var limit = 50
    package var offset = 0

    package init() {}
}

/// One page of runs.
package struct RunPage: Sendable, Equatable {
    package var runs: [Run]
    /// How many there are on all pages.
    package var total: Int

    package init(runs: [Run], total: Int) {
        self.runs = runs
        self.total = total
    }
}
