import AlmanacCalendar
package import AlmanacModel
package import AlmanacRunProtocol

extension RunSpec {
    /// What a supervisor is told of a run.
    ///
    /// - Parameters:
    ///   - environment: the daemon's own.
    ///   - workingDirectory: the daemon's own, absolute.
    ///   - controlGroup: the run's own cgroup, to be made; nil where there can be none.
    package init(
        _ run: Run,
        of task: TaskDefinition,
        environment: [String: String],
        workingDirectory: String,
        controlGroup: RunControlGroup? = nil
    ) {
        let settings = task.settings
        let variables = CommandEnvironment(run, of: task, daemon: environment).variables
        self.init(
            runID: run.id.description,
            taskName: task.name,
            argv: CommandLine(run, of: task).arguments.map { ByteString($0) },
            environment: variables.sorted { $0.key < $1.key }.map { ByteString("\($0.key)=\($0.value)") },
            workingDirectory: ByteString(settings.workingDirectory ?? workingDirectory),
            umask: settings.umask,
            nice: settings.nice,
            identity: settings.identity.map {
                Identity(
                    userID: $0.userID,
                    groupID: $0.groupID,
                    supplementaryGroupIDs: $0.supplementaryGroupIDs
                )
            },
            timeoutMilliseconds: task.timeout.map(\.wholeMilliseconds),
            stopSignal: settings.stopSignal,
            gracePeriodMilliseconds: task.gracefulStop.wholeMilliseconds,
            logLimit: settings.logMaxSize.map { LogLimit(maxBytes: $0, policy: settings.logOnFull.policy) },
            controlGroup: controlGroup?.path,
            limits: ResourceLimits(
                memoryMax: settings.limits.memoryMax,
                cpuWeight: settings.limits.cpuWeight.map { Int64($0) },
                tasksMax: settings.limits.tasksMax.map { Int64($0) }
            ),
            logsToJournal: settings.logTargets.contains(.journal)
        )
    }
}

/// The environment of a run's command. Where a name comes from several places, the later counts: the base, `env_file` and
/// `env`, parameters, secrets, Almanac's own.
private struct CommandEnvironment {
    private(set) var variables: [String: String]

    init(_ run: Run, of task: TaskDefinition, daemon: [String: String]) {
        let settings = task.settings
        switch settings.environmentBase {
        case .inherit: variables = daemon.filter { !Self.daemonVariables.contains($0.key) }
        case .clean: variables = daemon.filter { Self.cleanVariables.contains($0.key) }
        }
        if settings.environmentBase == .clean {
            variables["PATH"] = variables["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            variables["SHELL"] = settings.shell ?? "/bin/sh"
        }
        if let identity = settings.identity {
            variables["HOME"] = identity.home
            variables["USER"] = identity.userName
            variables["LOGNAME"] = identity.userName
        }
        variables.merge(settings.fileEnvironment) { $1 }
        variables.merge(settings.environment) { $1 }
        for parameter in task.parameters where parameter.kind == .env {
            if let value = run.params[parameter.key] { variables[parameter.key] = value }
        }
        variables.merge(settings.secrets) { $1 }
        variables[RunProcesses.variable] = run.id.description
        variables["ALMANAC_TASK"] = task.name
        variables["ALMANAC_TRIGGER"] = run.trigger.rawValue
        variables["ALMANAC_ATTEMPT"] = "\(run.retryAttempt)"
        variables["ALMANAC_SCHEDULED_AT"] = run.scheduled?.at.description
        variables["ALMANAC_TICK"] = run.scheduled?.tick?.description
    }

    /// What `env_base = "clean"` leaves of the daemon's environment.
    private static let cleanVariables: Set = ["PATH", "HOME", "LOGNAME", "USER", "TZ"]

    /// What the service manager says to the daemon alone.
    private static let daemonVariables: Set = [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
        "INVOCATION_ID", "JOURNAL_STREAM", "MAINPID", "FDSTORE",
    ]
}

/// The program and the arguments of a run's command.
private struct CommandLine {
    private(set) var arguments: [String]

    init(_ run: Run, of task: TaskDefinition) {
        let shell = task.settings.shell ?? "/bin/sh"
        let isPOSIX = shell.split(separator: "/").last.map { Self.posixShells.contains(String($0)) } ?? false
        var values: [String] = []
        for parameter in task.parameters {
            guard let value = run.params[parameter.key] else { continue }
            switch parameter.kind {
            case .env: break
            case .arg: values.append(value)
            case .option: values += [parameter.key, value]
            case .flag: if value == "true" { values.append(parameter.key) }
            }
        }
        var command = task.command
        if isPOSIX && task.parameters.contains(where: { $0.kind != .env }) && !Self.usesArguments(command) {
            // The values themselves are arguments of the shell; its text only passes them on.
            while command.last?.isWhitespace == true { command.removeLast() }
            command += " \"$@\""
        }
        arguments = [shell] + (isPOSIX ? ["-e", "-c"] : ["-c"]) + [command]
        if !values.isEmpty { arguments += (isPOSIX ? [task.name] : []) + values }
    }

    /// Whether a shell text says for itself where its arguments go.
    private static func usesArguments(_ text: String) -> Bool {
        var previous: Character = " "
        var beforePrevious: Character = " "
        for character in text {
            let isArgument = character == "@" || character == "*" || character == "#" || ("1"..."9").contains(character)
            if isArgument && (previous == "$" || (previous == "{" && beforePrevious == "$")) { return true }
            beforePrevious = previous
            previous = character
        }
        return false
    }

    /// The shells that take `-e -c`.
    private static let posixShells: Set = ["sh", "bash", "dash", "ash", "busybox", "ksh", "mksh", "zsh", "yash"]
}

extension CommandSettings.LogOnFull {
    fileprivate var policy: RunSpec.LogLimit.Policy {
        switch self {
        case .dropOld: .dropOld
        case .dropNew: .dropNew
        case .killTask: .killTask
        }
    }
}

extension Duration {
    /// Rounded up, so that a limit never becomes none.
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let milliseconds = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return seconds * 1000 + milliseconds
    }
}
