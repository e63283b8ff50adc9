import AlmanacAPI
import AlmanacModel
import AlmanacServer
import Testing

@Suite("A reload tells what it has changed, or why it has changed nothing")
struct ReloadTests {
    let fixture = Fixture()

    @Test("What has changed")
    func report() async throws {
        await fixture.reloads.answer(
            .success(
                ReloadReport(
                    added: ["a", "b"],
                    removed: ["c"],
                    changed: [ReloadReport.Change(name: "d", reasons: ["cron", "timeout"])],
                    needingRestart: ["[api] auth"]
                )
            )
        )
        let answer = try await MemoryClient(fixture).post("/api/reload")
        #expect(answer.status == 200)
        #expect(
            answer.text
                == #"{"$schema":"http://127.0.0.1:9477/schemas/ReloadOutputBody.json","added":["a","b"],"#
                + #""changed":[{"name":"d","reasons":["cron","timeout"]}],"needing_restart":["[api] auth"],"removed":["c"]}"#
        )
    }

    @Test("Nothing has changed")
    func nothing() async throws {
        let answer = try await MemoryClient(fixture).post("/api/reload", body: "{}").decode(ReloadAnswer.self)
        #expect(answer.added == [] && answer.removed == [] && answer.changed == [] && answer.needingRestart == nil)
        #expect(await fixture.reloads.count == 1)
    }

    @Test("A dry run asks for a preview alone, and is answered as the reload would be", arguments: ["true", "1"])
    func dryRun(value: String) async throws {
        let client = try MemoryClient(fixture)
        let report = ReloadReport(added: ["a"], removed: [], changed: [], needingRestart: ["[api] auth"])
        await fixture.reloads.answer(.success(report))
        let preview = try await client.post("/api/reload?dry_run=\(value)")
        #expect(preview.status == 200)
        #expect(await fixture.reloads.previewCount == 1)
        #expect(await fixture.reloads.count == 0)
        #expect(try await client.post("/api/reload?dry_run=false").text == preview.text)
        #expect(await fixture.reloads.count == 1)
        await fixture.reloads.answer(.failure(ReloadRefusal(faults: ["almanac.toml:3: no"])))
        let refused = try await client.post("/api/reload?dry_run=\(value)")
        #expect(refused.status == 422)
        #expect(try await client.post("/api/reload").text == refused.text)
    }

    @Test("The file's faults, one entry each, up to a bound", arguments: [1, 2, 1001])
    func faults(count: Int) async throws {
        let faults = (1...count).map { "almanac.toml:\($0): [tasks.a] cron: 61 is not a minute" }
        await fixture.reloads.answer(.failure(ReloadRefusal(faults: faults)))
        let answer = try await MemoryClient(fixture).post("/api/reload")
        #expect(answer.status == 422)
        let problem = try answer.decode(Problem.self)
        #expect(problem.errors?.compactMap(\.message) == Array(faults.prefix(1000)))
        #expect(problem.errors?.allSatisfy { $0.location == "config" } == true)
        if count > 1 { #expect(problem.detail?.contains("\(count) faults") == true) }
    }

    @Test(
        "What is refused, and reloads nothing",
        arguments: [
            ("POST", "/api/reload?dry=1", nil, 422, ["query.dry"]),
            ("POST", "/api/reload?dry_run=perhaps", nil, 422, ["query.dry_run"]),
            ("POST", "/api/reload?dry_run", nil, 422, ["query.dry_run"]),
            ("POST", "/api/reload", #"{"path":"/etc/passwd"}"#, 422, ["body.path"]),
            ("POST", "/api/reload", "[]", 422, ["body"]),
            ("GET", "/api/reload", nil, 405, []),
        ] as [(String, String, String?, Int, [String])]
    )
    func refusal(method: String, path: String, body: String?, status: Int, locations: [String]) async throws {
        let request = TestRequest(method: method, path: path, body: body)
        let answer = try await MemoryClient(fixture).send(request)
        #expect(answer.status == status)
        #expect(try answer.faultLocations == locations)
        #expect(await fixture.reloads.count == 0)
        #expect(await fixture.reloads.previewCount == 0)
    }

    @Test("A daemon on its way down, and a store that fails")
    func failures() async throws {
        await fixture.reloads.answer(.failure(RunMakingError.shuttingDown))
        #expect(try await MemoryClient(fixture).post("/api/reload").status == 503)
        await fixture.reloads.answer(.failure(RunLedger.Broken()))
        #expect(try await MemoryClient(fixture).post("/api/reload").status == 500)
    }

    @Test("A stranger reloads and pauses nothing")
    func stranger() async throws {
        var fixture = fixture
        fixture.access.tcp = .credentials
        let client = try MemoryClient(fixture)
        let tasks = ["/api/tasks/nightly/pause", "/api/tasks/nightly/resume"]
        for path in ["/api/reload", "/api/reload?dry_run=true"] + tasks {
            #expect(try await client.post(path).status == 401)
        }
        #expect(await fixture.reloads.count == 0)
        #expect(await fixture.reloads.previewCount == 0)
        #expect(await fixture.pauses.pauses.isEmpty)
    }
}
