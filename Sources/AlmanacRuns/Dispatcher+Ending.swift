import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Logging

extension Dispatcher {
    /// Looks at what a supervisor has left behind, now that its process is gone.
    ///
    /// - Parameter end: how it ended, where it has been reaped already.
    func supervisorEnded(_ id: RunID, _ end: ProcessEnd? = nil) {
        var end = end
        if let process = processes.removeValue(forKey: id) {
            executor.unwatch(process.descriptor.number)
            end = end ?? process.reap()
            supervisors[process.pid] = nil
        }
        if case .spawned(let pid) = unwatched[id] { supervisors[pid] = nil }
        unwatched[id] = nil
        if let run = unfinished[id]?.run { settle(run, supervisorEnd: end) }
        watchUnwatched()
        noteProcessGone()
    }

    /// Does what the run's folder asks for: waits for its supervisor, records its end, or starts it.
    ///
    /// - Parameter supervisorEnd: how its supervisor has ended, where that is known.
    func settle(_ run: Run, supervisorEnd: ProcessEnd? = nil) {
        do {
            switch try RunFolderState.inspect(folder(of: run)) {
            case .held(let pid):
                try adopt(run, supervisorPID: pid)
            case .finished(let result):
                end(run, RunEnd(result, successExitCodes: successExitCodes(of: run)))
            case .neverStarted:
                // Its supervisor came to nothing before the command began, for want of memory or of space.
                let message = "almanac-run ended before it could start the command"
                end(run, .withoutCommand(.startFailed, at: clock.now, message: message))
            case .crashed(let started, let message):
                try? controlGroup(of: run.id)?.killAll()
                let message = message ?? RunEnd.supervisorLost(started?.supervisorPID, supervisorEnd)
                crash(run, started: started, message: message)
            }
        } catch let error as SystemError {
            leaveUnwatched(run, .settling, error)
        } catch let error as RunFileError where error.isShortage {
            leaveUnwatched(run, .settling, error)
        } catch {
            crash(run, started: nil, message: "its folder cannot be read: \(error)")
        }
    }

    /// Waits for a supervisor that this daemon has not started.
    ///
    /// - Throws: `SystemError` where it cannot be waited for, `RunFileError` where its lock cannot be looked at.
    private func adopt(_ run: Run, supervisorPID pid: Int32) throws {
        do {
            let process = try ProcessHandle(pid: pid)
            // The number is the holder's for as long as it holds the lock; if it still does, the handle is its.
            guard try RunLock.holder(of: folder(of: run)) == pid else { return settle(run) }
            try watch(process, of: run.id)
            renewLimits(of: run)
        } catch let error as SystemError where error.isNoSuchProcess {
            return settle(run)
        }
        // The wish may have come while nobody could be told of it.
        if closing == .stoppingRuns { askToStopWithDaemon(run) }
    }

    /// Sets the limits of a run again: they are gone where the controllers were taken back between two daemons.
    private func renewLimits(of run: Run) {
        guard let group = controlGroup(of: run.id), let spec = try? RunSpec.read(in: folder(of: run)),
            spec.controlGroup == group.path, !spec.limits.isEmpty
        else { return }
        do throws(RunFileError) {
            try group.apply(spec.limits)
        } catch {
            logger.log(.limitNotKept, of: run, .warning, "a limit is not kept any more: \(error)")
        }
    }

    /// Ends a run. Its place is free once that has been recorded.
    ///
    /// A run that has ended already, and whose end is only to be recorded, stays as it is.
    func end(_ run: Run, _ end: RunEnd) {
        guard unfinished[run.id]?.run.state.end == nil else { return }
        unwatched[run.id] = nil
        var end = end
        end.logBytes = folder(of: run).logBytes
        record(run.id, .ended(end), followUp: makeRetry(of: run, end))
    }

    private func successExitCodes(of run: Run) -> Set<Int32> {
        unfinished[run.id]?.task.settings.successExitCodes ?? [0]
    }

    /// Follows up an end that has been recorded.
    func ended(_ run: Run) {
        let task = unfinished.removeValue(forKey: run.id)?.task
        beginMail(of: run, task)
        lanes.remove(run.id, ofTask: run.taskName)
        // What stays of a run is its row and its log.
        workingFiles.remove(run.id, in: folder(of: run))
        controlGroup(of: run.id)?.remove()
        for continuation in (waiters.removeValue(forKey: run.id) ?? [:]).values { continuation.resume(returning: run) }
        if let end = run.state.end { logger.logEnd(of: run, end) }
        metrics.noteEnd(of: run)
        noteEnd(run)
        startWaiting(ofTask: run.taskName)
    }
}
