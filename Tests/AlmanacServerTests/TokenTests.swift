import AlmanacAPI
import AlmanacModel
import AlmanacServer
import AlmanacTesting
import HTTPTypes
import NIOPosix
import Testing

/// A fixture whose TCP port asks for credentials, and what is asked of it.
struct TokenFixture {
    var fixture: Fixture
    let client: MemoryClient

    init() throws {
        fixture = Fixture()
        fixture.access.tcp = .credentials
        client = try MemoryClient(fixture)
    }

    /// Makes a token, as root does over the Unix socket.
    func makeToken(_ name: String = "t", _ scopes: String..., expires: String? = nil) async throws -> String {
        try await client.makeToken(name, scopes, expires: expires)
    }

    var root: MemoryClient { client.root }

    func send(
        _ method: String,
        _ path: String,
        token: String?,
        _ headers: [(name: String, value: String)] = []
    ) async throws -> Answer {
        let credentials = token.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
        return try await client.send(TestRequest(method: method, path: path, headers: credentials + headers))
    }
}

extension MemoryClient {
    /// The same server, as root asks it over the Unix socket.
    var root: MemoryClient {
        let peer = PeerCredentials(processID: 7, userID: 0, groupID: 0)
        return MemoryClient(responder, ClientConnection(endpoint: .unix(peer), eventLoop: Fixture.group.next()))
    }

    /// Makes a token, as its holder has it.
    func makeToken(_ name: String, _ scopes: [String], expires: String? = nil) async throws -> String {
        let body = TokenBody(name: name, scopes: scopes, expiresAt: expires)
        let text = String(decoding: try WireCoding.encode(body), as: UTF8.self)
        let answer = try await root.post("/api/tokens", body: text)
        try #require(answer.status == 201, "\(answer.text)")
        return try answer.decode(NewToken.self).token
    }
}

@Suite("A token lets its holder do what its scopes say, and nothing else")
struct TokenTests {
    @Test("It is shown once, is long, and is kept as a hash")
    func making() async throws {
        let tokens = try TokenFixture()
        let answer = try await tokens.root.post(
            "/api/tokens",
            body:
                #"{"name": "deploy", "scopes": ["trigger:hello", "read", "read"], "expires_at": "2026-04-01T00:00:00Z"}"#
        )
        #expect(answer.status == 201)
        let made = try answer.decode(NewToken.self)
        #expect(made.token.wholeMatch(of: /almanac_[A-Za-z0-9_-]{43}/) != nil)
        #expect(made.scopes == ["trigger:hello", "read"])
        let list = try await tokens.root.get("/api/tokens")
        let expected = TokenResource(
            name: "deploy",
            scopes: ["trigger:hello", "read"],
            createdAt: "2026-03-28T12:00:00Z",
            expiresAt: "2026-04-01T00:00:00Z"
        )
        #expect(try list.decode([TokenResource].self) == [expected])
        #expect(!list.text.contains("almanac_"))
        let kept = try #require(try await tokens.fixture.accessStore.tokens().first)
        #expect(kept.hash.count == 32)
        #expect(!kept.hash.elementsEqual(made.token.utf8))
        #expect(try await tokens.makeToken("other", "read") != made.token)
    }

