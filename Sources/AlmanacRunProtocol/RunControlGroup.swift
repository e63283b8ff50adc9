import Glibc

/// The cgroup (version 2) of one run, below one that the service manager has delegated to the daemon.
///
/// The supervisor is in the group itself, the command and all that comes of it in `command` below: so the limits and the sums are those of the run,
/// and the command can be killed whole without its supervisor. cgroups(7).
package struct RunControlGroup: Hashable, Sendable {
    /// What the kernel has counted for the command and all its descendants.
    package struct Usage: Hashable, Sendable {
        /// User and system time, in nanoseconds.
        package var cpuNanoseconds: Int64?
        /// The most memory at any one time, in bytes; nil without the memory controller, or in a kernel before 5.19.
        package var memoryPeakBytes: Int64?
        /// How many processes the kernel has ended because `memoryMax` could not be kept.
        package var outOfMemoryKills: Int64
        /// How often a process or thread was refused because of `tasksMax`.
        package var refusedTasks: Int64
    }

    /// The absolute path of its folder, with no slash at its end.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// The group of the run `runID`, below `parent`.
    package init(parent: String, runID: String) {
        path = "\(parent)/\(runID)"
    }

    private var commandPath: String { "\(path)/command" }
    /// Whoever writes `0` to it moves to the command's group.
    package var commandProcessesPath: String { "\(commandPath)/cgroup.procs" }

    /// Makes the group; one that is there already is used as it is.
    package func create() throws(RunFileError) {
        for folder in [path, commandPath] where unsafe mkdir(folder, 0o755) != 0 && errno != EEXIST {
            throw RunFileError(path: folder, cause: .system(call: "mkdir", errno: errno))
        }
    }

    /// Moves the calling process into the group.
    package func enter() throws(RunFileError) {
        try write("0", to: "\(path)/cgroup.procs")
    }

    /// Sets the limits that `limits` has; all others stay as they are.
    ///
    /// - Throws: the first failure, after trying all of them: `ENOENT` where the controller is not there.
    package func apply(_ limits: ResourceLimits) throws(RunFileError) {
        var failure: RunFileError?
        let values = [
            ("\(path)/memory.max", limits.memoryMax),
            ("\(path)/cpu.weight", limits.cpuWeight),
            // Of the command alone, so that the supervisor's own process takes nobody's place.
            ("\(path)/pids.max", limits.tasksMax.map { $0 == .max ? $0 : $0 + 1 }),
        ]
        for (file, value) in values {
            guard let value else { continue }
            do throws(RunFileError) { try write("\(value)", to: file) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    /// Sends SIGKILL to every process of the command, all at once, those included that are being born. Linux 5.14.
    package func killCommand() throws(RunFileError) {
        try write("1", to: "\(commandPath)/cgroup.kill")
    }

    /// The same for the supervisor as well.
    package func killAll() throws(RunFileError) {
        try write("1", to: "\(path)/cgroup.kill")
    }

    /// Whether a process of the run lives, its supervisor included.
    package var isPopulated: Bool { value("populated", in: "\(path)/cgroup.events") == 1 }

    /// The processes of the command, those in groups below its own aside.
    package var commandProcesses: [Int32] {
        (text(commandProcessesPath) ?? "").split(separator: "\n").compactMap { Int32($0) }
    }

    /// What has been used up to now.
    package var usage: Usage {
        Usage(
            cpuNanoseconds: value("usage_usec", in: "\(commandPath)/cpu.stat").map { $0 * 1000 },
            memoryPeakBytes: text("\(path)/memory.peak").flatMap { Int64($0.prefix { $0 != "\n" }) },
            outOfMemoryKills: value("oom_kill", in: "\(path)/memory.events") ?? 0,
            refusedTasks: value("max", in: "\(path)/pids.events") ?? 0
        )
    }

    /// Removes the group. It is there for as long as one of its processes lives.
    ///
    /// - Returns: whether it is gone.
    @discardableResult
    package func remove() -> Bool {
        for folder in [commandPath, path] where unsafe rmdir(folder) != 0 && errno != ENOENT { return false }
        return true
    }

    /// The number behind a name, in a file of lines `NAME NUMBER`.
    private func value(_ name: String, in path: String) -> Int64? {
        for line in (text(path) ?? "").split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2, parts[0] == name { return Int64(parts[1]) }
        }
        return nil
    }

    private func text(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = unsafe max(0, read(file, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ text: String, to path: String) throws(RunFileError) {
        let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw RunFileError(path: path, cause: .system(call: "open", errno: errno)) }
        defer { close(file) }
        var text = text
        let count = text.withUTF8 { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw RunFileError(path: path, cause: .system(call: "write", errno: errno)) }
    }
}
