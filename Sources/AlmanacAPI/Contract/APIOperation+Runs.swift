extension APIOperation {
    /// Runs, each of which is found under its task and by its id alone.
    static let runs = [
        APIOperation(
            .get,
            "/api/runs",
            id: "getAllRuns",
            "List runs",
            tag: .runs,
            access: .read,
            query: listing,
            content: .object(RunPage.self)
        ),
        APIOperation(
            .get,
            "/api/runs/stream",
            id: "streamRuns",
            "Follow what becomes of runs",
            tag: .runs,
            access: .read,
            headers: [lastEventID],
            content: .events([
                ("run.created", RunCreatedEvent.self),
                ("run.started", RunStartedEvent.self),
                ("run.completed", RunCompletedEvent.self),
                ("run.failed", RunFailedEvent.self),
                ("run.updated", RunUpdatedEvent.self),
                ("run.deleted", RunDeletedSSEEvent.self),
                ("dropped", LogDroppedEvent.self),
                ("ping", PingEvent.self),
            ])
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}/runs",
            id: "getTaskRuns",
            "List the runs of a task",
            tag: .runs,
            access: .read,
            query: listing,
            content: .object(RunPage.self),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/runs/{runId}",
            id: "getRunById",
            "Show a run",
            tag: .runs,
            access: .read,
            content: .object(RunResource.self),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}/runs/{runId}",
            id: "getRun",
            "Show a run of a task",
            tag: .runs,
            access: .readOfTask,
            content: .object(RunResource.self),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/runs/summary",
            id: "getRunSummary",
            "Say how the runs have ended, in figures",
            tag: .runs,
            access: .read,
            content: .object(RunSummary.self)
        ),
        APIOperation(
            .delete,
            "/api/runs/{runId}",
            id: "deleteRunById",
            "Remove a run that has ended, with its log",
            tag: .runs,
            access: .admin,
            status: 204,
            content: .nothing,
            refusals: [404, 409]
        ),
        APIOperation(
            .delete,
            "/api/tasks/{taskName}/runs/{runId}",
            id: "deleteRun",
            "Remove a run of a task that has ended, with its log",
            tag: .runs,
            access: .admin,
            status: 204,
            content: .nothing,
            refusals: [404, 409]
        ),
        APIOperation(
            .post,
            "/api/runs/bulk/cancel",
            id: "bulkCancelRuns",
            "Stop those of the selected runs that have not ended",
            tag: .runs,
            access: .admin,
            body: Body(RunSelector.self, isRequired: true),
            content: .object(BulkAffected.self),
            refusals: [503]
        ),
        APIOperation(
            .post,
            "/api/runs/bulk/delete",
            id: "bulkDeleteRuns",
            "Remove those of the selected runs that have ended, with their logs",
            tag: .runs,
            access: .admin,
            body: Body(RunSelector.self, isRequired: true),
            content: .object(BulkAffected.self),
            refusals: [503]
        ),
        APIOperation(
            .post,
            "/api/runs/bulk/rerun",
            id: "bulkRerunRuns",
            "Make a run of each task that has one of the selected runs, as a trigger without params does",
            tag: .runs,
            access: .triggerEveryTask,
            body: Body(RunSelector.self, isRequired: true),
            content: .object(BulkTriggered.self),
            refusals: [503]
        ),
        APIOperation(
            .post,
            "/api/runs/{runId}/stop",
            id: "stopRunById",
            "Stop a run",
            tag: .runs,
            access: .admin,
            body: Body(EmptyBody.self),
            content: .object(StopAnswer.self),
            refusals: [404, 409]
        ),
        APIOperation(
            .post,
            "/api/tasks/{taskName}/runs/{runId}/stop",
            id: "stopRun",
            "Stop a run of a task",
            tag: .runs,
            access: .admin,
            body: Body(EmptyBody.self),
            content: .object(StopAnswer.self),
            refusals: [404, 409]
        ),
    ]

    /// What a list of runs can be asked for.
    static let listing = [
        Parameter("limit", .integer(1...1000, default: 50), "At most so many runs a page"),
        Parameter("offset", .integer(0 ... .max, default: 0), "How many runs to pass over"),
        Parameter("status", .statuses, "A list with commas of phases and end reasons, of which one must fit"),
        Parameter("task_name", .string(), "Those of one task"),
        Parameter("triggered_by", .word(["cron", "api", "cloud", "service", "startup", ""]), "What made them"),
        Parameter("created_after", .dateTime, "Those made at this time or later"),
        Parameter("created_before", .dateTime, "Those made at this time or earlier"),
        Parameter("exit_code_min", .integer(.min ... .max), "Those with this exit code or a greater one"),
        Parameter("exit_code_max", .integer(.min ... .max), "Those with this exit code or a smaller one"),
        Parameter("retries_only", .boolean, "Those that repeat another run"),
        Parameter(
            "sort_field",
            .word(["task_name", "status", "start_at", "exit_code", "duration", "created_at", ""]),
            "What they are sorted by; created_at where it is absent"
        ),
        Parameter("sort_direction", .word(["asc", "desc", ""]), "desc where it is absent"),
        Parameter(
            "search",
            .string(lengths: 0...1024),
            "A part of the task's name, of the id or of the message, in either case"
        ),
    ]
}
