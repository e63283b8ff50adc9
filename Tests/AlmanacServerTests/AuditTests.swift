import AlmanacAPI
import AlmanacModel
import AlmanacServer
import AlmanacTesting
import NIOPosix
import Testing

@Suite("Every change that is asked for leaves an entry in the audit")
struct AuditTests {
    private func entries(_ tokens: TokenFixture, _ query: String = "") async throws -> [AuditRecord] {
        let answer = try await tokens.root.get("/api/audit\(query)")
        try #require(answer.status == 200, "\(answer.text)")
        return try answer.decode(AuditPage.self).entries
    }

    @Test("A run by hand hands its entry to the factory, which commits both at once")
    func trigger() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("deploy", "trigger:hello")
        #expect(try await tokens.send("POST", "/api/tasks/hello/run?wait=false", token: token).status == 201)
        let request = try #require(await tokens.fixture.ledger.requests.first)
        let expected = AuditEntry(
            at: tokens.fixture.clock.now,
            caller: .token("deploy"),
            address: "unknown",
            operation: "triggerRun",
            taskName: "hello",
            status: 201,
            detail: "wait=false"
        )
        #expect(request.auditEntry == expected)
    }

    @Test("A run that is not made leaves none")
    func refusedTrigger() async throws {
        let tokens = try TokenFixture()
        let root = tokens.root
        #expect(try await root.post("/api/tasks/nothing/run").status == 404)
        #expect(try await root.post("/api/tasks/locked/run").status == 403)
        #expect(try await entries(tokens).isEmpty)
        #expect(await tokens.fixture.ledger.requests.isEmpty)
    }

    @Test("Who, what, on what, from where, and how it ended")
    func fields() async throws {
        let tokens = try TokenFixture()
        let run = await tokens.fixture.ledger.add("hello")
        let root = tokens.root
        #expect(try await root.post("/api/tasks/nightly/pause").status == 200)
        #expect(try await root.post("/api/tasks/nothing/pause").status == 404)
        #expect(try await root.post("/api/runs/\(run.id)/stop").status == 200)
        #expect(try await root.post("/api/reload?dry_run=false").status == 200)
        let token = try await tokens.makeToken("boss", "admin")
        #expect(try await tokens.send("DELETE", "/api/tokens/boss", token: token).status == 204)
        let at = "2026-03-28T12:00:00Z"
        func byRoot(_ id: Int64, _ operation: String, _ status: Int64) -> AuditRecord {
            AuditRecord(
                id: id,
                at: at,
                callerKind: "user",
                caller: "0",
                processID: 7,
                address: "unix",
                operation: operation,
                status: status
            )
        }
        var expected = [
            byRoot(1, "pauseTask", 200), byRoot(2, "pauseTask", 404), byRoot(3, "stopRunById", 200),
            byRoot(4, "reload", 200), byRoot(5, "createToken", 201),
            AuditRecord(
                id: 6,
                at: at,
                callerKind: "token",
                caller: "boss",
                address: "unknown",
                operation: "revokeToken",
                tokenName: "boss",
                status: 204
            ),
        ]
        expected[0].taskName = "nightly"
        expected[1].taskName = "nothing"
        expected[2].runID = "\(run.id)"
        expected[3].detail = "dry_run=false"
        expected[4].tokenName = "boss"
        expected[4].detail = "admin"
        #expect(try await entries(tokens) == expected.reversed())
    }

    @Test("Of many runs at once: how many were meant, and how many there were")
    func bulk() async throws {
        let tokens = try TokenFixture()
        let run = await tokens.fixture.ledger.add("hello")
        let root = tokens.root
        let ids = "[\"\(run.id)\", \"01ARZ3NDEKTSV4RRFFQ69G5FAV\"]"
        #expect(try await root.post("/api/runs/bulk/rerun", body: "{\"ids\": \(ids)}").status == 200)
        #expect(
            try await root.post(
                "/api/runs/bulk/cancel",
                body: "{\"match_all\": true, \"except_ids\": \(ids), \"filter\": {\"search\": \"secret\"}}"
            ).status == 200
        )
        #expect(try await root.post("/api/runs/bulk/delete", body: "{}").status == 422)
        #expect(
            try await entries(tokens).map { "\($0.operation) \($0.status ?? 0) \($0.detail ?? "")" } == [
                "bulkDeleteRuns 422 ", "bulkCancelRuns 200 match_all but 2 ids; affected: 1",
                "bulkRerunRuns 200 2 ids; made: 1",
            ]
        )
    }

    @Test("The entry is there before the change, and stays without a status where nobody can tell it")
    func beforeTheChange() async throws {
        let tokens = try TokenFixture()
        let store = tokens.fixture.accessStore
        let number = try await store.record(
            AuditEntry(at: tokens.fixture.clock.now, caller: .anonymous, address: "127.0.0.1", operation: "reload")
        )
        #expect(number == 1)
        #expect(try await entries(tokens).first?.status == nil)
    }

    @Test("What was only read, and who was not let in, leaves none")
    func reading() async throws {
        let tokens = try TokenFixture()
        _ = try await tokens.root.get("/api/tasks")
        #expect(try await tokens.root.post("/api/reload?dry_run=true").status == 200)
        #expect(try await tokens.send("POST", "/api/reload", token: nil).status == 401)
        #expect(try await tokens.send("POST", "/api/reload", token: "wrong").status == 401)
        #expect(try await tokens.root.post("/api/nothing").status == 404)
        #expect(try await entries(tokens).isEmpty)
    }

    @Test("It is asked for page by page, and by caller, operation, task and time")
    func queries() async throws {
        let tokens = try TokenFixture()
        for number in 1...5 {
            tokens.fixture.clock.set("2026-03-28T12:00:0\(number)Z")
            _ = try await tokens.root.post("/api/tasks/\(number == 3 ? "nothing" : "nightly")/pause")
        }
        func ids(_ query: String) async throws -> [Int64] { try await entries(tokens, query).map(\.id) }
        #expect(try await ids("") == [5, 4, 3, 2, 1])
        let page = try await tokens.root.get("/api/audit?limit=2").decode(AuditPage.self)
        #expect(page.entries.map(\.id) == [5, 4])
        #expect(page.nextBefore == 4)
        #expect(try await ids("?limit=2&before=4") == [3, 2])
        #expect(try await tokens.root.get("/api/audit?limit=2&before=2").decode(AuditPage.self).nextBefore == nil)
        #expect(try await ids("?task_name=nothing") == [3])
        #expect(try await ids("?caller=0&operation=pauseTask&limit=1") == [5])
        #expect(try await ids("?caller=boss") == [])
        #expect(try await ids("?since=2026-03-28T12:00:02Z&until=2026-03-28T12:00:04Z") == [3, 2])
        let faulty = try await tokens.root.get("/api/audit?limit=0&before=0&since=x&colour=red")
        #expect(faulty.status == 422)
    }
}
