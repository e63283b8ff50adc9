/// How a task's command is run: everything about its process that is not the command itself.
package struct CommandSettings: Hashable, Sendable {
    /// What the command inherits.
    package enum EnvironmentBase: String, Sendable, CaseIterable {
        /// The daemon's environment.
        case inherit
        /// PATH, HOME, LOGNAME, USER, SHELL and TZ alone.
        case clean
    }

    /// How a command is started where the keys of its own leave it open, the key `conventions`.
    package enum Conventions: String, Sendable, CaseIterable {
        /// `SHELL -e -c`, the environment of `env_base` with Almanac's own variables, two streams of output; what the command
        /// leaves behind is ended with it.
        case almanac
        /// As cron(8) starts a job: `SHELL -c`, in its user's home folder where it can be entered, with cron's environment
        /// and no variable of Almanac's, its errors in the stream of its output; the run lasts until all of its processes have ended.
        case cron
    }

    /// What happens to output when the log has reached its size.
    package enum LogOnFull: String, Sendable, CaseIterable {
        case dropOld = "drop_old"
        case dropNew = "drop_new"
        case killTask = "kill_task"
    }

    /// Where its output goes.
    package enum LogTarget: String, Sendable, CaseIterable {
        /// The log in the run's folder: the record, which every task has.
        case file
        case journal
    }

    /// The user that the command takes, looked up when the configuration was read.
    package struct Identity: Hashable, Sendable {
        /// As it was written: `user`, `user:group`, names or numbers.
        package var text: String
        package var userName: String
        package var userID: UInt32
        package var groupID: UInt32
        package var supplementaryGroupIDs: [UInt32]
        package var home: String

        package init(
            text: String,
            userName: String,
            userID: UInt32,
            groupID: UInt32,
            supplementaryGroupIDs: [UInt32],
            home: String
        ) {
            self.text = text
            self.userName = userName
            self.userID = userID
            self.groupID = groupID
            self.supplementaryGroupIDs = supplementaryGroupIDs
            self.home = home
        }
    }

    /// The shell's path; nil for `/bin/sh`.
    package var shell: String?
    /// Absolute; nil for the daemon's own.
    package var workingDirectory: String?
    /// 0 to 0o777; nil for the daemon's own.
    package var umask: UInt32?
    /// Nil for the daemon's own user.
    package var identity: Identity?
    package var environmentBase: EnvironmentBase
    /// Of `env`, as far as no `env_file` that counts more has the same name: what may be shown.
    package var environment: [String: String]
    /// Of `env_file`, as far as no `env` that counts more has the same name.
    package var fileEnvironment: [String: String]
    /// Of `secrets` and `secrets_file`: for the command's environment and for nothing else.
    package var secrets: [String: String]
    /// The paths as they were written; the API shows them, their contents never.
    package var environmentFile: String?
    package var secretsFile: String?
    /// -20 to 19; nil for the daemon's own.
    package var nice: Int32?
    /// The signal that asks the command to end.
    package var stopSignal: Int32
    /// The exit codes that count as success.
    package var successExitCodes: Set<Int32>
    /// In bytes; nil for no limit.
    package var logMaxSize: Int64?
    package var logOnFull: LogOnFull
    package var limits: CommandLimits
    /// `file` always is among them.
    package var logTargets: Set<LogTarget>
    package var conventions: Conventions
    /// What the command reads; nil for nothing.
    package var standardInput: String?
    /// Who is told of its runs by mail; nil for nobody.
    package var mail: MailSettings?

    /// 100 MB, what a log may take unless the configuration says otherwise.
    package static let defaultLogMaxSize: Int64 = 100_000_000

    package init(
        shell: String? = nil,
        workingDirectory: String? = nil,
        umask: UInt32? = nil,
        identity: Identity? = nil,
        environmentBase: EnvironmentBase = .inherit,
        environment: [String: String] = [:],
        fileEnvironment: [String: String] = [:],
        secrets: [String: String] = [:],
        environmentFile: String? = nil,
        secretsFile: String? = nil,
        nice: Int32? = nil,
        stopSignal: Int32 = 15,
        successExitCodes: Set<Int32> = [0],
        logMaxSize: Int64? = defaultLogMaxSize,
        logOnFull: LogOnFull = .dropOld,
        limits: CommandLimits = CommandLimits(),
        logTargets: Set<LogTarget> = [.file],
        conventions: Conventions = .almanac,
        standardInput: String? = nil,
        mail: MailSettings? = nil
    ) {
        self.shell = shell
        self.workingDirectory = workingDirectory
        self.umask = umask
        self.identity = identity
        self.environmentBase = environmentBase
        self.environment = environment
        self.fileEnvironment = fileEnvironment
        self.secrets = secrets
        self.environmentFile = environmentFile
        self.secretsFile = secretsFile
        self.nice = nice
        self.stopSignal = stopSignal
        self.successExitCodes = successExitCodes
        self.logMaxSize = logMaxSize
        self.logOnFull = logOnFull
        self.limits = limits
        self.logTargets = logTargets
        self.conventions = conventions
        self.standardInput = standardInput
        self.mail = mail
    }
}
