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
}