    @Test(
        "What is wrong with a new one is said",
        arguments: [
            ("{}", ["body.name", "body.scopes"]),
            ("", ["body.name", "body.scopes"]),
            ("[]", ["body"]),
            (#"{"name": "a/b", "scopes": []}"#, ["body.name", "body.scopes"]),
            (#"{"name": "a", "scopes": ["write", "trigger:", "trigger:a/b"]}"#, (0...2).map { "body.scopes[\($0)]" }),
            (#"{"name": "a", "scopes": "read"}"#, ["body.scopes"]),
            (#"{"name": "a", "scopes": ["read"], "expires_at": "90d"}"#, ["body.expires_at"]),
            (#"{"name": "a", "scopes": ["read"], "x": 1}"#, ["body.x"]),
        ] as [(String, [String])]
    )
    func faults(body: String, locations: [String]) async throws {
        let tokens = try TokenFixture()
        let answer = try await tokens.root.post("/api/tokens", body: body)
        #expect(answer.status == 422)
        #expect(try answer.faultLocations == locations)
        #expect(try await tokens.fixture.accessStore.tokens().isEmpty)
    }

    @Test("An end that has passed is a conflict with the clock, after all that is wrong whatever the time is")
    func pastExpiry() async throws {
        let tokens = try TokenFixture()
        for (end, status) in [("2026-03-28T12:00:00Z", 409), ("2026-03-28T12:00:00.001Z", 201)] {
            let body = #"{"name": "a", "scopes": ["read"], "expires_at": "\#(end)"}"#
            let answer = try await tokens.root.post("/api/tokens", body: body)
            #expect(answer.status == status)
            if status == 409 { #expect(try answer.faultLocations == ["body.expires_at"]) }
        }
        let body = #"{"name": "a/b", "scopes": ["read"], "expires_at": "2026-03-28T12:00:00Z"}"#
        let answer = try await tokens.root.post("/api/tokens", body: body)
        #expect(answer.status == 422)
        #expect(try answer.faultLocations == ["body.name"])
    }

    @Test("Names are unique, and what is not there cannot be revoked")
    func names() async throws {
        let tokens = try TokenFixture()
        _ = try await tokens.makeToken("t", "read")
        let again = try await tokens.root.post("/api/tokens", body: #"{"name": "t", "scopes": ["read"]}"#)
        #expect(again.status == 409)
        let root = tokens.root
        #expect(try await root.send(TestRequest(method: "DELETE", path: "/api/tokens/u")).status == 404)
        #expect(try await root.send(TestRequest(method: "DELETE", path: "/api/tokens/a%2Fb")).status == 422)
        #expect(try await root.send(TestRequest(method: "DELETE", path: "/api/tokens/t")).status == 204)
        #expect(try await root.send(TestRequest(method: "DELETE", path: "/api/tokens/t")).status == 404)
    }

    static let run = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

    struct ScopeRow: Sendable, CustomTestStringConvertible {
        var scope: String
        /// Method and path of what it covers.
        var covers: [String]
        var testDescription: String { scope }
    }

    /// A request for each kind of access.
    static let requests = [
        "GET /api/info", "GET /api/tasks", "GET /api/runs", "GET /api/runs/\(run)", "GET /api/tasks/hello/runs",
        "GET /api/tasks/hello", "GET /api/tasks/skips", "GET /api/tasks/hello/runs/\(run)",
        "POST /api/tasks/hello/run", "POST /api/tasks/skips/run",
        "POST /api/tasks/hello/pause", "POST /api/reload", "POST /api/runs/\(run)/stop",
        "GET /api/tokens", "POST /api/tokens", "DELETE /api/tokens/x", "GET /api/audit",
    ]

    static let ofReaders = [
        "GET /api/info", "GET /api/tasks", "GET /api/runs", "GET /api/runs/\(run)", "GET /api/tasks/hello/runs",
        "GET /api/tasks/hello", "GET /api/tasks/skips", "GET /api/tasks/hello/runs/\(run)",
    ]

    @Test(
        "Each scope covers its operations",
        arguments: [
            ScopeRow(scope: "admin", covers: requests),
            ScopeRow(scope: "read", covers: ofReaders),
            ScopeRow(
                scope: "trigger",
                covers: [
                    "GET /api/tasks/hello", "GET /api/tasks/skips", "GET /api/tasks/hello/runs/\(run)",
                    "POST /api/tasks/hello/run", "POST /api/tasks/skips/run",
                ]
            ),
            ScopeRow(
                scope: "trigger:hello",
                covers: [
                    "GET /api/tasks/hello", "GET /api/tasks/hello/runs/\(run)", "POST /api/tasks/hello/run",
                ]
            ),
        ]
    )
    func scopes(_ row: ScopeRow) async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", row.scope)
        for request in Self.requests {
            let parts = request.split(separator: " ")
            let answer = try await tokens.send(String(parts[0]), String(parts[1]), token: token)
            #expect((answer.status == 403) == !row.covers.contains(request), "\(request): \(answer.status)")
            #expect(answer.status != 401)
        }
    }

    @Test("Every operation of the contract refuses a token that is for another task")
    func everyOperation() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "trigger:other")
        for operation in APIOperation.all where operation.access != .everyone {
            let path = operation.path.replacing("{taskName}", with: "hello").replacing("{runId}", with: Self.run)
                .replacing("{tokenName}", with: "t")
            #expect(
                try await tokens.send(operation.method.rawValue, path, token: token).status == 403,
                "\(operation.id)"
            )
            #expect(try await tokens.send(operation.method.rawValue, path, token: nil).status == 401, "\(operation.id)")
        }
        #expect(await tokens.fixture.ledger.requests.isEmpty)
    }

    @Test("A token for one task is told the same of the others, and of what is no task")
    func otherTask() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "trigger:hello")
        #expect(try await tokens.send("POST", "/api/tasks/hello/run", token: token).status == 201)
        let refused = try await tokens.send("POST", "/api/tasks/skips/run", token: token)
        #expect(refused.status == 403)
        for name in ["locked", "nothing", "a%2Fb", "..%2fhello", "%FF", "hello%00"] {
            let answer = try await tokens.send("POST", "/api/tasks/\(name)/run", token: token)
            #expect(answer.status == 403 && answer.body == refused.body, "\(name)")
        }
        #expect(await tokens.fixture.ledger.requests.count == 1)
    }

    @Test("A token may be for a task that is not there yet")
    func absentTask() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "trigger:nothing")
        #expect(try await tokens.send("POST", "/api/tasks/nothing/run", token: token).status == 404)
    }

    @Test("It is worth nothing from the very instant at which it expires")
    func expiry() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "read", expires: "2026-03-28T12:01:00Z")
        tokens.fixture.clock.set("2026-03-28T12:00:59Z")
        #expect(try await tokens.send("GET", "/api/info", token: token).status == 200)
        tokens.fixture.clock.set("2026-03-28T12:01:00Z")
        #expect(try await tokens.send("GET", "/api/info", token: token).status == 401)
    }

    @Test("A revoked one is worth nothing at once, and a new one of the name is another")
    func revocation() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "read")
        #expect(try await tokens.send("GET", "/api/info", token: token).status == 200)
        let revoking = TestRequest(method: "DELETE", path: "/api/tokens/t")
        #expect(try await tokens.root.send(revoking).status == 204)
        #expect(try await tokens.send("GET", "/api/info", token: token).status == 401)
        #expect(try await tokens.fixture.accessStore.tokens().isEmpty)
        let other = try await tokens.makeToken("t", "read")
        #expect(try await tokens.send("GET", "/api/info", token: token).status == 401)
        #expect(try await tokens.send("GET", "/api/info", token: other).status == 200)
    }

    @Test("Its last use is known at once, and kept about once a minute")
    func lastUse() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "read")
        func shown() async throws -> String? {
            try await tokens.root.get("/api/tokens").decode([TokenResource].self).first?.lastUsedAt
        }
        #expect(try await shown() == nil)
        _ = try await tokens.send("GET", "/api/info", token: token)
        #expect(try await shown() == "2026-03-28T12:00:00Z")
        tokens.fixture.clock.set("2026-03-28T12:00:59Z")
        _ = try await tokens.send("GET", "/api/info", token: token)
        #expect(try await shown() == "2026-03-28T12:00:59Z")
    }

    @Test(
        "What is no token is refused as a wrong one is",
        arguments: [
            "Bearer", "Bearer ", "Bearer  ", "Basic dXNlcjpwYXNz", "Bearer a b", "Bearer a,b", "Bearer é", "Bearer =",
            "Bearer almanac_x", "Bearer almanac_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "TOKEN", "",
        ]
    )
    func malformed(value: String) async throws {
        let tokens = try TokenFixture()
        _ = try await tokens.makeToken("t", "read")
        let request = TestRequest(method: "GET", path: "/api/info", headers: [("Authorization", value)])
        let answer = try await tokens.client.send(request)
        #expect(answer.status == 401)
        #expect(answer.headers["www-authenticate"] == "Bearer error=\"invalid_token\"")
        #expect(answer.body == (try await tokens.client.get("/api/nothing").body))
    }

    @Test("The scheme may be in any case, and credentials come once")
    func scheme() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "read")
        for scheme in ["Bearer", "bearer", "BEARER", "Bearer "] {
            let headers = [(name: "Authorization", value: "\(scheme) \(token)")]
            let request = TestRequest(method: "GET", path: "/api/info", headers: headers)
            #expect(try await tokens.client.send(request).status == 200, "\(scheme)")
            let twice = TestRequest(method: "GET", path: "/api/info", headers: headers + headers)
            #expect(try await tokens.client.send(twice).status == 401, "\(scheme)")
        }
    }

    @Test("On an open port a token is what it is elsewhere, and a wrong one is refused")
    func openPort() async throws {
        var tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "read")
        tokens.fixture.access.tcp = .openOnLoopback
        let open = try MemoryClient(tokens.fixture)
        func status(_ token: String?) async throws -> Int {
            let headers = token.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
            return try await open.send(TestRequest(method: "POST", path: "/api/tasks/hello/run", headers: headers))
                .status
        }
        #expect(try await status(nil) == 201)
        #expect(try await status(token) == 403)
        #expect(try await status("almanac_wrong") == 401)
    }

    @Test("Tokens are there again after a restart")
    func restart() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "read")
        let store = tokens.fixture.accessStore
        var next = Fixture(tokens: try await store.tokens(), accessStore: store)
        next.access.tcp = .credentials
        let request = TestRequest(method: "GET", path: "/api/info", headers: [("Authorization", "Bearer \(token)")])
        #expect(try await MemoryClient(next).send(request).status == 200)
    }
}

