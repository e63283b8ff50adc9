import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import AlmanacServer
import AlmanacTesting
import Testing

@Suite("What is done to many runs at once")
struct BulkTests {
    let fixture = Fixture()
    static let unknownRun = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

    private func ended(_ taskName: String, _ reason: EndReason = .success) async -> Run {
        let run = await fixture.ledger.add(taskName)
        await fixture.ledger.end(run.id, reason)
        return run
    }

    private func body(_ ids: [RunID]) -> String {
        "{\"ids\": [\(ids.map { "\"\($0)\"" }.joined(separator: ", "))]}"
    }

    @Test("Cancel stops what is active, and passes over what has ended and what is not there")
    func cancel() async throws {
        let client = try MemoryClient(fixture)
        let active = await [fixture.ledger.add("hello").id, fixture.ledger.add("skips").id]
        let over = await ended("hello").id
        let text = body(active + [over, RunID(Self.unknownRun)!, active[0]])
        let answer = try await client.post("/api/runs/bulk/cancel", body: text)
        #expect(answer.status == 200)
        #expect(try answer.decode(BulkAffected.self).affected == 2)
        #expect(Set(await fixture.ledger.stopped) == Set(active))
    }

    @Test("Delete removes what has ended, and passes over what is active")
    func delete() async throws {
        let client = try MemoryClient(fixture)
        let active = await fixture.ledger.add("hello").id
        var over: [RunID] = []
        for _ in 0..<5 { over.append(await ended("hello").id) }
        let answer = try await client.post("/api/runs/bulk/delete", body: body(over + [active]))
        #expect(try answer.decode(BulkAffected.self).affected == 5)
        #expect(await Array(fixture.ledger.runs.keys) == [active])
    }

    @Test("Everything that fits is gone through, slice by slice, those left out that are named")
    func matching() async throws {
        let client = try MemoryClient(fixture)
        var over: [RunID] = []
        for index in 0..<7 { over.append(await ended(index % 2 == 0 ? "hello" : "skips", .failed).id) }
        let active = await fixture.ledger.add("hello").id
        let text = """
            {"match_all": true, "filter": {"task_name": "hello", "status": "failed,running"}, "except_ids": ["\(over[2])"]}
            """
        let answer = try await client.post("/api/runs/bulk/delete", body: text)
        #expect(try answer.decode(BulkAffected.self).affected == 3)
        #expect(Set(await fixture.ledger.runs.keys) == Set([over[1], over[2], over[3], over[5], active]))
        let query = try #require(await fixture.ledger.queries.first)
        #expect(query.phases.isEmpty && query.endReasons == [.failed] && query.sortDirection == .ascending)
        #expect(query.createdBefore == fixture.clock.now)
    }

    @Test("A filter that no active run fits cancels nothing")
    func nothing() async throws {
        let client = try MemoryClient(fixture)
        await fixture.ledger.add("hello")
        let text = "{\"match_all\": true, \"filter\": {\"status\": \"failed\"}}"
        #expect(try await client.post("/api/runs/bulk/cancel", body: text).decode(BulkAffected.self).affected == 0)
        let all = try await client.post("/api/runs/bulk/cancel", body: "{\"match_all\": true}")
        #expect(try all.decode(BulkAffected.self).affected == 1)
    }

    @Test("Rerun makes one run of each task that the API may start without being given a value")
    func rerun() async throws {
        let client = try MemoryClient(fixture)
        for name in ["hello", "hello", "locked", "strict", "gone", "skips"] { _ = await ended(name) }
        let answer = try await client.post("/api/runs/bulk/rerun", body: "{\"match_all\": true}")
        #expect(answer.status == 200)
        let triggered = try answer.decode(BulkTriggered.self).triggered
        #expect(triggered.map(\.taskName) == ["hello", "skips"])
        let requests = await fixture.ledger.requests
        #expect(requests.map(\.task.name) == ["hello", "skips"])
        #expect(requests.allSatisfy { $0.trigger == .api && $0.params == nil })
        for run in triggered { #expect(await fixture.ledger.runs[RunID(run.runID)!]?.taskName == run.taskName) }
    }

    @Test("Rerun of nothing makes nothing, and makes nothing while the daemon goes down")
    func rerunNothing() async throws {
        let client = try MemoryClient(fixture)
        let none = try await client.post("/api/runs/bulk/rerun", body: "{\"ids\": []}")
        #expect(try none.decode(BulkTriggered.self).triggered.isEmpty)
        _ = await ended("hello")
        await fixture.ledger.shutDown()
        #expect(try await client.post("/api/runs/bulk/rerun", body: "{\"match_all\": true}").status == 503)
    }

    @Test("Every name of the filter is heeded")
    func filter() async throws {
        let client = try MemoryClient(fixture)
        let text = """
            {"match_all": true, "except_ids": null, "filter": {"created_after": "2026-01-01T00:00:00Z",
            "created_before": "2026-01-02T00:00:00Z", "exit_code_min": 1, "exit_code_max": 3, "retries_only": true,
            "search": "x", "status": "ended", "task_name": "hello", "triggered_by": "cron"}, "$schema": "x"}
            """
        #expect(try await client.post("/api/runs/bulk/delete", body: text).status == 200)
        let query = try #require(await fixture.ledger.queries.first)
        #expect(query.createdAfter?.description == "2026-01-01T00:00:00Z")
        #expect(query.createdBefore?.description == "2026-01-02T00:00:00Z")
        #expect(query.exitCodeMin == 1 && query.exitCodeMax == 3 && query.retriesOnly && query.search == "x")
        #expect(query.phases == [.ended] && query.taskName == "hello" && query.trigger == .cron)
    }

    @Test(
        "What does not fit is refused, each fault with its place",
        arguments: [
            (nil, 422, ["body"]),
            ("{}", 422, ["body"]),
            ("{\"match_all\": false}", 422, ["body"]),
            ("{\"ids\": null}", 422, ["body"]),
            ("[]", 422, ["body"]),
            ("{", 422, ["body"]),
            ("{\"ids\": [], \"match_all\": true}", 422, ["body.ids"]),
            ("{\"ids\": [], \"filter\": {}}", 422, ["body.filter"]),
            ("{\"ids\": [], \"except_ids\": []}", 422, ["body.except_ids"]),
            ("{\"ids\": \"x\"}", 422, ["body.ids"]),
            ("{\"ids\": [\"x\", 3, \"\(unknownRun)\", null]}", 422, ["body.ids[0]", "body.ids[1]", "body.ids[3]"]),
            ("{\"ids\": [], \"match_all\": \"yes\", \"more\": 1}", 422, ["body.match_all", "body.more"]),
            ("{\"match_all\": true, \"filter\": []}", 422, ["body.filter"]),
            (
                """
                {"match_all": true, "filter": {"status": "failed,x", "triggered_by": "me", "created_after": "now",
                "exit_code_min": "1", "retries_only": 1, "limit": 3, "task_name": null}}
                """,
                422,
                [
                    "body.filter.created_after", "body.filter.exit_code_min", "body.filter.limit",
                    "body.filter.retries_only", "body.filter.status", "body.filter.task_name",
                    "body.filter.triggered_by",
                ]
            ),
        ] as [(String?, Int, [String])]
    )
    func refusal(body: String?, status: Int, locations: [String]) async throws {
        for operation in ["cancel", "delete", "rerun"] {
            let client = try MemoryClient(fixture)
            let answer = try await client.post("/api/runs/bulk/\(operation)", body: body)
            #expect(answer.status == status)
            #expect(try answer.faultLocations == locations)
        }
        #expect(await fixture.ledger.requests.isEmpty)
    }

    @Test("A body of another type is 415, one that is too large 413")
    func bodies() async throws {
        let client = try MemoryClient(fixture)
        #expect(try await client.post("/api/runs/bulk/delete", body: "{\"ids\": []}", type: "text/plain").status == 415)
        let large = "{\"ids\": [\(String(repeating: " ", count: 1 << 20))]}"
        #expect(try await client.post("/api/runs/bulk/delete", body: large).status == 413)
        #expect(try await client.post("/api/runs/bulk/delete?x=1", body: "{\"ids\": []}").faultLocations == ["query.x"])
    }

    @Test("The same over a socket")
    func socket() async throws {
        let run = await ended("hello").id
        try await RunningServer.run(fixture) { server async throws in
            let client = server.tcpClient
            let cancelled = try await client.post("/api/runs/bulk/cancel", body: "{\"match_all\": true}")
            #expect(try cancelled.decode(BulkAffected.self).affected == 0)
            let rerun = try await client.post("/api/runs/bulk/rerun", body: body([run]))
            #expect(try rerun.decode(BulkTriggered.self).triggered.map(\.taskName) == ["hello"])
            let deleted = try await client.post("/api/runs/bulk/delete", body: body([run]))
            #expect(try deleted.decode(BulkAffected.self).affected == 1)
        }
    }
}
