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
            content: .text("text/plain"),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}/runs/{runId}/log/raw",
            id: "getLogRaw",
            "Download what the command of a task's run has printed, as it came",
            tag: .logs,
            access: .readOfTask,
            content: .text("text/plain"),
            refusals: [404]
        ),
    ]

    private static let logPage = [
        Parameter(
            "from",
            .integer(.min ... .max, default: -1000),
            "The first line, from 0; a negative one counts from the end"
        ),
        Parameter("limit", .integer(1...10_000, default: 1000), "At most so many lines"),
    ]
}
