import AlmanacAPI
import AlmanacTesting
import Testing

extension ContractRow {
    static let triggers = [
        ContractRow("POST /api/tasks/{taskName}/run", ["triggerRun"]) { bench, client in
            try startsAtOnce(client)
            try waits(client)
            try outlivesItsClient(bench, client)
            try takesParameters(client)
            try isTurnedAway(client)
            try refuses(client)
        }
    ]

    private static func startsAtOnce(_ client: ContractClient) throws {
        let run = try client.start("sleeper")
        #expect(run["status"] == "pending" && run["exit_code"] == 0 && run["end_reason"] == nil)
        #expect(run["triggered_by"] == "api" && run["retry_attempt"] == 0 && run["instance_index"] == 0)
        #expect(run["task_name"] == "sleeper" && run["$schema"]?.text?.hasSuffix("/schemas/Run.json") == true)
        let ended = try client.stop(run)
        #expect(ended["end_reason"] == "stopped")
    }

    private static func waits(_ client: ContractClient) throws {
        let good = try client.post("/api/tasks/good/run?wait=true").object(.run, 201)
        #expect(good["status"] == "ended" && good["end_reason"] == "success" && good["exit_code"] == 0)
        #expect(good["cpu_seconds"] != nil && good["max_rss_bytes"] != nil && good["end_at"] != nil)
        let bad = try client.post("/api/tasks/bad/run?wait=true").object(.run, 201)
        #expect(bad["end_reason"] == "failed" && bad["exit_code"] == 3)
        // The time is over first: the run goes on.
        let slow = try client.post("/api/tasks/sleeper/run?wait=true&wait_timeout=1").object(.run, 201)
        #expect(slow["status"] == "running" && slow["exit_code"] == 0 && slow["start_at"] != nil)
        #expect(try client.get("/api/runs/\(slow.id)").json()["status"] == "running")
        _ = try client.stop(slow)
    }

    private static func outlivesItsClient(_ bench: ContractBench, _ client: ContractClient) throws {
        let path = "/api/runs?task_name=sleeper&status=running"
        do {
            let socket = try #require(ContractSocket(client.address))
            socket.send(client.head("POST", "/api/tasks/sleeper/run?wait=true"))
            #expect(try eventually { try client.get(path).json()["total"] == 1 })
        }
        // Once another run has come and gone, so has the word that the client is gone.
        _ = try client.run("good")
        let page = try client.get(path).json()
        #expect(page["total"] == 1)
        _ = try client.stop(try #require(page["runs"]?.elements.first))
    }

    private static func takesParameters(_ client: ContractClient) throws {
        // An absent key takes its default.
        let plain = try client.run("export", ["file": "f"])
        #expect(plain["params"] == ["ROWS": "5", "--region": "eu", "file": "f"])
        #expect(try client.get("/api/runs/\(plain.id)/log/raw").text == "<5><--region><eu><f>")
        // Null leaves a parameter out, its default included.
        let without = try client.run("export", ["file": "f", "--region": .null, "ROWS": .null, "-v": "true"])
        #expect(without["params"] == ["-v": "true", "file": "f"])
        #expect(try client.get("/api/runs/\(without.id)/log/raw").text == "<none><-v><f>")
        // An empty string is a value.
        let empty = try client.run("export", ["file": "", "--region": "a b"])
        #expect(try client.get("/api/runs/\(empty.id)/log/raw").text == "<5><--region><a b><>")
    }

    private static func isTurnedAway(_ client: ContractClient) throws {
        for (task, reason) in [("skipper", "skipped"), ("crowded", "queue_full")] {
            let first = try client.start(task)
            let second = try client.start(task)
            #expect(second["status"] == "ended" && second["end_reason"] == .string(reason))
            #expect(second["exit_code"] == -1 && second["start_at"] == nil)
            _ = try client.stop(first)
        }
    }

    private static func refuses(_ client: ContractClient) throws {
        try client.post("/api/tasks/locked/run").refused(403)
        let faults = try client.post(
            "/api/tasks/export/run?wait=perhaps&wait_timeout=0&when=now",
            ["params": ["ROWS": "many", "--region": 7, "OTHER": "x"], "more": true]
        )
        faults.refused(
            422,
            "query.wait",
            "query.wait_timeout",
            "query.when",
            "body.params.ROWS",
            "body.params.--region",
            "body.params.OTHER",
            "body.params.file",
            "body.more"
        )
        try client.post("/api/tasks/good/run?wait_timeout=3601").refused(422, "query.wait_timeout")
        let value = try WireCoding.decode(JSONValue.self, from: faults.body)["errors"]?.elements
            .first { $0["location"] == "body.params.ROWS" }?["value"]
        #expect(value == "many")
    }
}
