/// What the supervisor is to run, complete: it looks nothing up, not even the environment.
package struct RunSpec: RunFile {
    /// The user that the command runs as. The supervisor keeps the daemon's.
    package struct Identity: Hashable, Sendable {
        package var userID: UInt32
        package var groupID: UInt32
        /// The supplementary groups, which replace those of the daemon.
        package var supplementaryGroupIDs: [UInt32]

        package init(userID: UInt32, groupID: UInt32, supplementaryGroupIDs: [UInt32]) {
            self.userID = userID
            self.groupID = groupID
            self.supplementaryGroupIDs = supplementaryGroupIDs
        }
    }

    /// A bound on the log, in bytes of the log file, time stamps included.
    package struct LogLimit: Hashable, Sendable {
        package enum Policy: String, Hashable, Sendable, CaseIterable {
            /// The oldest output goes: about half of the limit and at most all of it is kept, the newest.
            case dropOld = "drop-old"
            /// What does not fit is not kept.
            case dropNew = "drop-new"
            /// The run ends as `logOverflow`.
            case killTask = "kill-task"
        }

        package var maxBytes: Int64
        package var policy: Policy

        package init(maxBytes: Int64, policy: Policy) {
            self.maxBytes = maxBytes
            self.policy = policy
        }
    }

    /// What becomes of the processes that live when the command itself has ended.
    package enum Descendants: String, Hashable, Sendable, CaseIterable {
        /// They have a moment to go, and are ended then.
        case end
        /// The run goes on until all of them have ended by themselves.
        case await
        /// The run ends, and they go on with nobody to know of them.
        case leave
    }

    package var runID: String
    package var taskName: String
    /// The program's path and its arguments, the first as argument zero too. The path is not searched for in PATH.
    package var argv: [ByteString]
    /// All of the command's environment, each `KEY=VALUE`.
    package var environment: [ByteString]
    package var workingDirectory: ByteString
    /// Where it starts if it cannot enter that one, as cron has it; nil where that is a failure.
    package var fallbackDirectory: ByteString?
    /// The command's file mode creation mask; nil keeps the daemon's.
    package var umask: UInt32?
    /// The command's nice value itself, -20 to 19, not an increment; nil keeps the daemon's.
    package var nice: Int32?
    package var identity: Identity?
    /// What the command reads on its standard input; nil is /dev/null.
    package var standardInput: [UInt8]?
    /// The file that the command reads in its place, opened with the supervisor's rights; nil for none.
    package var standardInputPath: String?
    /// Whether its errors go into the stream of its output, so that the order of the two is kept.
    package var mergesErrors: Bool
    /// What becomes of the processes that the command leaves behind.
    package var descendants: Descendants
    /// The file that is made once the command has ended while the run goes on; nil for none. Its making is what the daemon notices.
    package var commandEndPath: String?
    /// The login user that the kernel's audit knows the command by, as pam_loginuid(8) sets it; nil for the daemon's own.
    ///
    /// It brings the run an audit session of its own, by which its processes are found whatever they do to their environment: `RunMark`.
    package var loginUserID: UInt32?
    /// How long the command may take, in milliseconds of CLOCK_MONOTONIC; nil is for ever.
    package var timeoutMilliseconds: Int64?
    /// The signal that asks the command to end.
    package var stopSignal: Int32
    /// How long the command has between that signal and SIGKILL, in milliseconds; 0 kills at once.
    package var gracePeriodMilliseconds: Int64
    package var logLimit: LogLimit?
    /// The folder of the run's own cgroup, which the supervisor makes; nil where the daemon has none to give.
    package var controlGroup: String?
    /// What is kept by means of that group.
    package var limits: ResourceLimits
    /// How many descriptors the command may have open, as the daemon was allowed when it was started: it has raised its own limit, which
    /// programs that use select(2) do not survive. Nil keeps the supervisor's.
    package var openFiles: UInt64?
    /// Whether the output goes to the journal too. A supervisor that does not know of it keeps the log all the same.
    package var logsToJournal: Bool

    package init(
        runID: String,
        taskName: String,
        argv: [ByteString],
        environment: [ByteString],
        workingDirectory: ByteString,
        fallbackDirectory: ByteString? = nil,
        umask: UInt32? = nil,
        nice: Int32? = nil,
        identity: Identity? = nil,
        standardInput: [UInt8]? = nil,
        standardInputPath: String? = nil,
        mergesErrors: Bool = false,
        descendants: Descendants = .end,
        commandEndPath: String? = nil,
        loginUserID: UInt32? = nil,
        timeoutMilliseconds: Int64? = nil,
        stopSignal: Int32 = 15,
        gracePeriodMilliseconds: Int64 = 5000,
        logLimit: LogLimit? = nil,
        controlGroup: String? = nil,
        limits: ResourceLimits = ResourceLimits(),
        openFiles: UInt64? = nil,
        logsToJournal: Bool = false
    ) {
        self.runID = runID
        self.taskName = taskName
        self.argv = argv
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.fallbackDirectory = fallbackDirectory
        self.umask = umask
        self.nice = nice
        self.identity = identity
        self.standardInput = standardInput
        self.standardInputPath = standardInputPath
        self.mergesErrors = mergesErrors
        self.descendants = descendants
        self.commandEndPath = commandEndPath
        self.loginUserID = loginUserID
        self.timeoutMilliseconds = timeoutMilliseconds
        self.stopSignal = stopSignal
        self.gracePeriodMilliseconds = gracePeriodMilliseconds
        self.logLimit = logLimit
        self.controlGroup = controlGroup
        self.limits = limits
        self.openFiles = openFiles
        self.logsToJournal = logsToJournal
    }
}

