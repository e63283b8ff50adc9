/// How the runs have ended, in figures.
package struct RunSummary: WireObject {
    package static let schemaName = "RunSummary"

    package var schema: String?
    package var total: Int64
    package var success: Int64
    /// Those that ended as failures: `failed`, `timeout`, `crashed`, `log_overflow` and `start_failed`.
    package var failed: Int64
    /// Rows of the reason `missed`, each of which may stand for many firings.
    package var missed: Int64
    /// When the last failure ended, RFC 3339 in UTC; nil where there is none.
    package var lastFailure: String?

    package init(total: Int64, success: Int64, failed: Int64, missed: Int64, lastFailure: String?) {
        self.total = total
        self.success = success
        self.failed = failed
        self.missed = missed
        self.lastFailure = lastFailure
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case total, success, failed, missed
        case lastFailure = "last_failure"
    }

    package static var members: [String: WireMember] {
        let count = JSONSchema(["minimum": 0])
        return [
            "total": WireMember("How many runs there are", count),
            "success": WireMember("How many of them succeeded", count),
            "failed": WireMember("How many ended as failed, timeout, crashed, log_overflow or start_failed", count),
            "missed": WireMember("How many are missed; each stands for one firing or more", count),
            "last_failure": WireMember("When the latest of the failed ended", .dateTime),
        ]
    }
}
