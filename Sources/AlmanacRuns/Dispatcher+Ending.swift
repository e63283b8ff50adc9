import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Logging

extension Dispatcher {
    /// Looks at what a supervisor has left behind, now that its process is gone.
    func supervisorEnded(_ id: RunID) {
        guard let process = processes.removeValue(forKey: id), let run = unfinished[id]?.run else { return }
        executor.unwatch(process.descriptor.number)
        process.reap()
        settle(run)
        noteProcessGone()
    }

    /// Does what the run's folder asks for: waits for its supervisor, records its end, or starts it.
    func settle(_ run: Run) {
        do {
            switch try RunFolderState.inspect(folder(of: run)) {
            case .held(let pid):
                adopt(run, supervisorPID: pid)
            case .finished(let result):
                end(run, RunEnd(result, successExitCodes: successExitCodes(of: run)))
            case .neverStarted:
                // Its supervisor came to nothing before the command began, for want of memory or of space.
                let message = "almanac-run ended before it could start the command"
                end(run, .withoutCommand(.startFailed, at: clock.now, message: message))
            case .crashed(let started, let message):
                end(run, .crashed(at: clock.now, started: started, message: message))
            }
        } catch {
            end(run, .crashed(at: clock.now, started: nil, message: "its folder cannot be read: \(error)"))
        }
    }

    /// Waits for a supervisor that this daemon has not started.
    private func adopt(_ run: Run, supervisorPID pid: Int32) {
        do {
            let process = try ProcessHandle(pid: pid)
            // The number is the holder's for as long as it holds the lock; if it still does, the handle is its.
            guard try RunLock.holder(of: folder(of: run)) == pid else { return settle(run) }
            try watch(process, of: run.id)
        } catch let error as SystemError where error.isNoSuchProcess {
            settle(run)
        } catch {
            logger.log(.supervisorLost, of: run, .error, "its supervisor \(pid) cannot be watched: \(error)")
        }
    }

    /// Ends a run. Its place is free once that has been recorded.
    ///
    /// A run that has ended already, and whose end is only to be recorded, stays as it is.
    func end(_ run: Run, _ end: RunEnd) {
        guard unfinished[run.id]?.run.state.end == nil else { return }
        record(run.id, .ended(end), followUp: makeRetry(of: run, end))
    }

    private func successExitCodes(of run: Run) -> Set<Int32> {
        unfinished[run.id]?.task.settings.successExitCodes ?? [0]
    }

    /// Follows up an end that has been recorded.
    func ended(_ run: Run) {
        unfinished[run.id] = nil
        lanes.remove(run.id, ofTask: run.taskName)
        // What stays of a run is its row and its log.
        folder(of: run).removeWorkingFiles()
        for continuation in (waiters.removeValue(forKey: run.id) ?? [:]).values { continuation.resume(returning: run) }
        if let end = run.state.end { logger.logEnd(of: run, end) }
        startWaiting(ofTask: run.taskName)
    }
}
