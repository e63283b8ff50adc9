import AlmanacRunProtocol
import CLinux
import Glibc

/// The supervisor of one run, from its process's first instruction to its last.
///
/// The order of its steps makes a kill at any point harmless: lock, log, `started`, command, `result`, and the lock goes with the process.
package enum Supervisor {
    /// Runs `almanac-run FOLDER` and returns its exit status.
    ///
    /// 0: the run has ended and its result is there, or another supervisor has or had the run. 1: the folder is of no use; standard error
    /// says why. 64: the arguments are wrong.
    package static func main(arguments: [String]) -> Int32 {
        guard arguments.count == 2, !arguments[1].isEmpty else {
            complain("usage: almanac-run FOLDER")
            return 64
        }
        Kernel.dropInheritedDescriptors()
        // Fails for the leader of a group only, which has nothing to leave.
        setsid()
        guard let signals = Kernel.blockSignals() else {
            complain("almanac-run: cannot wait for signals: \(describe(errno: errno))")
            return 1
        }
        guard clinux_become_subreaper() == 0 else {
            complain("almanac-run: cannot adopt orphans: \(describe(errno: errno))")
            return 1
        }
        do throws(RunFileError) {
            let folder = try absoluteFolder(arguments[1])
            guard let lock = try RunLock.acquire(folder) else { return 0 }
            guard !exists(folder.startedPath), !exists(folder.resultPath) else { return 0 }
            guard exists(folder.specPath) else {
                // Another supervisor has run it, and the daemon has put the folder in order since: it writes the spec
                // before it starts a supervisor, and removes it before the marks above.
                unsafe unlink(folder.lockPath)
                return 0
            }
            Kernel.closeStandardDescriptors()
            unsafe chdir("/")
            return supervise(folder, signals, holding: lock)
        } catch {
            complain("almanac-run: \(error)")
            return 1
        }
    }

    /// What the daemon wants when it sends SIGTERM: what the file `stop` says, or a plain stop where there is none.
    static func stopRequest(_ folder: RunFolder, senderPID: UInt32) -> RunStopRequest {
        do throws(RunFileError) {
            if let request = try RunStopRequest.read(in: folder) { return request }
            let sender = senderPID == 0 ? "a signal" : "a signal from process \(senderPID)"
            return RunStopRequest(reason: .stopped, message: "\(sender) asked the supervisor to end the run")
        } catch {
            return RunStopRequest(reason: .stopped, message: "the request to stop cannot be read: \(error)")
        }
    }

    // MARK: The run

    private static func supervise(_ folder: RunFolder, _ signals: Int32, holding lock: borrowing RunLock) -> Int32 {
        let spec: RunSpec
        let log: LogFile
        do throws(LaunchError) {
            spec = try readSpec(folder)
            log = try openLog(folder)
            try recordStart(folder)
        } catch {
            return write(failure(error.message), folder)
        }
        if let request = requestBeforeStart(folder, signals) {
            return write(stoppedBeforeStart(request), folder)
        }
        let startedNanosecondsSinceEpoch = Kernel.nanosecondsSinceEpoch
        let startedAt = Kernel.monotonicNanoseconds
        let (controlGroup, shortcoming) = enterControlGroup(spec)
        let command: Command
        do throws(LaunchError) {
            command = try start(spec, in: controlGroup, folder)
        } catch {
            return write(failure(error.message), folder)
        }
        var loop = RunLoop(
            folder,
            spec,
            command: command.pid,
            startedAt: startedAt,
            signals: signals,
            controlGroup: controlGroup,
            capture: OutputCapture(
                output: command.output,
                error: command.error,
                log: RunOutput(
                    log: LogWriter(log, limit: spec.logLimit),
                    journal: spec.logsToJournal ? RunJournal(spec) : nil
                )
            )
        )
        if let shortcoming { loop.report(shortcoming) }
        let ending = loop.run()
        let usage = childrenUsage()
        let groupUsage = controlGroup?.usage
        if let excess = groupUsage.flatMap({ excess($0, spec.limits) }) { loop.report(excess) }
        var result = RunResult(
            outcome: ending.outcome,
            exitCode: ending.exitCode,
            startedNanosecondsSinceEpoch: startedNanosecondsSinceEpoch,
            endedNanosecondsSinceEpoch: Kernel.nanosecondsSinceEpoch,
            elapsedNanoseconds: Kernel.monotonicNanoseconds - startedAt,
            cpuNanoseconds: groupUsage?.cpuNanoseconds ?? usage.cpuNanoseconds,
            maxRSSBytes: groupUsage?.memoryPeakBytes ?? usage.maxRSSBytes,
            endedDescendants: ending.endedDescendants,
            killed: ending.killed
        )
        // A log that cannot be written now may be a moment later; but no run waits for it longer than this.
        for _ in 0..<10 where !loop.finishLog() { pauseBeforeRetry() }
        let loss = loop.loss
        result.lostLogBytes = loss.byteCount
        result.message = [groupUsage.flatMap { excess($0, spec.limits) }, loss.message].reduce(ending.message) {
            message,
            more in
            more.map { sentences(message, $0) } ?? message
        }
        return write(result, folder)
    }

    private static func readSpec(_ folder: RunFolder) throws(LaunchError) -> RunSpec {
        do throws(RunFileError) {
            if let spec = try RunSpec.read(in: folder) { return spec }
        } catch {
            throw LaunchError(message: "cannot read what to run: \(error)")
        }
        throw LaunchError(message: "cannot read what to run: \(folder.specPath) is not there")
    }

    private static func openLog(_ folder: RunFolder) throws(LaunchError) -> LogFile {
        do throws(SystemError) {
            return try LogFile(folder)
        } catch {
            let place = error.errno == EISDIR || error.errno == ELOOP ? "; remove what is in the log's place" : ""
            throw LaunchError(
                message: "cannot open the log \(folder.logPath): \(explain(errno: error.errno))\(place)"
            )
        }
    }

    private static func recordStart(_ folder: RunFolder) throws(LaunchError) {
        let started = RunStarted(
            supervisorPID: getpid(),
            nanosecondsSinceEpoch: Kernel.nanosecondsSinceEpoch,
            bootID: RunStarted.currentBootID
        )
        do throws(RunFileError) {
            try folder.synchronizeName()
            try started.write(in: folder)
        } catch {
            throw LaunchError(message: "cannot record the start: \(error)")
        }
    }

    /// The wish to stop that came before the command was started; nil for none.
    private static func requestBeforeStart(_ folder: RunFolder, _ signals: Int32) -> RunStopRequest? {
        var sender: UInt32?
        var signal = signalfd_siginfo()
        while unsafe read(signals, &signal, MemoryLayout<signalfd_siginfo>.size) > 0 {
            if signal.ssi_signo == UInt32(SIGTERM) { sender = signal.ssi_pid }
        }
        guard sender != nil || exists(folder.stopPath) else { return nil }
        return stopRequest(folder, senderPID: sender ?? 0)
    }

    /// The started command, and the read ends of its pipes; -1 for the errors where they go into the output.
    private struct Command {
        let pid: Int32
        let output: Int32
        let error: Int32
    }

    /// Makes the run's cgroup and enters it. A run goes on without one, and its log says so.
    private static func enterControlGroup(_ spec: RunSpec) -> (group: RunControlGroup?, shortcoming: String?) {
        guard let path = spec.controlGroup else { return (nil, nil) }
        let group = RunControlGroup(path: path)
        do throws(RunFileError) {
            try group.create()
            try group.enter()
        } catch {
            return (nil, "the run has no cgroup of its own, and no limits: \(error)")
        }
        do throws(RunFileError) {
            try group.apply(spec.limits)
        } catch {
            return (group, "a limit of the run is not kept: \(error)")
        }
        return (group, nil)
    }

    /// What the kernel has refused or ended because of the run's limits, as a sentence; nil for nothing.
    private static func excess(_ usage: RunControlGroup.Usage, _ limits: ResourceLimits) -> String? {
        if let limit = limits.memoryMax, usage.outOfMemoryKills > 0 {
            return "the kernel killed \(usage.outOfMemoryKills) of its processes to keep memory_max = \(limit) bytes"
        }
        if let limit = limits.tasksMax, usage.refusedTasks > 0 {
            return "\(usage.refusedTasks) processes or threads were refused to keep tasks_max = \(limit)"
        }
        return nil
    }

    private static func start(
        _ spec: RunSpec,
        in controlGroup: RunControlGroup?,
        _ folder: RunFolder
    ) throws(LaunchError) -> Command {
        var group: Int32?
        if let path = controlGroup?.commandProcessesPath {
            let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { throw LaunchError(message: "cannot open \(path): \(describe(errno: errno))") }
            group = file
        }
        defer { if let group { close(group) } }
        guard let input = Kernel.input(spec) else {
            throw LaunchError(message: "cannot open the standard input: \(explain(errno: errno))")
        }
        defer { close(input) }
        guard let output = Kernel.pipe() else {
            throw LaunchError(message: "cannot make a pipe: \(explain(errno: errno))")
        }
        defer { close(output.write) }
        var error: (read: Int32, write: Int32)?
        defer { if let error { close(error.write) } }
        if !spec.mergesErrors {
            error = Kernel.pipe()
            if error == nil { throw LaunchError(message: "cannot make a pipe: \(explain(errno: errno))") }
        }
        var mark = spec.loginUserID.map { user in
            RunMark(bootID: RunStarted.currentBootID, auditSession: AuditSession.begin(userID: user))
        }
        let pid = try CommandLauncher.launch(
            spec,
            CommandLauncher.Descriptors(
                input: input,
                output: output.write,
                error: error?.write ?? output.write,
                controlGroup: group
            )
        )
        mark?.note(command: pid, output: output.read)
        // Without it, a run whose supervisor is killed may leave processes behind; that is no reason not to run it.
        try? mark?.write(in: folder, durability: .atomic)
        return Command(pid: pid, output: output.read, error: error?.read ?? -1)
    }

    // MARK: The result

    private static func failure(_ message: String) -> RunResult {
        RunResult(
            outcome: .startFailed(message: message),
            exitCode: -1,
            startedNanosecondsSinceEpoch: nil,
            endedNanosecondsSinceEpoch: Kernel.nanosecondsSinceEpoch,
            message: message
        )
    }

    private static func stoppedBeforeStart(_ request: RunStopRequest) -> RunResult {
        RunResult(
            outcome: .stopped(reason: request.reason),
            exitCode: -1,
            startedNanosecondsSinceEpoch: nil,
            endedNanosecondsSinceEpoch: Kernel.nanosecondsSinceEpoch,
            message: sentences(request.message, "the command had not been started")
        )
    }

    /// Writes the result, for as long as it takes: a disk has room again some day, and until then the lock says that the run is not over.
    private static func write(_ result: RunResult, _ folder: RunFolder) -> Int32 {
        while true {
            do throws(RunFileError) {
                try result.write(in: folder)
                return 0
            } catch {
                // Without the folder there is nobody left to tell.
                if error.errno == ENOENT || error.errno == ENOTDIR { return 1 }
            }
            pauseBeforeRetry()
        }
    }

    private static func pauseBeforeRetry() {
        var pause = timespec(tv_sec: 1, tv_nsec: 0)
        unsafe nanosleep(&pause, nil)
    }

    /// What all reaped descendants have used.
    private static func childrenUsage() -> (cpuNanoseconds: Int64, maxRSSBytes: Int64) {
        var usage = rusage()
        guard unsafe getrusage(RUSAGE_CHILDREN.rawValue, &usage) == 0 else { return (0, 0) }
        let seconds = Int64(usage.ru_utime.tv_sec) + Int64(usage.ru_stime.tv_sec)
        let microseconds = Int64(usage.ru_utime.tv_usec) + Int64(usage.ru_stime.tv_usec)
        return (seconds * 1_000_000_000 + microseconds * 1000, Int64(usage.ru_maxrss) * 1024)
    }

    // MARK: The start

    private static func absoluteFolder(_ path: String) throws(RunFileError) -> RunFolder {
        if path.hasPrefix("/") { return RunFolder(path: path) }
        guard let current = unsafe getcwd(nil, 0) else {
            throw RunFileError(path: path, cause: .system(call: "getcwd", errno: errno))
        }
        defer { unsafe free(current) }
        return RunFolder(path: unsafe "\(String(cString: current))/\(path)")
    }

    private static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    private static func complain(_ text: String) {
        var line = text + "\n"
        _ = line.withUTF8 { bytes in
            unsafe Glibc.write(2, bytes.baseAddress, bytes.count)
        }
    }
}
