import AlmanacCalendar

extension TaskDefinition {
    /// The keys in which this definition is another than an earlier one of the same task, as the configuration names them.
    package func differences(from other: TaskDefinition) -> [String] {
        let zone = schedule?.schedule.zone.id
        let otherZone = other.schedule?.schedule.zone.id
        let isZoneInText = (schedule?.namesZoneInText ?? false) || (other.schedule?.namesZoneInText ?? false)
        let keys: [(String, Bool)] = [
            ("run", command != other.command),
            ("description", summary != other.summary),
            ("group", group != other.group),
            ("cron", schedule?.cron != other.schedule?.cron),
            ("on_calendar", schedule?.onCalendar != other.schedule?.onCalendar),
            ("timezone", zone != otherZone && !isZoneInText),
            ("dst_gap", schedule?.schedule.gap != other.schedule?.schedule.gap),
            ("dst_fold", schedule?.schedule.fold != other.schedule?.schedule.fold),
            ("dst_hourly", schedule?.schedule.hourly != other.schedule?.schedule.hourly),
            ("run_on_start", runsOnStart != other.runsOnStart),
            ("api_trigger", allowsAPITrigger != other.allowsAPITrigger),
            ("params", parameters != other.parameters),
        ]
        return keys.filter(\.1).map(\.0) + sharedPolicies.value.differences(from: other.sharedPolicies.value)
            + settings.differences(from: other.settings)
    }
}

extension TaskPolicies {
    fileprivate func differences(from other: TaskPolicies) -> [String] {
        let keys: [(String, Bool)] = [
            ("on_overlap", onOverlap != other.onOverlap),
            ("max_concurrent", maxConcurrent != other.maxConcurrent),
            ("queue_max", queueMax != other.queueMax),
            ("timeout", timeout != other.timeout),
            ("graceful_stop", gracefulStop != other.gracefulStop),
            ("retry_attempts", retry.attempts != other.retry.attempts),
            ("retry_delay", retry.delay != other.retry.delay),
            ("retry_backoff", retry.backoff != other.retry.backoff),
            ("catch_up", catchUp != other.catchUp),
            ("max_catch_up_runs", maxCatchUpRuns != other.maxCatchUpRuns),
            ("jitter", jitter != other.jitter),
            ("keep_runs", keepRuns != other.keepRuns),
            ("keep_for", keepFor != other.keepFor),
        ]
        return keys.filter(\.1).map(\.0)
    }
}

extension CommandSettings {
    fileprivate func differences(from other: CommandSettings) -> [String] {
        let keys: [(String, Bool)] = [
            ("shell", shell != other.shell),
            ("working_dir", workingDirectory != other.workingDirectory),
            ("umask", umask != other.umask),
            ("user", identity != other.identity),
            ("env_base", environmentBase != other.environmentBase),
            ("env_file", environmentFile != other.environmentFile || fileEnvironment != other.fileEnvironment),
            ("env", environment != other.environment),
            ("secrets_file", secretsFile != other.secretsFile),
            ("secrets", secrets != other.secrets),
            ("nice", nice != other.nice),
            ("stop_signal", stopSignal != other.stopSignal),
            ("exit_codes", successExitCodes != other.successExitCodes),
            ("log_max_size", logMaxSize != other.logMaxSize),
            ("log_on_full", logOnFull != other.logOnFull),
            ("memory_max", limits.memoryMax != other.limits.memoryMax),
            ("cpu_weight", limits.cpuWeight != other.limits.cpuWeight),
            ("tasks_max", limits.tasksMax != other.limits.tasksMax),
            ("log_to", logTargets != other.logTargets),
            ("conventions", conventions != other.conventions),
            ("stdin", standardInput != other.standardInput),
            ("mail_to", mail?.to != other.mail?.to),
            ("mail_from", mail?.from != other.mail?.from),
            ("mail_on", mail?.on != other.mail?.on),
        ]
        return keys.filter(\.1).map(\.0)
    }
}
