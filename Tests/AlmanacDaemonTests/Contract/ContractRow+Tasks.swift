import AlmanacAPI
import AlmanacTesting
import Testing

extension ContractRow {
    static let tasks = [
        ContractRow("GET /api/tasks", ["getTasks"]) { _, client in
            let tasks = try client.get("/api/tasks").json().elements
            for task in tasks { ContractShape.task.check(task) }
            let names = tasks.compactMap { $0["name"]?.text }
            #expect(names.count == Set(names).count)
            #expect(Set(names).isSuperset(of: ["good", "bad", "sleeper", "export", "locked", "planned"]))
            let single = try client.get("/api/tasks/planned").json().bare
            #expect(tasks.first { $0["name"] == "planned" } == single)
        },
        ContractRow("GET /api/tasks/{taskName}", ["getTask"]) { _, client in
            try showsSettings(client)
            try showsParameters(client)
            let secretive = try client.get("/api/tasks/secretive")
            #expect(try secretive.object(.task)["env"] == ["PLAIN": "plain-value"])
            #expect(!secretive.text.contains("hush"))
            #expect(try client.get("/api/tasks/locked").json()["api_trigger"] == false)
        },
        ContractRow("GET /api/tasks/{taskName}/next", ["getNextOccurrences"]) { _, client in
            try listsTicks(client)
            try client.get("/api/tasks/planned/next?count=0&from=soon&until=x&skipped=2").refused(
                422,
                "query.count",
                "query.from",
                "query.until",
                "query.skipped"
            )
            try client.get("/api/tasks/planned/next?count=1001").refused(422, "query.count")
        },
        ContractRow("POST /api/tasks/{taskName}/pause", ["pauseTask", "resumeTask"]) { _, client in
            let path = "/api/tasks/locked/pause"
            let paused = try client.post(path).object(.task)
            #expect(paused["name"] == "locked" && paused["next_run_at"] == nil && paused["paused_since"] != nil)
            let brief = try client.post(path, ["until": "2200-01-01T00:00:00Z"]).object(.task)
            #expect(brief["paused_until"] == "2200-01-01T00:00:00Z")
            #expect(try client.get("/api/tasks/locked").json() == brief)
            try client.post(path, ["until": "2001-01-01T00:00:00Z", "why": "x"]).refused(422, "body.why")
            try client.post(path, ["until": "2001-01-01T00:00:00Z"]).refused(409, "body.until")
            try client.post("/api/tasks/good/pause").refused(409)
            _ = try client.post("/api/tasks/locked/resume").json()
        },
        ContractRow("POST /api/tasks/{taskName}/resume", ["resumeTask"]) { _, client in
            _ = try client.post("/api/tasks/locked/pause").json()
            let resumed = try client.post("/api/tasks/locked/resume", [:]).object(.task)
            #expect(resumed["paused_since"] == nil && resumed["next_run_at"] != nil)
            try client.post("/api/tasks/locked/resume").refused(409)
        },
    ]

    private static func showsSettings(_ client: ContractClient) throws {
        let good = try client.get("/api/tasks/good").object(.task)
        #expect(good["description"] == "A quick success" && good["group"] == "quick" && good["kind"] == "task")
        #expect(good["api_trigger"] == true && good["cron"] == nil && good["next_run_at"] == nil)
        let task = try client.get("/api/tasks/planned").object(.task)
        let expected: [String: JSONValue] = [
            "cron": "30 2 * * *", "timezone": "Europe/Berlin", "timeout": 90_000_000_000, "retry_attempts": 2,
            "retry_delay": 5_000_000_000, "retry_backoff": "linear", "jitter": 2_000_000_000,
            "keep_for": 2_592_000_000_000_000, "keep_runs": 20, "log_max_size": 64000, "exit_codes": [0, 2],
            "stop_signal": "SIGINT", "umask": "027", "catch_up": "skip",
        ]
        for (name, value) in expected { #expect(task[name] == value, "\(name)") }
        for name in ["next_run_at", "on_overlap", "max_concurrent", "queue_max", "max_catch_up_runs", "run_on_start"] {
            #expect(task[name] != nil, "\(name)")
        }
        for name in ["graceful_stop", "log_on_full"] { #expect(task[name] != nil, "\(name)") }
    }

    private static func showsParameters(_ client: ContractClient) throws {
        let parameters = try client.get("/api/tasks/export").object(.task)["parameters"]?.elements ?? []
        for parameter in parameters { ContractShape.parameter.check(parameter) }
        #expect(parameters.map { $0["kind"] } == ["env", "option", "flag", "arg"])
        #expect(parameters.map { $0["key"] } == ["ROWS", "--region", "-v", "file"])
        #expect(parameters[0]["type"] == "int" && parameters[0]["default"] == "5")
        #expect(parameters[0]["description"] == "how many")
        #expect(parameters[1]["choices"] == ["eu", "us"] && parameters[1]["allow_custom"] == true)
        #expect(parameters[3]["required"] == true)
    }

    /// 02:30 in Berlin, over the gap of 29 March 2026 and the fold of 25 October.
    private static func listsTicks(_ client: ContractClient) throws {
        func list(_ task: String, _ query: String) throws -> [JSONValue] {
            let value = try client.get("/api/tasks/\(task)/next\(query)").json()["occurrences"]?.elements ?? []
            for occurrence in value { ContractShape.occurrence.check(occurrence) }
            return value
        }
        #expect(try list("planned", "").count == 10)
        let gap = try list("planned", "?from=2026-03-28T01:30:00Z&until=2026-03-30T00:30:00Z")
        // From is exclusive and until inclusive.
        #expect(gap.map { $0["at"] } == ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
        #expect(gap.map { $0["tick"] } == ["2026-03-29T02:30:00", "2026-03-30T02:30:00"])
        #expect(gap.map { $0["local"] } == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"])
        #expect(gap.map { $0["kind"] } == ["fire", "fire"] && gap[0]["reason"] == "gap" && gap[1]["reason"] == nil)
        #expect(try list("planned", "?count=1&from=2026-03-28T01:30:00Z").map { $0["at"] } == ["2026-03-29T01:00:00Z"])
        let fold = "?from=2026-10-24T12:00:00Z&until=2026-10-25T12:00:00Z"
        #expect(try list("planned", fold).map { $0["at"] } == ["2026-10-25T00:30:00Z"])
        let ticks = try list("planned", fold + "&skipped=true")
        #expect(ticks.map { $0["at"] } == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"])
        #expect(ticks.map { $0["kind"] } == ["fire", "dst_skipped"] && ticks.last?["reason"] == "fold")
        #expect(try list("good", "").isEmpty)
    }
}
