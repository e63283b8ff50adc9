import AlmanacAPI
import AlmanacModel
import AlmanacServer
import Testing

@Suite("The logs of a task are searched, the newest run first")
struct LogSearchTests {
    let fixture = Fixture()
    static let path = "/api/tasks/hello/log/search"

    /// Makes runs, the oldest first; every log holds "one fish", "two FISH", "red fish" and "blue".
    private func makeRuns(_ count: Int) async -> [String] {
        var ids: [String] = []
        for _ in 0..<count { ids.append(await fixture.ledger.add("hello").id.description) }
        return ids
    }

    @Test("Hits come in order, with their runs' times")
    func order() async throws {
        let ids = await makeRuns(3)
        await fixture.ledger.add("skips")
        let answer = try await MemoryClient(fixture).get("\(Self.path)?q=fish").decode(LogSearch.self)
        #expect(answer.exhausted && answer.nextCursor == nil && answer.scannedRuns == 3)
        #expect(answer.hits.map(\.runID) == ids.reversed().flatMap { [$0, $0, $0] })
        #expect(answer.hits.map(\.n) == [0, 1, 2, 0, 1, 2, 0, 1, 2])
        #expect(answer.hits[1].text == "two FISH" && answer.hits[1].stream == "stdout")
        #expect(answer.hits.allSatisfy { $0.ts == 1_774_699_200_000 })
    }

    @Test(
        "Case counts where it is asked for",
        arguments: [("q=fish&case=true", 2), ("q=FISH", 3), ("q=%46ish&case=1", 0)]
    )
    func letterCase(query: String, count: Int) async throws {
        _ = await makeRuns(1)
        let answer = try await MemoryClient(fixture).get("\(Self.path)?\(query)").decode(LogSearch.self)
        #expect(answer.hits.count == count)
    }

    @Test(
        "A regular expression is one where it is asked for",
        arguments: [
            ("q=^(one%7Cred)&regex=true", 2), ("q=^(one%7Cred)", 0), ("q=fish$&regex=true&case=true", 2),
            ("q=FISH$&regex=true", 3),
        ]
    )
    func expressions(query: String, count: Int) async throws {
        _ = await makeRuns(1)
        let answer = try await MemoryClient(fixture).get("\(Self.path)?\(query)").decode(LogSearch.self)
        #expect(answer.hits.count == count)
    }

    @Test("A cursor resumes behind the last hit, so that pages of any size make up the whole", arguments: 1...7)
    func pages(limit: Int) async throws {
        _ = await makeRuns(5)
        let client = try MemoryClient(fixture)
        let whole = try await client.get("\(Self.path)?q=fish").decode(LogSearch.self).hits
        #expect(whole.count == 15)
        var hits: [LogSearchHit] = []
        var cursor: String?
        for _ in 0..<20 {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await client.get("\(Self.path)?q=fish&limit=\(limit)\(next)").decode(LogSearch.self)
            #expect(page.hits.count <= limit)
            hits += page.hits
            cursor = page.nextCursor
            if page.exhausted { break }
        }
        #expect(hits == whole)
        #expect(cursor == nil)
    }

    @Test("The log of one run alone")
    func oneRun() async throws {
        let ids = await makeRuns(3)
        let client = try MemoryClient(fixture)
        let first = try await client.get("\(Self.path)?q=fish&run_id=\(ids[1])&limit=2").decode(LogSearch.self)
        #expect(first.hits.map(\.n) == [0, 1] && first.scannedRuns == 1 && !first.exhausted)
        let cursor = try #require(first.nextCursor)
        let path = "\(Self.path)?q=fish&run_id=\(ids[1])&cursor=\(cursor)"
        let second = try await client.get(path).decode(LogSearch.self)
        #expect(second.hits.map(\.n) == [2] && second.exhausted)
        let other = await fixture.ledger.add("skips").id
        #expect(try await client.get("\(Self.path)?q=x&run_id=\(other)").status == 404)
        // As RunWisp has it, an empty one is none.
        #expect(try await client.get("\(Self.path)?q=fish&run_id=").decode(LogSearch.self).scannedRuns == 3)
    }

    @Test(
        "What does not fit is refused",
        arguments: [
            ("", ["query.q"]), ("?q=", ["query.q"]), ("?q=\(String(repeating: "x", count: 1025))", ["query.q"]),
            ("?q=x&limit=0&regex=2&case=2", ["query.limit", "query.regex", "query.case"].sorted()),
            ("?q=x&limit=1001", ["query.limit"]), ("?q=x&cursor=x", ["query.cursor"]),
            ("?q=x&run_id=x", ["query.run_id"]),
            ("?q=x&more=1", ["query.more"]), ("?q=(&regex=true", ["query.q"]),
        ]
    )
    func refusal(query: String, locations: [String]) async throws {
        let answer = try await MemoryClient(fixture).get(Self.path + query)
        #expect(answer.status == 422)
        #expect(try answer.faultLocations.sorted() == locations)
    }

    @Test("The fault of a pattern says where it is")
    func patternFault() async throws {
        let answer = try await MemoryClient(fixture).get("\(Self.path)?q=ab(c&regex=true")
        let message = try answer.decode(Problem.self).errors?.first?.message
        #expect(message == "is no regular expression, at character 3: a ( without its )")
        #expect(try await MemoryClient(fixture).get("/api/tasks/nothing/log/search?q=").status == 404)
    }

    @Test("The same over a socket")
    func socket() async throws {
        _ = await makeRuns(1)
        try await RunningServer.run(fixture) { server async throws in
            let answer = try await server.tcpClient.get("\(Self.path)?q=red")
            #expect(try answer.decode(LogSearch.self).hits.map(\.text) == ["red fish"])
        }
    }
}
