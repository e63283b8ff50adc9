/// A run, as the API shows it. Times are RFC 3339 in UTC; a field without a value is left out.
package struct RunResource: WireObject {
    package static let schemaName = "Run"

    package var schema: String?
    /// A ULID.
    package var id: String
    package var taskName: String
    /// `pending`, `running` or `ended`.
    package var status: String
    /// Only when ended.
    package var endReason: String?
    /// The command's exit code; 128 + n when signal n ended it; 0 until it has ended; -1 where no command ran; -2 for
    /// `crashed`.
    package var exitCode: Int64
    /// `cron`, `api`, `cloud`, `service` or `startup`.
    package var triggeredBy: String
    package var createdAt: String
    package var startAt: String?
    package var endAt: String?
    /// 0 for the first.
    package var retryAttempt: Int64
    package var retryOfRunID: String?
    /// 0 for a task.
    package var instanceIndex: Int64
    package var externalExecutionID: String?
    /// The values that the run got; nil where it got none.
    package var params: [String: String]?
    /// The instant of the tick that the run serves; cron runs only.
    package var scheduledAt: String?
    /// The wall time that the expression named, `2026-03-29T02:30:00`; cron runs only.
    package var tick: String?
    /// The zone of `tick`.
    package var timezone: String?
    /// How many firings a `missed` run or a pause stands for.
    package var missedCount: Int64?
    /// The last one's instant.
    package var missedUntil: String?
    /// True for a run made for a missed firing, otherwise nil.
    package var catchUp: Bool?
    /// User and system time of the command and all its descendants, once it has ended.
    package var cpuSeconds: Double?
    /// The most memory at a time, in bytes: of all of them together where the run has a cgroup with the memory controller, else
    /// the largest resident set of any one.
    package var maxRSSBytes: Int64?
    /// One sentence on why it ended so, where the reason alone doesn't say.
    package var message: String?

    package init(
        id: String,
        taskName: String,
        status: String,
        exitCode: Int64,
        triggeredBy: String,
        createdAt: String,
        retryAttempt: Int64 = 0,
        instanceIndex: Int64 = 0
    ) {
        self.id = id
        self.taskName = taskName
        self.status = status
        self.exitCode = exitCode
        self.triggeredBy = triggeredBy
        self.createdAt = createdAt
        self.retryAttempt = retryAttempt
        self.instanceIndex = instanceIndex
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case id
        case taskName = "task_name"
        case status
        case endReason = "end_reason"
        case exitCode = "exit_code"
        case triggeredBy = "triggered_by"
        case createdAt = "created_at"
        case startAt = "start_at"
        case endAt = "end_at"
        case retryAttempt = "retry_attempt"
        case retryOfRunID = "retry_of_run_id"
        case instanceIndex = "instance_index"
        case externalExecutionID = "external_execution_id"
        case params
        case scheduledAt = "scheduled_at"
        case tick
        case timezone
        case missedCount = "missed_count"
        case missedUntil = "missed_until"
        case catchUp = "catch_up"
        case cpuSeconds = "cpu_seconds"
        case maxRSSBytes = "max_rss_bytes"
        case message
    }
}

/// One page of a list of runs.
package struct RunPage: WireObject {
    package static let schemaName = "RunsResponseBody"

    package var schema: String?
    package var runs: [RunResource]
    /// How many runs match on all pages.
    package var total: Int64

    package init(runs: [RunResource], total: Int64) {
        self.runs = runs
        self.total = total
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case runs, total
    }
}

/// The answer to a stop.
package struct StopAnswer: WireObject {
    package static let schemaName = "StopRunOutputBody"

    package var schema: String?
    package var message: String

    package init(message: String) {
        self.message = message
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case message
    }
}
