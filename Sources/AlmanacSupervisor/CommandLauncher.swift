import AlmanacRunProtocol
import CLinux
import Glibc

/// The steps between fork and exec that can fail, in their order.
enum LaunchStep: Int32 {
    case session = 1
    case descriptors
    case controlGroup
    case nice
    case groups
    case groupID
    case userID
    case workingDirectory
    case deathSignal
    case signalMask
    case execute
}

/// Why a command could not be started, as a sentence.
struct LaunchError: Error, Hashable {
    let message: String
}

/// Starts a command as its spec says: in a session of its own, with its user, folder and descriptors.
enum CommandLauncher {
    /// The descriptors that become the command's 0, 1 and 2. All are above 2 and close-on-exec.
    struct Descriptors {
        let input: Int32
        let output: Int32
        let error: Int32
        /// What the command writes `0` to in order to enter its cgroup; nil where it has none of its own.
        var controlGroup: Int32?
    }

    /// Forks and executes, and returns the command's process id once the new program is in place.
    ///
    /// The caller has all signals blocked and is a single thread.
    static func launch(_ spec: RunSpec, _ descriptors: Descriptors) throws(LaunchError) -> Int32 {
        try refuseNUL(spec)
        var failurePipe: (read: Int32, write: Int32) = (-1, -1)
        guard makePipe(&failurePipe) else {
            throw LaunchError(message: "cannot make a pipe: \(explain(errno: errno))")
        }
        // All that the child needs is allocated here: it makes nothing but system calls.
        let argv = CStringArray(spec.argv)
        let environment = CStringArray(spec.environment)
        // Where one may be missing, the next is tried: those after the first are cron's.
        let folders = CStringArray([spec.workingDirectory] + (spec.fallbackDirectory.map { [$0, "/"] } ?? []))
        let groups = spec.identity?.supplementaryGroupIDs ?? []
        let supervisor = getpid()
        let failure = failurePipe.write

        let pid = fork()
        if pid == 0 {
            let step = unsafe prepareChild(spec, descriptors, groups, folders.strings, supervisor)
            var report = (step.rawValue, errno)
            if step == .execute {
                unsafe execve(argv.strings[0]!, argv.strings, environment.strings)
                report = (step.rawValue, errno)
            }
            _ = unsafe write(failure, &report, MemoryLayout.size(ofValue: report))
            _exit(127)
        }
        let forkError = errno
        close(failurePipe.write)
        defer { close(failurePipe.read) }
        guard pid > 0 else { throw LaunchError(message: "cannot make a process: \(explain(errno: forkError))") }

        var report: (step: Int32, error: Int32) = (0, 0)
        var count: Int
        repeat {
            count = unsafe read(failurePipe.read, &report, MemoryLayout.size(ofValue: report))
        } while count < 0 && errno == EINTR
        guard count == MemoryLayout.size(ofValue: report), let step = LaunchStep(rawValue: report.step) else {
            return pid
        }
        waitpid(pid, nil, 0)
        let remedy = remedy(step, errno: report.error).map { "; \($0)" } ?? ""
        throw LaunchError(message: "\(sentence(step, spec)): \(explain(errno: report.error))\(remedy)")
    }

