/// A task as it is configured. Durations are integer nanoseconds; a field without a value is left out.
package struct TaskResource: WireObject {
    package static let schemaName = "Task"

    package var schema: String?
    package var name: String
    /// Whether the API may start it.
    package var apiTrigger: Bool
    /// `task` or `service`.
    package var kind: String?
    package var group: String?
    package var description: String?
    /// The expression as it was written, in cron's notation.
    package var cron: String?
    /// The same in systemd's notation; a task has one of the two at most.
    package var onCalendar: String?
    /// The zone that they are read in: the task's own, or the one it follows.
    package var timezone: String?
    /// The next firing, RFC 3339 in UTC; nil where nothing fires, be it for a pause without an end or for a hold.
    package var nextRunAt: String?
    /// When the pause began that holds the schedule, RFC 3339 in UTC; nil where none does.
    package var pausedSince: String?
    /// When that pause ends by itself, exclusive; nil for never.
    package var pausedUntil: String?
    /// The crontab that it is a line of, absolute; nil for a task of the configuration's file.
    package var crontabFile: String?
    /// That line's number, from 1.
    package var crontabLine: Int64?
    /// Why its schedule is not in force at present: `cron is running (process 412)`; nil where it is.
    package var held: String?
    /// `queue`, `skip` or `terminate`.
    package var onOverlap: String?
    package var maxConcurrent: Int64?
    package var queueMax: Int64?
    /// `latest`, `all` or `skip`.
    package var catchUp: String?
    package var maxCatchUpRuns: Int64?
    /// Whether each start of the daemon makes a run.
    package var runOnStart: Bool?
    /// How many further attempts there are after the first.
    package var retryAttempts: Int64?
    /// The wait before the first of them, in nanoseconds.
    package var retryDelay: Int64?
    /// `constant`, `linear` or `exponential`.
    package var retryBackoff: String?
    /// The time limit of a run in nanoseconds.
    package var timeout: Int64?
    /// How long a run that is being ended has before it is killed, in nanoseconds.
    package var gracefulStop: Int64?
    /// The longest delay of a start, in nanoseconds.
    package var jitter: Int64?
    /// How long an ended run is kept, in nanoseconds; nil for ever.
    package var keepFor: Int64?
    /// How many ended runs are kept; nil for all.
    package var keepRuns: Int64?
    /// The exit codes that count as success, in order.
    package var exitCodes: [Int64]?
    /// `SIGTERM`.
    package var stopSignal: String?
    package var workingDir: String?
    package var shell: String?
    /// In octal digits: `027`.
    package var umask: String?
    /// As it was written: `www-data:adm`.
    package var user: String?
    /// The variables of `env`, those of the defaults among them; never those of `secrets` or of a file.
    package var env: [String: String]?
    /// The path alone.
    package var envFile: String?
    /// The path alone.
    package var secretsFile: String?
    /// In bytes; nil for no limit.
    package var logMaxSize: Int64?
    /// `drop_old`, `drop_new` or `kill_task`.
    package var logOnFull: String?
    /// In bytes; nil for no limit.
    package var memoryMax: Int64?
    /// 1 to 10000; nil for the same share as every run without it.
    package var cpuWeight: Int64?
    /// Processes and threads; nil for no limit.
    package var tasksMax: Int64?
    /// `file`, and `journal` where its output goes there too.
    package var logTo: [String]?
    /// `skip` where ticks in a gap are not made up for.
    package var dstGap: String?
    /// `last` or `both` where ticks in a fold fire otherwise than at the first of their instants.
    package var dstFold: String?
    /// False where an hourly expression goes by the rules for all others.
    package var dstHourly: Bool?
    /// `cron` where its command is started as cron(8) starts a job.
    package var conventions: String?
    /// The addresses that get its mails, with commas between them; nil for nobody.
    package var mailTo: String?
    package var mailFrom: String?
    /// `output`, `failure` or `always`.
    package var mailOn: String?
    package var parameters: [ParameterResource]?

    package init(name: String, apiTrigger: Bool) {
        self.name = name
        self.apiTrigger = apiTrigger
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case name
        case apiTrigger = "api_trigger"
        case kind, group, description, cron
        case onCalendar = "on_calendar"
        case timezone
        case nextRunAt = "next_run_at"
        case onOverlap = "on_overlap"
        case maxConcurrent = "max_concurrent"
        case queueMax = "queue_max"
        case pausedSince = "paused_since"
        case pausedUntil = "paused_until"
        case crontabFile = "crontab_file"
        case crontabLine = "crontab_line"
        case held
        case catchUp = "catch_up"
        case maxCatchUpRuns = "max_catch_up_runs"
        case runOnStart = "run_on_start"
        case retryAttempts = "retry_attempts"
        case retryDelay = "retry_delay"
        case retryBackoff = "retry_backoff"
        case timeout
        case gracefulStop = "graceful_stop"
        case jitter
        case keepFor = "keep_for"
        case keepRuns = "keep_runs"
        case exitCodes = "exit_codes"
        case stopSignal = "stop_signal"
        case workingDir = "working_dir"
        case shell, umask, user, env
        case envFile = "env_file"
        case secretsFile = "secrets_file"
        case logMaxSize = "log_max_size"
        case logOnFull = "log_on_full"
        case memoryMax = "memory_max"
        case cpuWeight = "cpu_weight"
        case tasksMax = "tasks_max"
        case logTo = "log_to"
        case dstGap = "dst_gap"
        case dstFold = "dst_fold"
        case dstHourly = "dst_hourly"
        case conventions
        case mailTo = "mail_to"
        case mailFrom = "mail_from"
        case mailOn = "mail_on"
        case parameters
    }
}

/// What comes next for a task.
package struct OccurrenceList: WireObject {
    package static let schemaName = "OccurrenceList"

    package var schema: String?
    package var occurrences: [OccurrenceResource]

    package init(occurrences: [OccurrenceResource]) {
        self.occurrences = occurrences
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case occurrences
    }
}

/// What becomes of one tick.
package struct OccurrenceResource: WireShape, Hashable {
    package static let schemaName = "Occurrence"

    /// The instant, RFC 3339 in UTC.
    package var at: String
    /// The same on a clock on the wall, with its offset: `2026-03-29T03:00:00+02:00`.
    package var local: String
    /// The wall time that the expression named; nil for `@every`, which names none.
    package var tick: String?
    /// `fire` or `dst_skipped`.
    package var kind: String
    /// `gap` or `fold`, where the tick lay in one.
    package var reason: String?

    package init(at: String, local: String, tick: String?, kind: String, reason: String?) {
        self.at = at
        self.local = local
        self.tick = tick
        self.kind = kind
        self.reason = reason
    }
}
