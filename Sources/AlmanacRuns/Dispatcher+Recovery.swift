import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol
import Logging

extension Dispatcher {
    /// Takes over from the daemon that was here before: every run that has not ended goes on from where it stands.
    ///
    /// Runs whose supervisor lives are waited for, those that ended meanwhile are recorded, those that never started
    /// wait for their turn in the order in which they were made, and any other has crashed.
    package func recover(_ catalog: Catalog) async throws {
        let runs = try await store.unfinishedRuns()
        for run in runs { recover(run, catalog.task(named: run.taskName)) }
        for name in lanes.taskNames { startWaiting(ofTask: name) }
        if !runs.isEmpty {
            logger.notice("\(runs.count) unfinished runs taken over, \(processes.count) of them still running")
        }
        removeControlGroups()
        // What is known to have ended is recorded before anything new is made.
        await events.flushed()
    }

    private func recover(_ run: Run, _ task: TaskDefinition?) {
        // A task that has left the configuration still has runs to wait for.
        let definition = task ?? TaskDefinition(name: run.taskName, command: "")
        unfinished[run.id] = Unfinished(run: run, task: definition)
        do {
            switch try RunFolderState.inspect(folder(of: run)) {
            case .neverStarted:
                if task == nil {
                    let message = "the task left the configuration before the run could start"
                    return end(run, .withoutCommand(.startFailed, at: clock.now, message: message))
                }
                if let startAfter = run.startAfter, startAfter > clock.now {
                    awaitRetry(run)
                } else {
                    lanes.readmit(run.id, of: definition)
                }
            case .held, .finished, .crashed:
                lanes.adopt(run.id, ofTask: run.taskName, maxConcurrent: definition.maxConcurrent)
                settle(run)
                if processes[run.id] != nil { record(run.id, .started(at: startTime(of: run))) }
            }
        } catch {
            end(run, .crashed(at: clock.now, started: nil, message: "its folder cannot be read: \(error)"))
        }
    }

    /// Removes the cgroups of runs that are over; one with a process in it stays.
    private func removeControlGroups() {
        for name in settings.controlGroup?.runs ?? [] {
            guard let id = RunID(name), unfinished[id] == nil else { continue }
            controlGroup(of: id)?.remove()
        }
    }

    private func startTime(of run: Run) -> PreciseTimestamp {
        let started = try? RunStarted.read(in: folder(of: run))
        return started.map { PreciseTimestamp(nanosecondsSinceEpoch: $0.nanosecondsSinceEpoch) } ?? clock.now
    }
}
