/// What else can be asked of active runs.
package protocol RunControl: Sendable {
    /// Asks a pending or running run to end as `stopped`; returns when that has been set in motion, durably.
    ///
    /// - Throws: `RunControlError`.
    func stop(_ id: RunID) async throws

    /// Waits for the run's own end.
    ///
    /// - Returns: the ended run; nil when the calling task was cancelled first, or there is no such run.
    func end(of id: RunID) async throws -> Run?
}

package enum RunControlError: Error, Equatable {
    case noSuchRun
    case alreadyEnded
}