    /// The child's way from fork to exec; returns the step that failed with errno set, or `execute` when all is ready for it.
    private static func prepareChild(
        _ spec: RunSpec,
        _ descriptors: Descriptors,
        _ groups: [gid_t],
        _ folders: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
        _ supervisor: pid_t
    ) -> LaunchStep {
        guard setsid() >= 0 else { return .session }
        guard dup2(descriptors.input, 0) == 0, dup2(descriptors.output, 1) == 1, dup2(descriptors.error, 2) == 2 else {
            return .descriptors
        }
        if let group = descriptors.controlGroup {
            var zero = UInt8(ascii: "0")
            guard unsafe write(group, &zero, 1) == 1 else { return .controlGroup }
        }
        if let mask = spec.umask { _ = umask(mask) }
        if let nice = spec.nice {
            guard setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, nice) == 0 else { return .nice }
        }
        if let openFiles = spec.openFiles { restoreDescriptorLimit(openFiles) }
        if let identity = spec.identity {
            guard unsafe groups.withUnsafeBufferPointer({ unsafe setgroups($0.count, $0.baseAddress) }) == 0 else {
                return .groups
            }
            guard setgid(identity.groupID) == 0 else { return .groupID }
            guard setuid(identity.userID) == 0 else { return .userID }
        }
        guard unsafe enterFirst(of: folders) else { return .workingDirectory }
        // A change of the user clears the death signal, so it comes after it. PR_SET_PDEATHSIG(2const)
        guard clinux_set_parent_death_signal(SIGKILL) == 0 else { return .deathSignal }
        if getppid() != supervisor { _exit(127) }
        for signal in 1...lastSignal { _ = clinux_signal_default(signal) }
        var empty = sigset_t()
        guard unsafe sigemptyset(&empty) == 0, unsafe sigprocmask(SIG_SETMASK, &empty, nil) == 0 else {
            return .signalMask
        }
        return .execute
    }

    /// Gives the command as many descriptors as it would have without a daemon. It cannot fail, for it only takes.
    private static func restoreDescriptorLimit(_ openFiles: UInt64) {
        var (present, highest): (UInt64, UInt64) = (0, 0)
        guard unsafe clinux_get_descriptor_limit(&present, &highest) == 0, present > openFiles else { return }
        _ = clinux_set_descriptor_limit(openFiles, highest)
    }

    /// Enters the first folder that can be entered; errno is that of the last one.
    private static func enterFirst(of folders: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Bool {
        var index = 0
        while let folder = unsafe folders[index] {
            if unsafe chdir(folder) == 0 { return true }
            index += 1
        }
        return false
    }

    private static func sentence(_ step: LaunchStep, _ spec: RunSpec) -> String {
        switch step {
        case .session: "cannot make a session"
        case .descriptors: "cannot connect the command's output"
        case .controlGroup: "cannot enter the cgroup \(spec.controlGroup ?? "")/command"
        case .nice: "cannot set the nice value to \(spec.nice ?? 0)"
        case .groups: "cannot take the groups of user \(spec.identity?.userID ?? 0)"
        case .groupID: "cannot become group \(spec.identity?.groupID ?? 0)"
        case .userID: "cannot become user \(spec.identity?.userID ?? 0)"
        case .workingDirectory: "cannot enter \(spec.workingDirectory)"
        case .deathSignal: "cannot bind the command to its supervisor"
        case .signalMask: "cannot unblock signals"
        case .execute: "cannot start \(spec.argv[0])"
        }
    }

    /// What to do about a failed step, where that depends on the step; nil where there is nothing to say.
    private static func remedy(_ step: LaunchStep, errno: Int32) -> String? {
        switch (step, errno) {
        case (.execute, ENOENT), (.execute, ENOTDIR), (.execute, EACCES), (.execute, ENOEXEC):
            "`shell` has to name a program that the run's user may execute"
        case (.execute, E2BIG):
            "a file takes what arguments and variables cannot"
        case (.workingDirectory, ENOENT), (.workingDirectory, ENOTDIR), (.workingDirectory, EACCES):
            "`working_dir` has to name a folder that the run's user may enter"
        case (.groups, _), (.groupID, _), (.userID, _):
            "`user` has to name one that the daemon may become: it has to be root, in a namespace that has that user"
        case (.nice, _):
            "`nice` may be below the daemon's own for root alone"
        default: nil
        }
    }

    /// A C string ends at its first NUL: rather than run something else, refuse.
    private static func refuseNUL(_ spec: RunSpec) throws(LaunchError) {
        if let index = spec.argv.firstIndex(where: \.containsNUL) {
            throw LaunchError(message: "cannot start \(spec.argv[0]): its argument \(index) has a NUL byte in it")
        }
        if let index = spec.environment.firstIndex(where: \.containsNUL) {
            throw LaunchError(message: "cannot start \(spec.argv[0]): its variable \(index + 1) has a NUL byte in it")
        }
        for folder in [spec.workingDirectory, spec.fallbackDirectory].compactMap(\.self) where folder.containsNUL {
            throw LaunchError(message: "cannot enter \(folder): its name has a NUL byte in it")
        }
    }

    private static func makePipe(_ pipe: inout (read: Int32, write: Int32)) -> Bool {
        unsafe withUnsafeMutableBytes(of: &pipe) { bytes in
            unsafe clinux_pipe2(bytes.assumingMemoryBound(to: Int32.self).baseAddress, O_CLOEXEC) == 0
        }
    }
}

/// The last signal's number; SIGRTMAX itself is a function's result behind a macro.
private let lastSignal: Int32 = 64

/// C strings in an array with a null pointer at its end, as execve(2) takes them.
@safe
private struct CStringArray: ~Copyable {
    let strings: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ values: [ByteString]) {
        count = values.count
        unsafe strings = .allocate(capacity: count + 1)
        for (index, value) in values.enumerated() {
            let string = UnsafeMutablePointer<CChar>.allocate(capacity: value.bytes.count + 1)
            for (offset, byte) in value.bytes.enumerated() {
                unsafe string[offset] = CChar(bitPattern: byte)
            }
            unsafe string[value.bytes.count] = 0
            unsafe strings.advanced(by: index).initialize(to: string)
        }
        unsafe strings.advanced(by: count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe strings[index]?.deallocate() }
        unsafe strings.deallocate()
    }
}
