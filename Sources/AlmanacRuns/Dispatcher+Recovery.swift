import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol
import Logging

extension Dispatcher {
    /// Takes over from the daemon that was here before: every run that has not ended goes on from where it stands.
    ///
    /// Runs whose supervisor lives are waited for, those that ended meanwhile are recorded, those that never started
    /// wait for their turn in the order in which they were made, and any other has crashed.
    ///
    /// - Parameter progress: called now and then with how many of the runs have been looked at, and at last with all.
    package func recover(_ catalog: Catalog, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }) async throws {
        try await removeLeftFiles()
        let runs = try await store.unfinishedRuns()
        let leftMails = expectLeftMails(ofUnfinished: runs)
        for (index, run) in runs.enumerated() {
            if index.isMultiple(of: 64) { progress(index, runs.count) }
            let task = catalog.task(named: run.taskName)
            // A task that has left the configuration still has runs to wait for.
            recover(run, task ?? TaskDefinition(name: run.taskName, command: ""), isConfigured: task != nil)
        }
        progress(runs.count, runs.count)
        // A stop that came meanwhile did not know of them.
        if closing == .stoppingRuns { close(stoppingRuns: true) }
        for name in lanes.taskNames { startWaiting(ofTask: name) }
        if !runs.isEmpty {
            logger.notice(
                "\(runs.count) unfinished runs taken over, \(processes.count) of them still running",
                metadata: ["event": "\(LoggedEvent.runsTakenOver)", "count": "\(runs.count)"]
            )
        }
        removeControlGroups()
        resumeCommandEnds()
        for id in leftMails { await resumeMail(id) }
        // What has ended is recorded before anything new is made.
        await crashesSettled()
        await events.flushed()
    }

    /// Removes the working files of the runs whose ends the daemon before recorded last: it may have died before it could.
    private func removeLeftFiles() async throws {
        for id in workingFiles.noted {
            guard let run = try await store.run(id), run.state.end != nil else { continue }
            workingFiles.remove(id, in: folder(of: run))
        }
    }

    /// Takes a run over, as its folder has it.
    ///
    /// - Parameter isConfigured: whether its task is still there, so that it may be started.
    func recover(_ run: Run, _ task: TaskDefinition, isConfigured: Bool) {
        unfinished[run.id] = Unfinished(run: run, task: task)
        do {
            switch try RunFolderState.inspect(folder(of: run)) {
            case .neverStarted:
                unwatched[run.id] = nil
                if !isConfigured {
                    let message = "the task left the configuration before the run could start"
                    return end(run, .withoutCommand(.startFailed, at: clock.now, message: message))
                }
                if let startAfter = run.startAfter, startAfter > clock.now {
                    awaitRetry(run)
                } else {
                    lanes.readmit(run.id, of: task)
                }
            case .held, .finished, .crashed:
                lanes.adopt(run.id, ofTask: run.taskName, maxConcurrent: task.maxConcurrent)
                settle(run)
                if run.state.phase == .pending, processes[run.id] != nil || unwatched[run.id] != nil {
                    logger.log(.runTakenOver, of: run, .info, "taken over, still running")
                    record(run.id, .started(at: startTime(of: run)))
                }
            }
        } catch {
            lanes.adopt(run.id, ofTask: run.taskName, maxConcurrent: task.maxConcurrent)
            if error.isShortage {
                leaveUnwatched(run, .recovering(isConfigured: isConfigured), error)
            } else {
                crash(run, started: nil, message: "its folder cannot be read: \(error)")
            }
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