@Suite("Wrong credentials slow an address down")
struct FailedAttemptTests {
    @Test("After a few attempts there is one every few seconds, and right credentials are never held up")
    func throttling() async throws {
        let tokens = try TokenFixture()
        let token = try await tokens.makeToken("t", "read")
        for _ in 0..<10 {
            #expect(try await tokens.send("GET", "/api/info", token: "wrong").status == 401)
        }
        let answer = try await tokens.send("GET", "/api/info", token: "wrong")
        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"] == "7")
        #expect(try await tokens.send("GET", "/api/info", token: nil).status == 401)
        tokens.fixture.elapsed.advance(by: .seconds(7))
        #expect(try await tokens.send("GET", "/api/info", token: "wrong").status == 401)
        #expect(try await tokens.send("GET", "/api/info", token: "wrong").status == 429)
        #expect(try await tokens.send("GET", "/api/info", token: token).status == 200)
        // Who has come in has the attempts of a stranger again.
        for _ in 0..<10 {
            #expect(try await tokens.send("GET", "/api/info", token: "wrong").status == 401)
        }
        #expect(try await tokens.send("GET", "/api/info", token: "wrong").status == 429)
    }

    @Test("Other addresses are not concerned, and a version 6 network counts as one")
    func addresses() async throws {
        let tokens = try TokenFixture()
        func status(_ address: String) async throws -> Int {
            let connection = ClientConnection(
                endpoint: .tcp(listener: .loopback, port: 9477),
                peer: IPAddress(address),
                eventLoop: Fixture.group.next()
            )
            let client = MemoryClient(tokens.client.responder, connection)
            let headers = [(name: "Authorization", value: "Bearer wrong")]
            return try await client.send(TestRequest(method: "GET", path: "/api/info", headers: headers)).status
        }
        for number in 0..<10 { #expect(try await status("2001:db8::\(number)") == 401) }
        #expect(try await status("2001:db8::ffff") == 429)
        #expect(try await status("2001:db8:0:1::1") == 401)
        #expect(try await status("192.0.2.1") == 401)
    }
}
