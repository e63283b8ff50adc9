/// A key that users of RunWisp know, or that belongs to another table, and that means nothing where it stands.
struct ForeignKey: Sendable {
    let name: String
    /// Why it means nothing: a clause.
    let reason: String
    /// What to do about it; nil where the reason says it.
    let advice: String?
    /// Whether a value asks for nothing that would be missed.
    let isHarmless: @Sendable (LocatedValue) -> Bool

    init(
        _ name: String,
        _ reason: String,
        advice: String? = "remove the key",
        isHarmless: @escaping @Sendable (LocatedValue) -> Bool = { _ in false }
    ) {
        self.name = name
        self.reason = reason
        self.advice = advice
        self.isHarmless = isHarmless
    }

    @Sendable private static func always(_ value: LocatedValue) -> Bool { true }

    /// Whether a value switches something off: `false`, `[]`, `""`, `"off"`, `"never"`.
    @Sendable private static func isOff(_ value: LocatedValue) -> Bool {
        switch value.content {
        case .boolean(let isOn): !isOn
        case .array(let array): array.isEmpty
        case .string(let text): ["", "off", "never"].contains(text)
        default: false
        }
    }

    private static let notifications = "Almanac sends no notifications yet"
    private static let services = "Almanac has no services yet"
    private static let containers = "Almanac has no containers of its own yet"
    private static let metrics = "Almanac has no such metrics yet"

    /// Those of a table `[tasks.NAME]`.
    static let ofTasks: [ForeignKey] =
        [
            ForeignKey("notify_on_failure", notifications, isHarmless: isOff),
            ForeignKey("notify_on_success", notifications, isHarmless: isOff),
            ForeignKey("notify_on_missed", notifications, isHarmless: always),
            ForeignKey("notify", notifications, isHarmless: isOff),
            ForeignKey("failures", "Almanac lets nobody choose yet what counts as a failure"),
            ForeignKey(
                "restart",
                "Almanac restarts no command that has ended yet",
                advice: "remove the key; retry_attempts tries a failed run again",
                isHarmless: isOff
            ),
            ForeignKey("compose_file", containers, advice: "call docker compose in run"),
            ForeignKey("compose_service", containers, advice: "call docker compose in run"),
            ForeignKey("compose_mode", containers, advice: "call docker compose in run"),
            ForeignKey("manual_trigger", "the key is called api_trigger here", advice: nil),
            ForeignKey("max_queued", "the key is called queue_max here", advice: nil),
        ]
        + ["instances", "restart_delay", "restart_backoff", "autostart", "depends_on"].map { ForeignKey($0, services) }

    /// Those of `[defaults]`.
    static let ofDefaults: [ForeignKey] =
        [
            ForeignKey("notify_on_missed", notifications, isHarmless: always),
            ForeignKey("failures", "Almanac lets nobody choose yet what counts as a failure"),
            ForeignKey("healthy_after", services, isHarmless: always),
            ForeignKey("start_retries", services, isHarmless: always),
            ForeignKey("restart_attempts", services, isHarmless: always),
            ForeignKey("max_queued", "the key is called queue_max here", advice: nil),
            ForeignKey("timezone", "the zone of tasks that name none is timezone in [scheduler]", advice: nil),
        ]
        + [
            "run", "cron", "on_calendar", "description", "group", "run_on_start", "api_trigger", "params", "stdin",
        ].map {
            ForeignKey($0, "no task inherits this key", advice: "move it to the tasks that it is for")
        }

    /// Those of `[daemon]`.
    static let ofDaemon: [ForeignKey] = [
        ForeignKey("external_url", notifications, isHarmless: always),
        ForeignKey(
            "shutdown_timeout",
            "runs outlive the daemon, and with on_stop = \"stop_runs\" each has its own graceful_stop",
            isHarmless: always
        ),
        ForeignKey("metrics_enabled", metrics, isHarmless: isOff),
        ForeignKey("metrics_listen", metrics, isHarmless: isOff),
        ForeignKey("allow_cloud_dispatch", "Almanac takes no commands from other machines", isHarmless: isOff),
        ForeignKey(
            "tls",
            "Almanac makes no certificates",
            advice: "name one as tls_cert and tls_key in [api]",
            isHarmless: isOff
        ),
        ForeignKey("tls_cert", "the key belongs to [api]", advice: "move it there", isHarmless: isOff),
        ForeignKey("tls_key", "the key belongs to [api]", advice: "move it there", isHarmless: isOff),
        ForeignKey("trusted_proxies", "the key belongs to [api]", advice: "move it there", isHarmless: isOff),
        ForeignKey(
            "include",
            "Almanac reads one file only yet",
            advice: "move its tasks into this one",
            isHarmless: isOff
        ),
        ForeignKey(
            "include_cron",
            "crontabs have a table of their own",
            advice: "name them in [cron], as include = [...]",
            isHarmless: isOff
        ),
    ]

    /// Those outside of all tables: tables of their own.
    static let ofFile: [ForeignKey] =
        ["notify", "notifier", "notifiers", "notification_route"].map {
            ForeignKey($0, notifications, advice: "remove the table")
        } + [
            ForeignKey("services", services, advice: "remove the table"),
            ForeignKey("compose", containers, advice: "remove the table"),
        ]
}
