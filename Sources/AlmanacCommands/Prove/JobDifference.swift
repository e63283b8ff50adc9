import AlmanacConfig
import AlmanacModel

/// Something of a task that is not as cron has it, apart from its times.
struct JobDifference: Hashable {
    /// The key of `almanac.toml` that is about it.
    let key: String
    let cron: String
    let almanac: String

    /// All differences between what cron does with a line and what is done with a task.
    static func all(between job: CronJob, and task: TaskDefinition, host: ConfigurationHost) -> [JobDifference] {
        let settings = task.settings
        var result: [JobDifference] = []
        func compare(_ key: String, _ cron: String?, _ almanac: String?) {
            guard cron != almanac else { return }
            result.append(JobDifference(key: key, cron: cron ?? "none", almanac: almanac ?? "none"))
        }
        compare("conventions", CommandSettings.Conventions.cron.rawValue, settings.conventions.rawValue)
        compare("run", job.command, task.command)
        compare("stdin", job.standardInput, settings.standardInput)
        compareIdentity(job, settings.identity, host: host, compare)
        compareEnvironment(job, settings, host: host, compare)
        compare("mail_to", job.mailTo, settings.mail?.to)
        if job.mailTo != nil, let mail = settings.mail {
            compare("mail_on", MailSettings.Occasion.output.rawValue, mail.on.rawValue)
        }
        // cron starts a job whether or not the one before still runs, catches up on nothing and ends nothing.
        if task.maxConcurrent < 1024 || task.onOverlap != .queue {
            compare("max_concurrent", "any number", "\(task.maxConcurrent), then \(task.onOverlap.rawValue)")
        }
        compare("catch_up", CatchUpPolicy.skip.rawValue, task.catchUp.rawValue)
        compare("timeout", nil, task.timeout?.readable)
        compare("retry_attempts", "0", "\(task.retry.attempts)")
        compare("jitter", "0s", task.jitter.readable)
        compare("run_on_start", "false", "\(task.runsOnStart)")
        compare("umask", nil, settings.umask.map { String($0, radix: 8) })
        compare("nice", nil, settings.nice.map { "\($0)" })
        compare("memory_max", nil, settings.limits.memoryMax.map { "\($0)" })
        compare("tasks_max", nil, settings.limits.tasksMax.map { "\($0)" })
        compare("cpu_weight", nil, settings.limits.cpuWeight.map { "\($0)" })
        if settings.logOnFull == .killTask { compare("log_on_full", nil, settings.logOnFull.rawValue) }
        return result
    }

    private static func compareIdentity(
        _ job: CronJob,
        _ identity: CommandSettings.Identity?,
        host: ConfigurationHost,
        _ compare: (String, String?, String?) -> Void
    ) {
        guard let account = job.account else { return }
        guard let identity else {
            // A task without a user is the daemon's own.
            compare("user", "\(account.userID)", "\(host.userID)")
            return
        }
        compare("user", "\(account.userID):\(account.groupID)", "\(identity.userID):\(identity.groupID)")
        let groups = (try? host.accounts.groupIDs(ofUser: account.name, with: account.groupID)) ?? []
        compare(
            "user",
            Set(groups).sorted().map(String.init).joined(separator: ","),
            Set(identity.supplementaryGroupIDs).sorted().map(String.init).joined(separator: ",")
        )
    }

    private static func compareEnvironment(
        _ job: CronJob,
        _ settings: CommandSettings,
        host: ConfigurationHost,
        _ compare: (String, String?, String?) -> Void
    ) {
        let account =
            settings.identity.map { (name: $0.userName, home: $0.home) }
            ?? (try? host.accounts.account(withID: host.userID)).map { (name: $0.name, home: $0.home) }
        var environment = ["SHELL": settings.shell ?? "/bin/sh", "PATH": "/usr/bin:/bin"]
        environment["HOME"] = account?.home
        for variables in [settings.fileEnvironment, settings.environment, settings.secrets] {
            environment.merge(variables) { $1 }
        }
        environment["LOGNAME"] = account?.name
        // The values of secrets and of files are shown nowhere.
        let hidden = Set(settings.secrets.keys).union(settings.fileEnvironment.keys)
        for name in Set(environment.keys).union(job.environment.keys).sorted()
        where job.environment[name] != environment[name] {
            compare("env.\(name)", job.environment[name], hidden.contains(name) ? "another value" : environment[name])
        }
        compare("shell", job.environment["SHELL"], settings.shell ?? environment["SHELL"])
        compare("working_dir", job.folder, settings.workingDirectory ?? environment["HOME"])
    }
}
