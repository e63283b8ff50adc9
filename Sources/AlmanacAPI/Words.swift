/// The closed sets of words that members have, as the contract names them. A test holds them against the model's own.
package enum Words {
    package static let statuses = ["pending", "running", "ended"]
    package static let endReasons = [
        "success", "failed", "stopped", "timeout", "crashed", "skipped", "log_overflow", "queue_full", "dst_skipped",
        "daemon_stopped", "missed", "start_failed",
    ]
    package static let triggers = ["cron", "api", "cloud", "service", "startup"]
    package static let overlapPolicies = ["queue", "skip", "terminate"]
    package static let catchUpPolicies = ["latest", "all", "skip"]
    package static let backoffs = ["constant", "linear", "exponential"]
    package static let logOnFull = ["drop_old", "drop_new", "kill_task"]
    package static let logTargets = ["file", "journal"]
    package static let streams = ["stdout", "stderr", "system"]
    package static let parameterKinds = ["env", "arg", "option", "flag"]
    package static let parameterTypes = ["string", "int", "float", "bool"]
    package static let mailOccasions = ["output", "failure", "always"]
    package static let conventions = ["cron"]
    package static let gapPolicies = ["skip"]
    package static let foldPolicies = ["last", "both"]
    package static let taskKinds = ["task", "service"]
    package static let occurrenceKinds = ["fire", "dst_skipped"]
    package static let occurrenceReasons = ["gap", "fold"]
    package static let zoneSources = ["config", "system"]
}
