/// What has to be known of a run to decide whether it is kept.
package struct HistoryEntry: Hashable, Sendable {
    package var id: RunID
    package var taskName: String
    package var createdAt: PreciseTimestamp
    /// nil for a run that has not ended.
    package var endedAt: PreciseTimestamp?
    /// How many bytes its log takes; 0 where that has not been measured.
    package var logBytes: Int64
    /// Whether something needs it still: a retry of it that has not ended, or a pause whose held firings it accounts for.
    package var isReferredTo: Bool

    package init(
        id: RunID,
        taskName: String,
        createdAt: PreciseTimestamp,
        endedAt: PreciseTimestamp?,
        logBytes: Int64 = 0,
        isReferredTo: Bool = false
    ) {
        self.id = id
        self.taskName = taskName
        self.createdAt = createdAt
        self.endedAt = endedAt
        self.logBytes = logBytes
        self.isReferredTo = isReferredTo
    }
}

/// A run as far as its folder and its log are concerned.
package struct StoredLog: Hashable, Sendable {
    package var id: RunID
    package var taskName: String
    /// How many bytes the log takes; 0 where that has not been measured.
    package var bytes: Int64

    package init(id: RunID, taskName: String, bytes: Int64 = 0) {
        self.id = id
        self.taskName = taskName
        self.bytes = bytes
    }
}

/// The history of runs, as it is looked at and cut.
///
/// A run's row and its folder go together. The row goes first, and the same transaction notes that the folder is to go:
/// whoever comes after a kill finds the note, and removes the folder. From then on nobody finds the run.
package protocol RunHistory: Sendable {
    /// Runs in the order of their making, ids breaking ties.
    ///
    /// - Parameters:
    ///   - name: whose runs; nil for those of all tasks.
    ///   - position: exclusive; nil to begin with the oldest.
    func oldestRuns(ofTask name: String?, after position: HistoryEntry?, limit: Int) async throws -> [HistoryEntry]

    /// How many ended runs there are of a task.
    func endedRunCount(ofTask name: String) async throws -> Int

    /// How many ended runs there are of each task that has any.
    func endedRunCounts() async throws -> [String: Int]

    /// How many bytes the logs of all ended runs take.
    func logBytes() async throws -> Int64

    /// Removes the rows of ended runs and notes that their folders are to go, all in one transaction.
    ///
    /// - Parameters:
    ///   - sparingReferredTo: whether runs that something still refers to (`HistoryEntry.isReferredTo`) stay.
    ///   - gone: runs whose folders are gone: the notes of them go too.
    /// - Returns: the runs that were removed; one that does not exist, has not ended or was spared is left out.
    func removeRuns(_ ids: [RunID], sparingReferredTo: Bool, forgetting gone: [RunID]) async throws -> [StoredLog]

    /// The runs of which there are notes that their folders are to go, by their ids.
    ///
    /// - Parameter id: those after it; nil for all.
    func unfinishedRemovals(after id: RunID?, limit: Int) async throws -> [StoredLog]

    /// Ended runs of which nobody knows how large their logs are: those of an older version of this program.
    func unmeasuredRuns(limit: Int) async throws -> [StoredLog]

    /// Records how large the logs of such runs are.
    func record(_ logs: [StoredLog]) async throws
}

/// Removes runs for whoever asks, as the server sees it.
package protocol RunRemoving: Sendable {
    /// Removes an ended run with its log; returns when both are gone, durably.
    ///
    /// - Throws: `RunRemovalError`, or the error of the store or of the file system. After the latter nobody finds the
    ///   run any more, and the next start of the daemon removes what is left of it.
    func remove(_ id: RunID) async throws

    /// Removes those of the runs that have ended, in one transaction, with their logs; returns when their rows are gone, durably.
    /// The logs, which nobody finds any more, go soon after, or with the next start of the daemon.
    ///
    /// - Returns: how many there were.
    func remove(_ ids: [RunID]) async throws -> Int
}

package enum RunRemovalError: Error, Equatable {
    case noSuchRun
    /// The run is pending or running.
    case notEnded
}
