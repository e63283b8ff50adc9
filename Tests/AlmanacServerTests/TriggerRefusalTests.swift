import AlmanacAPI
import AlmanacModel
import AlmanacServer
import Testing

@Suite("A trigger is refused for the first reason there is, and made otherwise")
struct TriggerRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var rule: String
        var path = "/api/tasks/hello/run"
        var type: String? = "application/json"
        var body: String?
        var isChunked = false
        var headers: [(name: String, value: String)] = []
        var host: String?? = .none
        var status: Int
        var locations: [String] = []

        var testDescription: String { rule }
    }

    static let large = "{\"params\":{\"a\":\"\(String(repeating: "x", count: 2 << 20))\"}}"
    static let deep = String(repeating: "[", count: 100_000)
    static let longName = String(repeating: "n", count: 101)

    static let rows: [Row] = [
        Row(rule: "no body", status: 201),
        Row(rule: "an empty object", body: "{}", status: 201),
        Row(rule: "no params", body: "{\"params\":{}}", status: 201),
        Row(rule: "an answer's own $schema", body: "{\"$schema\":\"x\",\"params\":{}}", status: 201),
        Row(rule: "JSON with parameters", type: "Application/JSON; charset=utf-8", body: "{}", status: 201),
        Row(rule: "another kind of JSON", type: "application/vnd.almanac+json", body: "{}", status: 201),
        Row(rule: "a body of no stated type is JSON", type: nil, body: "{}", status: 201),
        Row(rule: "a type without a body", headers: [("Content-Type", "text/plain")], status: 201),
        Row(rule: "a chunked body", body: "{}", isChunked: true, status: 201),
        Row(rule: "a wait of no time", path: "/api/tasks/hello/run?wait=false&wait_timeout=5", status: 201),
        Row(rule: "an escaped name", path: "/api/tasks/h%65llo/run", status: 201),
        Row(rule: "a run that the policy turns away", path: "/api/tasks/skips/run", status: 201),

        Row(rule: "no host", host: .some(nil), status: 400),
        Row(rule: "two hosts", headers: [("Host", "127.0.0.1")], status: 400),
        Row(rule: "no such task", path: "/api/tasks/nothing/run", status: 404),
        Row(rule: "a name that paths have a meaning for", path: "/api/tasks/../run", status: 404),
        Row(rule: "not for the API", path: "/api/tasks/locked/run", status: 403),
        Row(rule: "a body that is not JSON", type: "text/plain", body: "{}", status: 415),
        Row(rule: "a form", type: "application/x-www-form-urlencoded", body: "a=b", status: 415),
        Row(rule: "a body of 2 MB", body: large, status: 413),
        Row(rule: "a chunked body of 2 MB", body: large, isChunked: true, status: 413),
        Row(rule: "a null", body: "null", status: 422, locations: ["body"]),
        Row(rule: "an array", body: "[]", status: 422, locations: ["body"]),
        Row(rule: "a number", body: "17", status: 422, locations: ["body"]),
        Row(rule: "half an object", body: "{\"params\":", status: 422, locations: ["body"]),
        Row(rule: "blanks alone", body: "  \n", status: 422, locations: ["body"]),
        Row(rule: "100,000 brackets", body: deep, status: 422, locations: ["body"]),
        Row(rule: "a null for params", body: "{\"params\":null}", status: 422, locations: ["body.params"]),
        Row(rule: "a list for params", body: "{\"params\":[]}", status: 422, locations: ["body.params"]),
        Row(rule: "an unknown key", body: "{\"parameters\":{}}", status: 422, locations: ["body.parameters"]),
        Row(
            rule: "an undeclared parameter",
            body: "{\"params\":{\"region\":\"eu\"}}",
            status: 422,
            locations: ["body.params.region"]
        ),
        Row(
            rule: "one left out",
            body: "{\"params\":{\"region\":null}}",
            status: 422,
            locations: ["body.params.region"]
        ),
        Row(
            rule: "one that is no string",
            body: "{\"params\":{\"n\":1e999}}",
            status: 422,
            locations: ["body.params.n"]
        ),
        Row(
            rule: "a key that comes twice",
            body: "{\"params\":{\"a\":\"1\"},\"params\":{\"a\":\"2\"}}",
            status: 422,
            locations: ["body.params"]
        ),
        Row(
            rule: "a wait_timeout of 0",
            path: "/api/tasks/hello/run?wait_timeout=0",
            status: 422,
            locations: ["query.wait_timeout"]
        ),
        Row(
            rule: "a wait_timeout of 3601",
            path: "/api/tasks/hello/run?wait_timeout=3601",
            status: 422,
            locations: ["query.wait_timeout"]
        ),
        Row(
            rule: "a wait_timeout in words",
            path: "/api/tasks/hello/run?wait_timeout=5s",
            status: 422,
            locations: ["query.wait_timeout"]
        ),
        Row(
            rule: "a huge wait_timeout",
            path: "/api/tasks/hello/run?wait_timeout=99999999999999999999",
            status: 422,
            locations: ["query.wait_timeout"]
        ),
        Row(rule: "a wait of maybe", path: "/api/tasks/hello/run?wait=maybe", status: 422, locations: ["query.wait"]),
        Row(rule: "a wait of nothing", path: "/api/tasks/hello/run?wait", status: 422, locations: ["query.wait"]),
        Row(rule: "a wait twice", path: "/api/tasks/hello/run?wait=1&wait=1", status: 422, locations: ["query.wait"]),
        Row(rule: "an unknown query", path: "/api/tasks/hello/run?waits=1", status: 422, locations: ["query.waits"]),
        Row(rule: "a name with a slash", path: "/api/tasks/a%2Fb/run", status: 422, locations: ["path.taskName"]),
        Row(rule: "a name of two names", path: "/api/tasks/a%252Fb/run", status: 422, locations: ["path.taskName"]),
        Row(rule: "a name that is not UTF-8", path: "/api/tasks/%FF/run", status: 422, locations: ["path.taskName"]),
        Row(rule: "a name with half an escape", path: "/api/tasks/a%2/run", status: 422, locations: ["path.taskName"]),
        Row(
            rule: "a name of 101 characters",
            path: "/api/tasks/\(longName)/run",
            status: 422,
            locations: ["path.taskName"]
        ),
        Row(
            rule: "all faults at once",
            path: "/api/tasks/hello/run?wait_timeout=0&x=1",
            body: "{\"y\":1,\"params\":{\"b\":\"\",\"a\":null}}",
            status: 422,
            locations: ["query.x", "query.wait_timeout", "body.y", "body.params.a", "body.params.b"]
        ),
        Row(
            rule: "a bad name beside other faults",
            path: "/api/tasks/a%20b/run?wait_timeout=0",
            body: "[]",
            status: 422,
            locations: ["path.taskName", "query.wait_timeout", "body"]
        ),
        // The order of refusals.
        Row(rule: "404 before 415", path: "/api/tasks/nothing/run", type: "text/plain", body: "x", status: 404),
        Row(rule: "404 before 413", path: "/api/tasks/nothing/run", body: large, status: 404),
        Row(rule: "404 before 422", path: "/api/tasks/nothing/run?x=1", status: 404),
        Row(rule: "api_trigger before 415", path: "/api/tasks/locked/run", type: "text/plain", body: "x", status: 403),
        Row(rule: "api_trigger before 422", path: "/api/tasks/locked/run?x=1", status: 403),
        Row(rule: "415 before 413", type: "text/plain", body: large, status: 415),
        Row(rule: "415 before 422", path: "/api/tasks/hello/run?x=1", type: "text/plain", body: "x", status: 415),
        Row(rule: "413 before 422", path: "/api/tasks/hello/run?x=1", body: large, status: 413),
    ]

    @Test("Without a transport", arguments: rows)
    func inMemory(_ row: Row) async throws {
        let fixture = Fixture()
        try await check(row, MemoryClient(fixture), fixture)
    }

    @Test("Over TCP and over a Unix socket")
    func overSockets() async throws {
        for useTCP in [true, false] {
            try await RunningServer.run { server async throws in
                let client = useTCP ? server.tcpClient : server.unixClient
                for row in Self.rows {
                    let fixture = server.fixture
                    try await check(row, client, fixture)
                    await fixture.ledger.clear()
                }
            }
        }
    }

    private func check(_ row: Row, _ client: some APIClient, _ fixture: Fixture) async throws {
        var headers = row.headers
        if row.body != nil, let type = row.type { headers.append(("Content-Type", type)) }
        let answer = try await client.send(
            TestRequest(
                method: "POST",
                path: row.path,
                headers: headers,
                body: row.body,
                isChunked: row.isChunked,
                host: row.host
            )
        )
        #expect(answer.status == row.status, "\(row.rule): \(answer.text)")
        let made = await fixture.ledger.requests.count
        if row.status == 201 {
            let run = try answer.decode(RunResource.self)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["location"] == "/api/runs/\(run.id)")
            #expect(run.schema?.hasSuffix("/schemas/Run.json") == true)
            #expect(run.triggeredBy == "api")
            #expect(made == 1, "\(row.rule)")
        } else {
            let problem = try answer.decode(Problem.self)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(problem.status == row.status)
            #expect(try answer.faultLocations == row.locations, "\(row.rule)")
            #expect(problem.type == "about:blank")
            // The address is made of the host, which may be what is wrong.
            let isOfKnownHost = row.status != 400 && row.status != 421
            #expect((problem.schema?.hasSuffix("/schemas/ErrorModel.json") == true) == isOfKnownHost, "\(row.rule)")
            #expect(!problem.title.isEmpty)
            #expect(problem.detail?.isEmpty == false)
            #expect(made == 0, "\(row.rule)")
        }
    }

    @Test("A run that the policy turns away has ended at birth")
    func skipped() async throws {
        let run = try await MemoryClient(Fixture()).post("/api/tasks/skips/run?wait=1").decode(RunResource.self)
        #expect(run.status == "ended")
        #expect(run.endReason == "skipped")
        #expect(run.exitCode == -1)
        #expect(run.message == "one is active")
    }

    @Test("The faults of a body are listed up to a bound")
    func manyFaults() async throws {
        let params = (0..<5000).map { "\"k\($0)\":\"\"" }.joined(separator: ",")
        let answer = try await MemoryClient(Fixture()).post("/api/tasks/hello/run", body: "{\"params\":{\(params)}}")
        #expect(answer.status == 422)
        #expect(try answer.faultLocations.count == 1000)
        #expect(try answer.decode(Problem.self).detail?.contains("5000") == true)
    }

    @Test("A daemon on its way down makes no runs")
    func shuttingDown() async throws {
        let fixture = Fixture()
        await fixture.ledger.shutDown()
        #expect(try await MemoryClient(fixture).post("/api/tasks/hello/run").status == 503)
    }

    @Test("A store that fails is 500, and its error stays in the log")
    func broken() async throws {
        let fixture = Fixture()
        await fixture.ledger.breakDown()
        let answer = try await MemoryClient(fixture).post("/api/tasks/hello/run")
        #expect(answer.status == 500)
        #expect(answer.headers["content-type"] == "application/problem+json")
        #expect(!answer.text.contains("Broken"))
        #expect(try answer.decode(Problem.self).instance?.hasPrefix("urn:almanac:request:") == true)
    }
}
