package import AlmanacModel
import Logging

extension Retention: RunRemoving {
    package func remove(_ id: RunID) async throws {
        guard let run = try await store.run(id) else { throw RunRemovalError.noSuchRun }
        guard run.state.end != nil else { throw RunRemovalError.notEnded }
        let (removed, failure) = try await remove([id], sparingReferredTo: false)
        if removed.isEmpty { throw RunRemovalError.noSuchRun }
        logger.log(.runsRemoved, of: run, .info, "removed")
        if let failure { throw failure }
    }

    /// Waits for no folder, nor for the thread that removes them: each is several writes of the file system, and takes the
    /// longer the busier the disk is. What a kill leaves, the next start removes.
    package nonisolated func remove(_ ids: [RunID]) async throws -> Int {
        let removed = try await store.removeRuns(ids, sparingReferredTo: false, forgetting: [])
        if removed.isEmpty { return 0 }
        logger.info("removed \(removed.count) runs", metadata: ["event": "\(LoggedEvent.runsRemoved)"])
        removalsBegan(of: removed)
        return removed.count
    }
}
