import AlmanacAPI
import AlmanacTesting
import Testing

extension ContractRow {
    static let bulk = [
        ContractRow("POST /api/runs/bulk/cancel", ["bulkCancelRuns"]) { _, client in
            let runs = try (0..<4).map { _ in try client.start("sleeper") }
            let ended = try client.run("good")
            let path = "/api/runs/bulk/cancel"
            func status(_ run: JSONValue) throws -> JSONValue? {
                try client.get("/api/runs/\(run.id)").json()["status"]
            }
            #expect(try eventually { try runs.allSatisfy { try status($0) == "running" } })
            // Ended ones, and ids that nothing has, are passed over.
            let ids = JSONValue.array([runs[0], ended].map { .string($0.id) } + ["01ARZ3NDEKTSV4RRFFQ69G5FAV"])
            try expectCount(1, try client.post(path, ["ids": ids]))
            #expect(try eventually { try status(runs[0]) == "ended" })
            let filter: JSONValue = ["task_name": "sleeper", "status": "running"]
            let except: JSONValue = [.string(runs[1].id)]
            try expectCount(2, try client.post(path, ["match_all": true, "filter": filter, "except_ids": except]))
            #expect(try eventually { try status(runs[2]) == "ended" && status(runs[3]) == "ended" })
            #expect(try status(runs[1]) == "running")
            try expectCount(1, try client.post(path, ["match_all": true, "filter": filter]))
            #expect(try client.stopped(runs[1]))
            try refuses(client, path)
        },
        ContractRow("POST /api/runs/bulk/delete", ["bulkDeleteRuns"]) { _, client in
            let path = "/api/runs/bulk/delete"
            func left() throws -> Set<String> {
                Set(try client.get("/api/runs?search=bulk-").json()["runs"]?.elements.map(\.id) ?? [])
            }
            _ = try client.post(path, ["match_all": true, "filter": ["search": "bulk-"]]).json()
            #expect(try left() == [])
            let runs = try (0..<3).map { _ in try client.run("bulk-a") } + [try client.run("bulk-b")]
            let active = try client.start("sleeper")
            try expectCount(1, try client.post(path, ["ids": [.string(runs[0].id), .string(active.id)]]))
            #expect(try left() == Set(runs[1...].map(\.id)))
            // Each name of the filter has the meaning that it has in a list's query.
            let created = try #require(runs[2]["created_at"])
            let nothing: [JSONValue] = [
                ["status": "failed"], ["triggered_by": "cron"], ["created_after": "2200-01-01T00:00:00Z"],
                ["created_before": "2001-01-01T00:00:00Z"], ["exit_code_min": 1], ["exit_code_max": -1],
                ["retries_only": true],
            ]
            for filter in nothing {
                guard case .object(var members) = filter else { continue }
                members["search"] = "bulk-"
                try expectCount(0, try client.post(path, ["match_all": true, "filter": .object(members)]))
            }
            let one: JSONValue = ["task_name": "bulk-a", "created_after": created, "created_before": created]
            try expectCount(1, try client.post(path, ["match_all": true, "filter": one]))
            let except: JSONValue = [.string(runs[1].id)]
            let rest: JSONValue = ["match_all": true, "filter": ["search": "bulk-"], "except_ids": except]
            try expectCount(1, try client.post(path, rest))
            #expect(try left() == [runs[1].id])
            #expect(try client.stop(active)["end_reason"] == "stopped")
            try refuses(client, path)
        },
        ContractRow("POST /api/runs/bulk/rerun", ["bulkRerunRuns"]) { _, client in
            let path = "/api/runs/bulk/rerun"
            let runs = [try client.run("bulk-a"), try client.run("bulk-a"), try client.run("bulk-b")]
            // One that has to be given a value is left out.
            let export = try client.run("export", ["file": "f"])
            func made(_ body: JSONValue) throws -> [String] {
                let triggered = try client.post(path, body).json()["triggered"]?.elements ?? []
                return try triggered.map { made in
                    let id = try #require(made["run_id"]?.text)
                    let run = try client.get("/api/runs/\(id)").object(.run)
                    #expect(run["task_name"] == made["task_name"] && !runs.map(\.id).contains(id))
                    return made["task_name"]?.text ?? ""
                }
            }
            let ids = JSONValue.array((runs + [export]).map { .string($0.id) })
            #expect(try made(["ids": ids]) == ["bulk-a", "bulk-b"])
            #expect(try made(["match_all": true, "filter": ["task_name": "bulk-b"]]) == ["bulk-b"])
            #expect(try made(["match_all": true, "filter": ["task_name": "export"], "except_ids": []]) == [])
            try refuses(client, path)
        },
    ]

    private static func expectCount(
        _ count: Int64,
        _ answer: ContractAnswer,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try answer.json(200, location).bare == ["affected": .integer(count)], sourceLocation: location)
    }

    private static func refuses(_ client: ContractClient, _ path: String) throws {
        let id: JSONValue = ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]
        try client.post(path).refused(422, "body")
        try client.post(path, [:]).refused(422, "body")
        try client.post(path, ["ids": ["x", 1]]).refused(422, "body.ids[0]", "body.ids[1]")
        try client.post(path, ["ids": id, "match_all": true]).refused(422, "body.ids")
        try client.post(path, ["ids": id, "except_ids": id, "filter": [:]]).refused(
            422,
            "body.except_ids",
            "body.filter"
        )
        let filter: JSONValue = ["status": "x", "limit": 1, "created_after": "x", "exit_code_min": "1"]
        try client.post(path, ["match_all": true, "filter": filter]).refused(
            422,
            "body.filter.status",
            "body.filter.limit",
            "body.filter.created_after",
            "body.filter.exit_code_min"
        )
    }
}

extension ContractClient {
    /// Whether a run comes to be stopped.
    fileprivate func stopped(_ run: JSONValue) throws -> Bool {
        try eventually { try get("/api/runs/\(run.id)").json()["end_reason"] == "stopped" }
    }
}
