import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol
import Glibc

extension Dispatcher: RunControl {
    package func stop(_ id: RunID) async throws {
        guard let run = unfinished[id]?.run, run.state.end == nil else {
            throw try await store.run(id) == nil ? RunControlError.noSuchRun : .alreadyEnded
        }
        if processes[id] != nil {
            try askToStop(id, .stopped)
            return
        }
        end(run, .withoutCommand(.stopped, at: clock.now))
        _ = try await self.end(of: id)
    }

    package func end(of id: RunID) async throws -> Run? {
        guard unfinished[id] != nil else {
            return try await store.run(id).flatMap { $0.state.end == nil ? nil : $0 }
        }
        let token = nextToken()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiters[id, default: [:]][token] = $0 }
        } onCancel: {
            Task { await self.giveUpWaiting(for: id, token) }
        }
    }

    /// Tells the supervisor to end its command: the reason in the run's folder first, the signal after it.
    func askToStop(_ id: RunID, _ reason: StopReason) throws {
        guard let process = processes[id], let run = unfinished[id]?.run else { return }
        try RunStopRequest(reason: reason).write(in: folder(of: run))
        try process.send(signal: SIGTERM)
    }

    private func giveUpWaiting(for id: RunID, _ token: UInt64) {
        waiters[id]?.removeValue(forKey: token)?.resume(returning: nil)
        if waiters[id]?.isEmpty == true { waiters[id] = nil }
    }
}
