extension APIOperation {
    /// What is configured, and what makes runs of it.
    static let tasks = [
        APIOperation(
            .get,
            "/api/tasks",
            id: "getTasks",
            "List all tasks",
            tag: .tasks,
            access: .read,
            content: .array(of: TaskResource.self)
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}",
            id: "getTask",
            "Show a task",
            tag: .tasks,
            access: .readOfTask,
            content: .object(TaskResource.self),
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/tasks/{taskName}/next",
            id: "getNextOccurrences",
            "List what comes next for a task",
            tag: .tasks,
            access: .readOfTask,
            query: [
                Parameter("count", .integer(1...1000, default: 10), "At most so many"),
                Parameter("from", .dateTime, "Those after this time, exclusive; now where it is absent"),
                Parameter("until", .dateTime, "Those up to this time, inclusive"),
                Parameter("skipped", .boolean, "List ticks that a clock change takes away too"),
            ],
            content: .object(OccurrenceList.self),
            refusals: [404]
        ),
        APIOperation(
            .post,
            "/api/tasks/{taskName}/run",
            id: "triggerRun",
            "Make a run of a task, by hand",
            tag: .runs,
            access: .trigger,
            query: [
                Parameter("wait", .boolean, "Hold the answer until the run has ended"),
                Parameter(
                    "wait_timeout",
                    .integer(1...3600, default: 300),
                    "With wait, how many seconds at most; the run goes on after them"
                ),
            ],
            body: Body(TriggerBody.self),
            status: 201,
            content: .object(RunResource.self),
            refusals: [404, 413, 415, 503]
        ),
        APIOperation(
            .post,
            "/api/tasks/{taskName}/pause",
            id: "pauseTask",
            "Hold a task's schedule",
            tag: .tasks,
            access: .admin,
            body: Body(PauseBody.self),
            content: .object(TaskResource.self),
            refusals: [404, 409, 413, 415, 503]
        ),
        APIOperation(
            .post,
            "/api/tasks/{taskName}/resume",
            id: "resumeTask",
            "End the pause of a task",
            tag: .tasks,
            access: .admin,
            body: Body(EmptyBody.self),
            content: .object(TaskResource.self),
            refusals: [404, 409, 413, 415, 503]
        ),
    ]
}
