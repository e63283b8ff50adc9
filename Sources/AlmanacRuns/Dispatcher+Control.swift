import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol
import Glibc
import Logging

extension Dispatcher: RunControl {
    package func stop(_ id: RunID) async throws {
        guard let run = unfinished[id]?.run, run.state.end == nil else {
            throw try await store.run(id) == nil ? RunControlError.noSuchRun : .alreadyEnded
        }
        if case .unwatched = standing(of: id) { watchUnwatched() }
        switch standing(of: id) {
        case .watched:
            try askToStop(id, .stopped)
        case .waiting:
            end(run, .withoutCommand(.stopped, at: clock.now))
            _ = try await self.end(of: id)
        case .crashed:
            // What is left of it is being ended.
            break
        case .unwatched:
            throw SystemError("stop", subject: "run \(id)", errno: EMFILE)
        }
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

    /// Where a run that has not ended stands with this daemon.
    enum Standing {
        /// It has not been started.
        case waiting
        /// Its supervisor is watched, and can be asked to end it.
        case watched
        /// Its supervisor lives, as far as is known, and cannot be watched for the time being.
        case unwatched
        /// Its supervisor is gone, and what it has left behind is being ended.
        case crashed
    }

    func standing(of id: RunID) -> Standing {
        if processes[id] != nil { return .watched }
        if crashes[id] != nil { return .crashed }
        return unwatched[id] == nil ? .waiting : .unwatched
    }

    /// Asks a run to end because the daemon does.
    func askToStopWithDaemon(_ run: Run) {
        do {
            try askToStop(run.id, .daemonStopped, message: RunEnd.daemonStoppedMessage)
        } catch {
            logger.log(.stopNotSent, of: run, .error, "it cannot be asked to stop: \(error)")
        }
    }

    /// Tells the supervisor to end its command: the reason in the run's folder first, the signal after it.
    func askToStop(_ id: RunID, _ reason: StopReason, message: String? = nil) throws {
        guard let process = processes[id], let run = unfinished[id]?.run else { return }
        try RunStopRequest(reason: reason, message: message).write(in: folder(of: run))
        try process.send(signal: SIGTERM)
    }

    private func giveUpWaiting(for id: RunID, _ token: UInt64) {
        waiters[id]?.removeValue(forKey: token)?.resume(returning: nil)
        if waiters[id]?.isEmpty == true { waiters[id] = nil }
    }
}
