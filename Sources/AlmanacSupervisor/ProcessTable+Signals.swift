import AlmanacRunProtocol
import CLinux
import Glibc

extension ProcessTable {
    /// How often SIGKILL goes over the table in search of processes that were born meanwhile.
    private static let killRounds = 50

    /// Sends a signal to all descendants of `ancestor`.
    ///
    /// /proc lists processes by their numbers, and children mostly have higher ones than their parents: so most processes get the signal
    /// the moment they are found, which leaves them little time to fork. SIGKILL goes on until there is nobody new.
    static func send(_ signal: Int32, toDescendantsOf ancestor: Int32) {
        var signaled: Set<ProcessStatus> = []
        for _ in 0..<(signal == SIGKILL ? killRounds : 1) {
            let countBefore = signaled.count
            var family: Set<Int32> = [ancestor]
            let table = current { process in
                guard family.contains(process.parentPID) else { return }
                family.insert(process.pid)
                if !process.isZombie, signaled.insert(process.identity).inserted { process.send(signal) }
            }
            for process in table.descendants(of: ancestor) where signaled.insert(process.identity).inserted {
                process.send(signal)
            }
            if signaled.count == countBefore { return }
        }
    }
}

extension ProcessStatus {
    /// Sends a signal to this very process, and to none that has got its number since.
    func send(_ signal: Int32) {
        let descriptor = clinux_pidfd_open(pid, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // The descriptor stands for whoever had the number when it was opened: was it still the one that was found?
        guard ProcessStatus.current(of: pid)?.startTime == startTime else { return }
        _ = clinux_pidfd_send_signal(descriptor, signal)
    }
}