extension RunSpec: CustomStringConvertible {
    /// Names the run; what may hold a secret (arguments, environment, input) is not in it, so that no log line shows it by mistake.
    package var description: String { "the spec of run \(runID) of task \(taskName)" }
}

extension RunSpec {
    package static var format: String { "almanac-run-spec" }
    package static func path(in folder: RunFolder) -> String { folder.specPath }

    package func encoded() -> [UInt8] {
        var records = RunRecords()
        records.append("run-id", runID)
        records.append("task", taskName)
        for argument in argv { records.append("argv", argument.bytes) }
        for variable in environment { records.append("env", variable.bytes) }
        records.append("working-directory", workingDirectory.bytes)
        if let fallbackDirectory { records.append("fallback-directory", fallbackDirectory.bytes) }
        records.append("umask", ifPresent: umask)
        records.append("nice", ifPresent: nice)
        if let identity {
            records.append("uid", identity.userID)
            records.append("gid", identity.groupID)
            for group in identity.supplementaryGroupIDs { records.append("group", group) }
        }
        if let standardInput { records.append("stdin", standardInput) }
        records.append("stdin-path", ifPresent: standardInputPath)
        if mergesErrors { records.append("stderr", "stdout") }
        if descendants != .end { records.append("descendants", descendants.rawValue) }
        records.append("command-end-path", ifPresent: commandEndPath)
        records.append("login-uid", ifPresent: loginUserID)
        records.append("timeout-ms", ifPresent: timeoutMilliseconds)
        records.append("stop-signal", stopSignal)
        records.append("grace-ms", gracePeriodMilliseconds)
        if let logLimit {
            records.append("log-max-bytes", logLimit.maxBytes)
            records.append("log-on-full", logLimit.policy.rawValue)
        }
        records.append("cgroup", ifPresent: controlGroup)
        records.append("memory-max", ifPresent: limits.memoryMax)
        records.append("cpu-weight", ifPresent: limits.cpuWeight)
        records.append("tasks-max", ifPresent: limits.tasksMax)
        records.append("open-files", ifPresent: openFiles)
        if logsToJournal { records.append("log-to", "journal") }
        return records.encoded(format: Self.format, version: Self.version)
    }

    package init(decoding bytes: [UInt8]) throws(RunFormatError) {
        let records = try RunRecords(decoding: bytes, format: Self.format, version: Self.version)
        let argv = records.values("argv").map(ByteString.init(bytes:))
        guard !argv.isEmpty else { throw .missing(field: "argv") }
        self.init(
            runID: try records.require(records.text("run-id"), "run-id"),
            taskName: try records.require(records.text("task"), "task"),
            argv: argv,
            environment: records.values("env").map(ByteString.init(bytes:)),
            workingDirectory: ByteString(
                bytes: try records.require(records.value("working-directory"), "working-directory")
            ),
            fallbackDirectory: records.value("fallback-directory").map(ByteString.init(bytes:)),
            umask: try records.integer("umask"),
            nice: try records.integer("nice"),
            identity: try Self.identity(records),
            standardInput: records.value("stdin"),
            standardInputPath: records.text("stdin-path"),
            mergesErrors: records.text("stderr") == "stdout",
            descendants: try Self.descendants(records),
            commandEndPath: records.text("command-end-path"),
            loginUserID: try records.integer("login-uid"),
            timeoutMilliseconds: try records.integer("timeout-ms"),
            stopSignal: try records.require(records.integer("stop-signal"), "stop-signal"),
            gracePeriodMilliseconds: try records.require(records.integer("grace-ms"), "grace-ms"),
            logLimit: try Self.logLimit(records),
            controlGroup: records.text("cgroup"),
            limits: ResourceLimits(
                memoryMax: try records.integer("memory-max"),
                cpuWeight: try records.integer("cpu-weight"),
                tasksMax: try records.integer("tasks-max")
            ),
            openFiles: try records.integer("open-files"),
            logsToJournal: records.text("log-to") == "journal"
        )
        guard (1...64).contains(stopSignal) else { throw .invalid(field: "stop-signal", value: "\(stopSignal)") }
        guard gracePeriodMilliseconds >= 0 else {
            throw .invalid(field: "grace-ms", value: "\(gracePeriodMilliseconds)")
        }
        if let timeoutMilliseconds, timeoutMilliseconds <= 0 {
            throw .invalid(field: "timeout-ms", value: "\(timeoutMilliseconds)")
        }
    }

    private static func descendants(_ records: RunRecords) throws(RunFormatError) -> Descendants {
        guard let name = records.text("descendants") else { return .end }
        guard let descendants = Descendants(rawValue: name) else { throw .invalid(field: "descendants", value: name) }
        return descendants
    }

    private static func identity(_ records: RunRecords) throws(RunFormatError) -> Identity? {
        guard let user: UInt32 = try records.integer("uid") else { return nil }
        return Identity(
            userID: user,
            groupID: try records.require(records.integer("gid"), "gid"),
            supplementaryGroupIDs: try records.integers("group")
        )
    }

    private static func logLimit(_ records: RunRecords) throws(RunFormatError) -> LogLimit? {
        guard let maxBytes: Int64 = try records.integer("log-max-bytes") else { return nil }
        guard maxBytes > 0 else { throw .invalid(field: "log-max-bytes", value: "\(maxBytes)") }
        let name = try records.require(records.text("log-on-full"), "log-on-full")
        guard let policy = LogLimit.Policy(rawValue: name) else { throw .invalid(field: "log-on-full", value: name) }
        return LogLimit(maxBytes: maxBytes, policy: policy)
    }
}
