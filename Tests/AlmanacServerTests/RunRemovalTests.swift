import AlmanacAPI
import AlmanacModel
import AlmanacServer
import Testing

@Suite("Figures about runs, and their removal")
struct RunRemovalTests {
    let fixture = Fixture()
    static let unknownRun = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

    @Test("The summary counts what ended well, what failed and what was missed")
    func summary() async throws {
        let client = try MemoryClient(fixture)
        var none = RunSummary(total: 0, success: 0, failed: 0, missed: 0, lastFailure: nil)
        none.schema = "http://127.0.0.1:9477/schemas/RunSummary.json"
        #expect(try await client.get("/api/runs/summary").decode(RunSummary.self) == none)
        await fixture.ledger.add("hello")
        for reason in EndReason.allCases {
            let run = await fixture.ledger.add("hello") { run in
                guard reason.precludesStart else { return }
                run.state = .ended(.withoutCommand(reason, at: run.createdAt))
            }
            await fixture.ledger.end(run.id, reason)
        }
        let summary = try await client.get("/api/runs/summary").decode(RunSummary.self)
        // failed, timeout, crashed, log_overflow, start_failed
        #expect(summary.total == 13 && summary.success == 1 && summary.failed == 5 && summary.missed == 1)
        #expect(summary.lastFailure == "2026-03-28T12:00:00Z")
        #expect(try await client.get("/api/runs/summary?x=1").faultLocations == ["query.x"])
    }

    @Test("An ended run is removed, by its id and under its task", arguments: ["/api/runs/", "/api/tasks/hello/runs/"])
    func delete(path: String) async throws {
        let client = try MemoryClient(fixture)
        let run = await fixture.ledger.add("hello").id
        let active = try await client.send(TestRequest(method: "DELETE", path: path + run.description))
        #expect(active.status == 409)
        await fixture.ledger.end(run)
        let gone = try await client.send(TestRequest(method: "DELETE", path: path + run.description))
        #expect(gone.status == 204 && gone.body.isEmpty && gone.headers["content-type"] == nil)
        #expect(await fixture.ledger.runs.isEmpty)
        #expect(try await client.send(TestRequest(method: "DELETE", path: path + run.description)).status == 404)
    }

    @Test("A run of another task is not there, and a name that is none is a fault")
    func refusals() async throws {
        let client = try MemoryClient(fixture)
        let run = await fixture.ledger.add("hello").id
        await fixture.ledger.end(run)
        let other = TestRequest(method: "DELETE", path: "/api/tasks/skips/runs/\(run)")
        #expect(try await client.send(other).status == 404)
        let fault = TestRequest(method: "DELETE", path: "/api/runs/NaN?x=1")
        #expect(try await client.send(fault).faultLocations == ["path.runId", "query.x"])
        #expect(await fixture.ledger.runs.count == 1)
    }

    @Test("A stop may have a body without members, and no other")
    func stop() async throws {
        let client = try MemoryClient(fixture)
        let run = await fixture.ledger.add("hello").id
        let path = "/api/runs/\(run)/stop"
        #expect(try await client.post(path, body: "{\"x\": 1}").faultLocations == ["body.x"])
        #expect(try await client.post(path, body: "{}", type: "text/plain").status == 415)
        #expect(try await client.post(path, body: String(repeating: " ", count: 1 << 21)).status == 413)
        #expect(try await client.post("/api/runs/\(Self.unknownRun)/stop", body: "{", type: "x/y").status == 404)
        #expect(await fixture.ledger.stopped.isEmpty)
        #expect(try await client.post(path, body: "{}").status == 200)
        await fixture.ledger.end(run)
        #expect(try await client.post("/api/tasks/hello/runs/\(run)/stop").status == 409)
    }

    @Test("The same over a socket")
    func socket() async throws {
        let run = await fixture.ledger.add("hello").id
        await fixture.ledger.end(run, .failed, exitCode: 1)
        try await RunningServer.run(fixture) { server async throws in
            let client = server.tcpClient
            #expect(try await client.get("/api/runs/summary").decode(RunSummary.self).failed == 1)
            #expect(try await client.post("/api/runs/\(run)/stop", body: "{}").status == 409)
            #expect(try await client.send(TestRequest(method: "DELETE", path: "/api/runs/\(run)")).status == 204)
            #expect(try await client.get("/api/runs/summary").decode(RunSummary.self).total == 0)
            #expect(try await client.get("/openapi.json").status == 200)
            #expect(try await client.get("/schemas/Run.json").status == 200)
        }
    }
}
