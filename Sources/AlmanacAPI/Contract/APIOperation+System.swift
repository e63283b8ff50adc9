extension APIOperation {
    /// The daemon itself.
    static let system = [
        APIOperation(
            .get,
            "/health",
            id: "getHealth",
            "Say that the daemon answers",
            tag: .system,
            access: .everyone,
            takesAnyQuery: true,
            content: .text(["text/plain"])
        ),
        APIOperation(
            .get,
            "/openapi.json",
            id: "getOpenAPI",
            "Describe this API",
            tag: .system,
            access: .everyone,
            takesAnyQuery: true,
            content: .json
        ),
        APIOperation(
            .get,
            "/schemas/{schemaName}.json",
            id: "getSchema",
            "Show the JSON Schema of an object",
            tag: .system,
            access: .everyone,
            takesAnyQuery: true,
            content: .json,
            refusals: [404]
        ),
        metrics,
        APIOperation(
            .get,
            "/api/info",
            id: "getInfo",
            "Say what this daemon is",
            tag: .system,
            access: .read,
            content: .object(DaemonInfo.self)
        ),
        APIOperation(
            .post,
            "/api/reload",
            id: "reload",
            "Put the configuration as it is on disk in force, all of it or nothing",
            tag: .system,
            access: .admin,
            query: [
                Parameter("dry_run", .boolean, "Say what a reload would change, and change nothing")
            ],
            body: Body(EmptyBody.self),
            content: .object(ReloadAnswer.self),
            refusals: [413, 415, 503]
        ),
    ]

    private static let metrics = APIOperation(
        .get,
        "/metrics",
        id: "getMetrics",
        "Show the daemon's metrics",
        tag: .system,
        access: .read,
        takesAnyQuery: true,
        content: .text(["application/openmetrics-text", "text/plain"])
    )

    /// What is served where metrics are for everybody who can reach a listener.
    package static var metricsForEveryone: [APIOperation] {
        var operation = metrics
        operation.access = .everyone
        return [operation]
    }
}
