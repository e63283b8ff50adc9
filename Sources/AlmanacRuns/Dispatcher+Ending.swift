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
                try? controlGroup(of: run.id)?.killAll()
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
            renewLimits(of: run)
        } catch let error as SystemError where error.isNoSuchProcess {
            settle(run)
        } catch {
            logger.error("\(run.taskName) run \(run.id): its supervisor \(pid) cannot be watched: \(error)")
        }
    }

    /// Sets the limits of a run again: they are gone where the controllers were taken back between two daemons.
    private func renewLimits(of run: Run) {
        guard let group = controlGroup(of: run.id), let spec = try? RunSpec.read(in: folder(of: run)),
            spec.controlGroup == group.path, !spec.limits.isEmpty
        else { return }
        do throws(RunFileError) {
            try group.apply(spec.limits)
        } catch {
            logger.warning("\(run.taskName) run \(run.id): a limit is not kept any more: \(error)")
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
        controlGroup(of: run.id)?.remove()
        for continuation in (waiters.removeValue(forKey: run.id) ?? [:]).values { continuation.resume(returning: run) }
        if let end = run.state.end {
            let message = end.message.map { ", \($0)" } ?? ""
            logger.info("\(run.taskName) run \(run.id): \(end.reason.rawValue), exit code \(end.exitCode)\(message)")
        }
        startWaiting(ofTask: run.taskName)
    }
}
