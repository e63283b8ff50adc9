package import AlmanacCalendar

/// A task whose schedule is held: what falls due meanwhile is counted in one row, and nothing of it runs.
package struct TaskPause: Hashable, Sendable {
    package var taskName: String
    /// When it began. What was due by then has been settled.
    package var since: Timestamp
    /// When it ends by itself, exclusive; nil for never.
    package var until: Timestamp?

    package init(taskName: String, since: Timestamp, until: Timestamp? = nil) {
        self.taskName = taskName
        self.since = since
        self.until = until
    }

    /// Whether what is due at this instant is held.
    package func holds(_ instant: Timestamp) -> Bool {
        until.map { instant < $0 } ?? true
    }
}

extension Schedule {
    /// The first firing after an instant that a pause does not hold; nil for none.
    package func firing(after instant: Timestamp, heldBy pause: TaskPause?) -> Timestamp? {
        guard let pause else { return firing(after: instant)?.at }
        // The end of a pause is exclusive: what is due at it fires.
        return pause.until.flatMap { firing(after: max(instant, $0 - 1))?.at }
    }
}

/// Holds the schedules of tasks, and lets them go. Runs by hand are possible all the while.
package protocol TaskPausing: Sendable {
    /// The pauses that are in force, by the names of their tasks.
    var pauses: [TaskPause] { get async }

    /// Holds a task's schedule; what is due by now has been settled before. Of a pause that is in force the end is changed.
    ///
    /// - Parameter until: when it ends by itself, exclusive; nil for never.
    /// - Returns: the pause, durable.
    /// - Throws: `TaskPausingError`, or the store's error; nothing has changed then.
    @discardableResult
    func pause(_ taskName: String, until: Timestamp?) async throws -> TaskPause

    /// Ends a task's pause, durably; what fell due until now stays held.
    ///
    /// - Returns: whether it was paused.
    /// - Throws: `TaskPausingError.noSuchTask`, or the store's error; nothing has changed then.
    @discardableResult
    func resume(_ taskName: String) async throws -> Bool
}

package enum TaskPausingError: Error, Equatable {
    case noSuchTask
    /// A pause was to end at an instant that has passed.
    case endHasPassed
}

/// Keeps the pauses. Every call that changes something returns after the change is durable.
///
/// The store also links each pause with the row that its ticks share: see `RunStore.insert`.
package protocol PauseStore: Sendable {
    /// All of them, those that have ended by themselves included, by the names of their tasks.
    func pauses() async throws -> [TaskPause]

    /// Keeps the pause in place of the task's earlier one. It goes on with the same row if it is since the same instant.
    func save(_ pause: TaskPause) async throws

    /// Forgets the pauses of these tasks.
    func removePauses(ofTasks names: Set<String>) async throws
}
