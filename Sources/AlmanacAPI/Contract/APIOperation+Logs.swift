extension APIOperation {
    /// What runs have printed.
    static let logs = [
        APIOperation(
            .get,
            "/api/runs/{runId}/log",
            id: "getLogPageById",
            "Show a page of a run's log",
            tag: .logs,
            access: .read,
            query: logPage,
            content: .object(LogPage.self),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}/runs/{runId}/log",
            id: "getLogPage",
            "Show a page of the log of a task's run",
            tag: .logs,
            access: .readOfTask,
            query: logPage,
            content: .object(LogPage.self),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/runs/{runId}/log/raw",
            id: "getLogRawById",
            "Download what a run's command has printed, as it came",
            tag: .logs,
            access: .read,
            content: .text(["text/plain"]),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}/runs/{runId}/log/raw",
            id: "getLogRaw",
            "Download what the command of a task's run has printed, as it came",
            tag: .logs,
            access: .readOfTask,
            content: .text(["text/plain"]),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}/log/search",
            id: "searchTaskLog",
            "Search the logs of a task's runs, the newest run first",
            tag: .logs,
            access: .read,
            query: [
                Parameter(
                    "q",
                    .string(lengths: 1...1024),
                    "What is looked for in each line, the daemon's own lines among them",
                    isRequired: true
                ),
                Parameter(
                    "regex",
                    .boolean,
                    "Whether q is a regular expression, as RE2's without Unicode classes; it takes a time that is linear in the log"
                ),
                Parameter("case", .boolean, "Whether upper and lower case are told apart"),
                Parameter("limit", .integer(1...1000, default: 200), "At most so many lines"),
                Parameter("cursor", .cursor, "An earlier answer's next_cursor: goes on behind it"),
                Parameter("run_id", .anyCaseRunIDOrNone, "Only the log of this run; empty for those of all"),
            ],
            content: .object(LogSearch.self),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/runs/{runId}/log/stream",
            id: "streamLogById",
            "Follow a run's log, line by line, until the run has ended",
            tag: .logs,
            access: .read,
            query: logStream,
            headers: [lastEventID],
            content: logEvents,
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}/runs/{runId}/log/stream",
            id: "streamLog",
            "Follow the log of a task's run, line by line, until the run has ended",
            tag: .logs,
            access: .readOfTask,
            query: logStream,
            headers: [lastEventID],
            content: logEvents,
            refusals: [404]
        ),
    ]

    private static let logStream = [
        Parameter(
            "from",
            .integer(.min ... .max, default: -1000),
            "The first line, from 0; a negative one counts from the end. Last-Event-ID goes before it"
        ),
        Parameter(
            "replay_limit",
            .integer(1...50_000, default: 5000),
            "At most so many lines of those that are there already, the last ones; Last-Event-ID takes all"
        ),
    ]

    /// What a client that comes back has seen last.
    static let lastEventID = Parameter(
        "Last-Event-ID",
        .integer(0 ... .max),
        "The id of the last event that was received: the stream goes on after it"
    )

    private static let logEvents = Content.events([
        ("line", LogLineSSEEvent.self),
        ("rotated", LogRotatedEvent.self),
        ("dropped", LogDroppedEvent.self),
        ("done", LogDoneEvent.self),
    ])

    private static let logPage = [
        Parameter(
            "from",
            .integer(.min ... .max, default: -1000),
            "The first line, from 0; a negative one counts from the end"
        ),
        Parameter("limit", .integer(1...10_000, default: 1000), "At most so many lines"),
    ]
}
