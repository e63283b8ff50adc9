import AlmanacAPI
import AlmanacTesting
import Testing

extension ContractRow {
    static let streams = [
        ContractRow("GET .../runs/{runId}/log/stream", ["streamLogById", "streamLog"]) { _, client in
            for form in ["/api/runs", "/api/tasks/sleeper/runs"] { try follows(client, form) }
            for form in ["/api/runs", "/api/tasks/chatty/runs"] { try replays(client, form) }
            let cut = try client.run("cut")
            let rotated = try client.stream("/api/runs/\(cut.id)/log/stream?from=0").next()
            let first = try client.get("/api/runs/\(cut.id)/log").json()["first_available"]
            #expect(rotated?.name == "rotated" && rotated?.data == ["first_available": first ?? .null])
            try client.get("/api/tasks/good/runs/\(cut.id)/log/stream").refused(404)
            let path = "/api/runs/\(cut.id)/log/stream"
            try client.get("\(path)?from=x&replay_limit=0").refused(422, "query.from", "query.replay_limit")
            try client.send("GET", path, ["Last-Event-ID: x"]).refused(422, "header.Last-Event-ID")
        },
        ContractRow("GET /api/runs/stream", ["streamRuns"]) { _, client in
            try tells(client)
            try client.send("GET", "/api/runs/stream", ["Last-Event-ID: -1"]).refused(422, "header.Last-Event-ID")
        },
    ]

    /// From the first line to the end of the run.
    private static func follows(_ client: ContractClient, _ form: String) throws {
        let run = try client.start("sleeper")
        let stream = try client.stream("\(form)/\(run.id)/log/stream")
        let line = try #require(stream.next())
        #expect(line.name == "line" && line.id == 0)
        ContractShape.logLine.check(line.data)
        #expect(line.data["n"] == 0 && line.data["text"] == "asleep")
        _ = try client.stop(run)
        let end = stream.rest
        #expect(end.filter { $0.name != "line" }.map(\.name) == ["done"])
        let final = try client.get("/api/runs/\(run.id)/log").json()["total_lines"]?.number ?? 0
        #expect(end.last?.data == ["final_line": .integer(final - 1), "status": "ended"])
    }

    private static func replays(_ client: ContractClient, _ form: String) throws {
        let run = try client.run("chatty")
        func numbers(_ query: String = "", after id: Int64? = nil) throws -> [Int64] {
            let events = try client.stream("\(form)/\(run.id)/log/stream\(query)", after: id).rest
            #expect(events.last?.name == "done" && events.last?.data == ["final_line": 1500, "status": "ended"])
            let lines = events.filter { $0.name == "line" }
            #expect(lines.map(\.id) == lines.map { $0.data["n"]?.number })
            return lines.compactMap(\.id)
        }
        #expect(try numbers() == Array(501...1500))
        #expect(try numbers("?from=0") == Array(0...1500))
        #expect(try numbers("?from=-2") == [1499, 1500])
        // What was received last goes before from, and takes all.
        #expect(try numbers("?from=0&replay_limit=1", after: 1490) == Array(1491...1500))
        let few = try client.stream("\(form)/\(run.id)/log/stream?from=100&replay_limit=10").rest
        #expect(few.first?.name == "dropped" && few.first?.data == ["after": 99, "count": 1391])
        #expect(few.filter { $0.name == "line" }.compactMap(\.id) == Array(1491...1500))
    }

    /// What becomes of runs, each change once.
    private static func tells(_ client: ContractClient) throws {
        let stream = try client.stream("/api/runs/stream")
        // The first sign of life says where the stream stands.
        #expect(stream.next()?.name == "ping")
        func expect(_ id: String, _ names: [String]) throws -> [ContractStream.Event] {
            var events: [ContractStream.Event] = []
            while events.count < names.count {
                let event = stream.next { event in
                    event.data["run"]?.id == id || event.data["run_id"]?.text == id
                }
                events.append(try #require(event, "\(names) of \(id)"))
            }
            #expect(events.map(\.name) == names)
            for event in events where event.name != "run.deleted" { ContractShape.run.check(event.data["run"]) }
            return events
        }
        let good = try client.run("good")
        let told = try expect(good.id, ["run.created", "run.started", "run.completed"])
        #expect(told.last?.data["run"]?["end_reason"] == "success")
        let bad = try client.run("bad")
        let failed = try expect(bad.id, ["run.created", "run.started", "run.failed"])
        #expect(failed.last?.data["run"]?["exit_code"] == 3)
        let first = try client.start("skipper")
        let second = try client.start("skipper")
        _ = try client.stop(first)
        _ = try expect(second.id, ["run.created", "run.updated"])
        #expect(try client.delete("/api/runs/\(bad.id)").status == 204)
        let deleted = try expect(bad.id, ["run.deleted"])
        #expect(deleted.last?.data == ["run_id": .string(bad.id), "task_name": "bad"])
        // Later on the same comes again after what was received last.
        let ids = (told + failed.dropLast(3) + deleted).compactMap(\.id)
        #expect(ids == ids.sorted() && ids.count == told.count + 1)
        let again = try client.stream("/api/runs/stream", after: told[0].id)
        let next = (0..<2).map { _ in again.next { $0.name != "ping" }?.id }
        #expect(next == [told[1].id, told[2].id])
    }
}
