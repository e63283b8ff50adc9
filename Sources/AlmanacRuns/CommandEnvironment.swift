import AlmanacCalendar
import AlmanacModel
import AlmanacRunProtocol

/// The environment of a run's command. Where a name comes from several places, the later counts: the base, `env_file` and
/// `env`, parameters, secrets, Almanac's own.
struct CommandEnvironment {
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
    static let daemonVariables: Set = [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
        "INVOCATION_ID", "JOURNAL_STREAM", "MAINPID", "FDSTORE",
    ]
}
