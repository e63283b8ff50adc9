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

    package func remove(_ ids: [RunID]) async throws -> Int {
        let (removed, _) = try await remove(ids, sparingReferredTo: false)
        if !removed.isEmpty {
            logger.info("removed \(removed.count) runs", metadata: ["event": "\(LoggedEvent.runsRemoved)"])
        }
        return removed.count
    }
}
