import AlmanacRunProtocol
import CLinux
import Glibc

/// The life of a supervisor from the command's start to the end of its last descendant: waits, asks the machine, does what it says.
struct RunLoop: ~Copyable {
    private let folder: RunFolder
    private let command: Int32
    private let signals: Int32
    private let endsWhenFull: Bool
    private let commandEndPath: String?
    private let controlGroup: RunControlGroup?
    private var machine: SupervisorMachine
    private var capture: OutputCapture
    private var commandIsReaped = false
    private var ending: SupervisorMachine.Ending?

    /// `signals` is the descriptor of `Kernel.blockSignals`.
    init(
        _ folder: RunFolder,
        _ spec: RunSpec,
        command: Int32,
        startedAt: Int64,
        signals: Int32,
        controlGroup: RunControlGroup?,
        capture: consuming OutputCapture
    ) {
        self.folder = folder
        self.command = command
        self.signals = signals
        self.controlGroup = controlGroup
        commandEndPath = spec.commandEndPath
        endsWhenFull = spec.logLimit?.policy == .killTask
        machine = SupervisorMachine(spec: spec, now: startedAt)
        self.capture = capture
    }

    /// The bytes of output that are not in the log, and why.
    var loss: (byteCount: Int64, message: String?) { capture.loss }

    /// Runs until all processes are gone and all of their output is in the log, which is not durable yet; returns how it ended.
    mutating func run() -> SupervisorMachine.Ending {
        while true {
            if let ending {
                capture.drain()
                return ending
            }
            let ready = wait()
            let now = Kernel.monotonicNanoseconds
            if ready.output { capture.readOutput(at: now) }
            if ready.error { capture.readError(at: now) }
            if ready.journal { capture.sendToJournal() }
            if ready.signals { readSignals(at: now) }
            capture.timePassed(at: now)
            if endsWhenFull, capture.isFull { perform(.logFull, at: now) }
            perform(.timePassed, at: now)
        }
    }

    /// Adds a line of the supervisor's own to the log.
    mutating func report(_ text: String) {
        capture.report(text, at: Kernel.monotonicNanoseconds)
    }

    /// Makes the log durable; false where that has failed and may yet succeed.
    mutating func finishLog() -> Bool {
        capture.finishLog()
    }

    /// Waits for a signal, output or the next deadline.
    private func wait() -> (output: Bool, error: Bool, signals: Bool, journal: Bool) {
        let descriptors = capture.descriptors
        var polled = (
            pollfd(fd: descriptors.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptors.error, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            pollfd(fd: capture.awaitedDescriptor, events: Int16(POLLOUT), revents: 0)
        )
        let count = unsafe withUnsafeMutableBytes(of: &polled) { bytes in
            unsafe poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 4, timeoutMilliseconds())
        }
        guard count > 0 else { return (false, false, false, false) }
        return (polled.0.revents != 0, polled.1.revents != 0, polled.2.revents != 0, polled.3.revents != 0)
    }

    /// The time until the next deadline, rounded up; -1 where there is none.
    private func timeoutMilliseconds() -> Int32 {
        guard let deadline = [machine.deadline, capture.deadline].compactMap(\.self).min() else { return -1 }
        let rest = max(0, deadline - Kernel.monotonicNanoseconds)
        return Int32(min(rest / 1_000_000 + (rest % 1_000_000 > 0 ? 1 : 0), Int64(Int32.max)))
    }

    private mutating func readSignals(at now: Int64) {
        var signal = signalfd_siginfo()
        var childrenChanged = false
        while unsafe read(signals, &signal, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size
        {
            if signal.ssi_signo == UInt32(SIGTERM) {
                perform(.stopRequested(Supervisor.stopRequest(folder, senderPID: signal.ssi_pid)), at: now)
            } else {
                childrenChanged = true
            }
        }
        if childrenChanged { reap(at: now) }
    }

    /// Reaps all children that have ended: the command, and the orphans among its descendants, whose new parent this process is.
    private mutating func reap(at now: Int64) {
        var commandStatus: CommandStatus?
        var status: Int32 = 0
        while true {
            let pid = unsafe waitpid(-1, &status, WNOHANG)
            if pid < 0, errno == EINTR { continue }
            // Once reaped, its number may come again, for one of its descendants even.
            if pid == command, !commandIsReaped {
                commandStatus =
                    clinux_wifsignaled(status) != 0
                    ? .signaled(number: clinux_wtermsig(status)) : .exited(code: clinux_wexitstatus(status))
                commandIsReaped = true
            }
            if pid > 0 { continue }
            // 0: some children live. ECHILD: there are none, so there are no descendants, since an orphan would be a child.
            if let commandStatus {
                // What it has written is in the log before anything is told of its end.
                capture.readOutput(at: now)
                capture.readError(at: now)
                perform(.commandEnded(commandStatus, descendantsRemain: pid == 0), at: now)
            } else if pid < 0, commandIsReaped {
                perform(.allGone, at: now)
            }
            return
        }
    }

    /// Nothing hangs on it but when the daemon learns of the end.
    private func tellCommandEnd() {
        guard let commandEndPath else { return }
        let file = unsafe open(commandEndPath, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if file >= 0 { close(file) }
    }

    private mutating func perform(_ event: SupervisorMachine.Event, at now: Int64) {
        for action in machine.handle(event, at: now) {
            switch action {
            case .signalGroup(let signal):
                kill(-command, signal)
            case .signalAll(let signal):
                // At once and for all, where the kernel can; the processes that have left the group's tree are few.
                if signal == SIGKILL { try? controlGroup?.killCommand() }
                ProcessTable.send(signal, toDescendantsOf: getpid())
            case .report(let text):
                capture.report(text, at: now)
            case .tellCommandEnd:
                tellCommandEnd()
            case .finish(let ending):
                self.ending = ending
            }
        }
    }
}
