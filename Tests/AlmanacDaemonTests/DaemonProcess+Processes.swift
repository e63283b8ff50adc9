import AlmanacAPI
import AlmanacRunProtocol
import AlmanacTesting
import Glibc

extension DaemonProcess {
    /// The numbers that a run's command has printed, one a line.
    func numbers(in run: RunResource) -> [Int32] {
        log(of: run).split(separator: "\n").compactMap { Int32($0) }
    }

    /// The daemon's children that have ended and that nobody has reaped.
    var zombies: [Int32] {
        var zombies: [Int32] = []
        _ = ProcessTable.current { process in
            if process.isZombie && process.parentPID == child.pid { zombies.append(process.pid) }
        }
        return zombies
    }
}

/// Whether a process has ended; one that nobody has reaped yet has.
func isGone(_ pid: Int32) -> Bool {
    ProcessStatus.current(of: pid)?.isZombie ?? true
}
