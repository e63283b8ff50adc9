import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Logging

extension Dispatcher {
    /// A run whose supervisor is gone without a result, while what it has left behind is being ended.
    struct Crash {
        var started: RunStarted?
        var message: String
        /// Whether nobody waits for it any more at the daemon's start.
        var isLingering = false
    }

    /// Ends a run whose supervisor is gone without a result: as soon as nothing of it lives.
    ///
    /// Until then it keeps its place, so that neither a retry nor the next run of its task meets a process of it.
    func crash(_ run: Run, started: RunStarted?, message: String) {
        guard crashes[run.id] == nil else { return }
        // No process of it has outlived a boot.
        if let started, let bootID = started.bootID, let current = RunStarted.currentBootID, bootID != current {
            return end(run, .crashed(at: clock.now, started: started, message: "the machine went down while it ran"))
        }
        unwatched[run.id] = nil
        crashes[run.id] = Crash(started: started, message: message)
        orphans.begin(
            OrphanSweep.Target(
                id: run.id,
                mark: try? RunMark.read(in: folder(of: run)),
                controlGroup: controlGroup(of: run.id)
            )
        )
    }

    func heard(_ news: OrphanSweep.News, of id: RunID) {
        guard let run = unfinished[id]?.run else { return }
        switch news {
        case .gone(let killed):
            guard let crash = crashes.removeValue(forKey: id) else { return }
            if killed > 0 { logger.log(.processesKilled, of: run, .notice, "\(killed) processes of it were killed") }
            end(run, .crashed(at: clock.now, started: crash.started, message: crash.message))
        case .lingering(let pids):
            crashes[id]?.isLingering = true
            logger.log(
                .processesLeft,
                of: run,
                .warning,
                """
                processes \(pids.map(String.init).joined(separator: ", ")) were killed and are \
                still there, as one that waits for a disk is; the run ends when they do
                """
            )
        case .spared(let pid, let error):
            logger.log(.processesLeft, of: run, .warning, "process \(pid) is left alone: \(error)")
        }
        noteProcessGone()
        noteCrashesSettled()
    }

    /// Waits until every crash that is known has been settled, but for those whose processes do not go.
    func crashesSettled() async {
        guard crashes.values.contains(where: { !$0.isLingering }), closing == nil else { return }
        await withCheckedContinuation { crashWaiters.append($0) }
    }

    func noteCrashesSettled() {
        guard closing != nil || !crashes.values.contains(where: { !$0.isLingering }) else { return }
        for waiter in crashWaiters { waiter.resume() }
        crashWaiters = []
    }

    /// Reaps what has ended: supervisors, and orphans whose parents were supervisors.
    func childrenEnded() {
        children.clear()
        while let pid = children.endedChild(), let end = children.reap(pid) {
            if let id = supervisors[pid] { supervisorEnded(id, end) }
            if let id = mails.supervisors.removeValue(forKey: pid) { sendmailEnded(id) }
        }
    }
}

extension RunEnd {
    /// What is said of a run whose supervisor has ended without a result.
    ///
    /// - Parameters:
    ///   - pid: the supervisor's; nil where that is not known.
    ///   - end: how it ended; nil where it was not this process's child.
    static func supervisorLost(_ pid: Int32?, _ end: ProcessEnd?) -> String {
        let supervisor = pid.map { "its supervisor, process \($0)," } ?? "its supervisor"
        let fate =
            switch end {
            case .signaled(let number): "was killed by signal \(number)"
            case .exited(let code): "exited with code \(code)"
            case nil: "went away"
            }
        return "\(supervisor) \(fate) before it wrote a result; if nobody did that, look for the kernel's OOM killer "
            + "in `journalctl -k`"
    }
}
