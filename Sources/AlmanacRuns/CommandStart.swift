import AlmanacModel
import AlmanacRunProtocol

/// With what a command is started, and where.
struct CommandStart {
    /// The program, and its arguments.
    let arguments: [ByteString]
    /// Each `KEY=VALUE`, in the order of the keys.
    let environment: [ByteString]
    let workingDirectory: ByteString

    /// By Almanac's own conventions.
    ///
    /// - Parameters:
    ///   - environment: the daemon's own.
    ///   - workingDirectory: the daemon's own, absolute.
    init(_ run: Run, of task: TaskDefinition, environment: [String: String], workingDirectory: String) {
        let shell = task.settings.shell ?? "/bin/sh"
        arguments = CommandLine(run, of: task, shell: shell, stopsAtErrors: true).arguments.map { ByteString($0) }
        let variables = CommandEnvironment(run, of: task, daemon: environment).variables
        self.environment = variables.sorted { $0.key < $1.key }.map { ByteString("\($0.key)=\($0.value)") }
        self.workingDirectory = ByteString(task.settings.workingDirectory ?? workingDirectory)
    }

    /// As cron(8) starts a job: `SHELL -c COMMAND` in HOME, with the variables of the user's session, over them SHELL, HOME, PATH and
    /// LOGNAME, and over those the task's own. LOGNAME stays the user's, whatever the task says.
    init(likeCron run: Run, of task: TaskDefinition, login: LoginSession) {
        let settings = task.settings
        let user = settings.identity.map { ($0.userName, $0.home) } ?? (login.userName, login.home)
        var variables = [
            "SHELL": settings.shell ?? "/bin/sh",
            "HOME": user.1,
            "PATH": "/usr/bin:/bin",
        ]
        variables.merge(settings.fileEnvironment) { $1 }
        variables.merge(settings.environment) { $1 }
        for parameter in task.parameters where parameter.kind == .env {
            if let value = run.params[parameter.key] { variables[parameter.key] = value }
        }
        variables.merge(settings.secrets) { $1 }
        variables["LOGNAME"] = user.0
        let all = login.variables().merging(variables.mapValues { ByteString($0) }) { $1 }
        environment = all.sorted { $0.key < $1.key }.map { key, value in
            ByteString(bytes: Array("\(key)=".utf8) + value.bytes)
        }
        let shell = settings.shell ?? variables["SHELL"] ?? "/bin/sh"
        arguments = CommandLine(run, of: task, shell: shell, stopsAtErrors: false).arguments.map { ByteString($0) }
        workingDirectory = ByteString(settings.workingDirectory ?? variables["HOME"] ?? "/")
    }
}
