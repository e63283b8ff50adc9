import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol
import Glibc
import Logging

extension Dispatcher: RunMaking {
    package func makeRuns(_ requests: [RunRequest], moving cursors: [ScheduleCursor]) async throws -> [Run] {
        guard closing == nil else { throw RunMakingError.shuttingDown }
        let now = clock.now
        var runs: [Run] = []
        var replaced: [(victim: RunID, task: String)] = []
        for request in requests {
            let (run, placement) = factory.makeRun(request, at: now) { lanes.admit($0, of: request.task) }
            if run.state.end == nil { unfinished[run.id] = Unfinished(run: run, task: request.task) }
            if case .waitingFor(let victim) = placement { replaced.append((victim, request.task.name)) }
            runs.append(run)
        }
        let entries = zip(requests, runs).compactMap { request, run in
            var entry = request.auditEntry
            entry?.runID = run.id
            return entry
        }
        let made = runs.map(\.id)
        do {
            runs = try await store.insert(runs, moving: cursors, recording: entries)
        } catch {
            for (victim, task) in replaced { lanes.spare(victim, ofTask: task) }
            for run in runs where run.state.end == nil { withdraw(run) }
            throw error
        }
        for (victim, _) in replaced { replace(victim) }
        for (index, run) in runs.enumerated() {
            // What a pause holds goes into the row that it has already.
            let isNew = run.id == made[index]
            if isNew { metrics.noteMade(run, for: requests[index].purpose) }
            if let end = run.state.end {
                logger.logEnd(of: run, end)
                if isNew { metrics.noteEnd(of: run) }
                noteEnd(run)
            } else {
                logger.log(.runMade, of: run, .debug, "made")
                begin(run)
            }
        }
        return runs
    }

    /// Ends a run so that a newer one takes its place.
    func replace(_ id: RunID) {
        guard let run = unfinished[id]?.run, run.state.end == nil else { return }
        switch standing(of: id) {
        case .waiting:
            end(run, .withoutCommand(.stopped, at: clock.now, message: "a newer run took its place"))
        case .watched:
            do {
                try askToStop(id, .overlapTerminated)
            } catch {
                spare(run, error)
            }
        case .unwatched:
            spare(run, SystemError("stop", subject: "run \(id)", errno: EMFILE))
        case .crashed:
            // What is left of it is being ended.
            break
        }
    }

    private func spare(_ run: Run, _ error: any Error) {
        lanes.spare(run.id, ofTask: run.taskName)
        logger.log(.stopNotSent, of: run, .error, "it cannot be asked to stop: \(error)")
    }

    /// Goes on with a run whose row stands: starts it if it has its place, lets it wait otherwise.
    private func begin(_ run: Run) {
        switch closing {
        case .stoppingRuns: return end(run, .daemonStopped(at: clock.now))
        case .leavingRuns: return
        case nil: break
        }
        if lanes.isActive(run.id, ofTask: run.taskName) {
            start(run.id)
        } else {
            lanes.commit(run.id, ofTask: run.taskName)
            startWaiting(ofTask: run.taskName)
        }
    }

    /// Takes back a run whose row could not be committed.
    private func withdraw(_ run: Run) {
        unfinished[run.id] = nil
        lanes.remove(run.id, ofTask: run.taskName)
        startWaiting(ofTask: run.taskName)
    }

    /// Starts the runs of a task that have come up for their turn.
    func startWaiting(ofTask name: String) {
        guard closing == nil else { return }
        for id in lanes.promote(ofTask: name) { start(id) }
    }
}
