import AlmanacCalendar
package import AlmanacModel
package import AlmanacRunProtocol

extension RunSpec {
    /// What a supervisor is told of a run.
    ///
    /// - Parameters:
    ///   - environment: the daemon's own.
    ///   - workingDirectory: the daemon's own, absolute.
    ///   - login: what a user's session begins with, for cron's conventions.
    ///   - controlGroup: the run's own cgroup, to be made; nil where there can be none.
    package init(
        _ run: Run,
        of task: TaskDefinition,
        environment: [String: String],
        workingDirectory: String,
        login: LoginSession = LoginSession(),
        controlGroup: RunControlGroup? = nil
    ) {
        let settings = task.settings
        let isCron = settings.conventions == .cron
        let start =
            isCron
            ? CommandStart(likeCron: run, of: task, login: login)
            : CommandStart(run, of: task, environment: environment, workingDirectory: workingDirectory)
        self.init(
            runID: run.id.description,
            taskName: task.name,
            argv: start.arguments,
            environment: start.environment,
            workingDirectory: start.workingDirectory,
            fallbackDirectory: isCron ? "/var/spool/cron" : nil,
            umask: settings.umask,
            nice: settings.nice,
            identity: settings.identity.map { Identity($0) },
            standardInput: settings.standardInput.map { Array($0.utf8) },
            mergesErrors: isCron,
            descendants: isCron ? .await : .end,
            loginUserID: isCron ? settings.identity?.userID ?? login.userID : nil,
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

extension RunSpec.Identity {
    init(_ identity: CommandSettings.Identity) {
        self.init(
            userID: identity.userID,
            groupID: identity.groupID,
            supplementaryGroupIDs: identity.supplementaryGroupIDs
        )
    }
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
