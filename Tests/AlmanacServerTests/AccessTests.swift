import AlmanacAPI
import AlmanacServer
import Glibc
import Testing

@Suite("A stranger gets nowhere")
struct AccessTests {
    static let paths = [
        "/api/info", "/api/tasks", "/api/tasks/hello", "/api/tasks/nothing", "/api/tasks/a%2Fb", "/api/runs?x=1",
        "/api/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/api/nothing", "/nothing", "/",
    ]

    @Test("Without credentials, TCP says the same of what is there and of what is not", arguments: paths)
    func unauthorized(path: String) async throws {
        var fixture = Fixture()
        fixture.access.tcp = .credentials
        let client = try MemoryClient(fixture)
        let answer = try await client.get(path)
        #expect(answer.status == 401)
        #expect(answer.headers["www-authenticate"] == "Bearer")
        #expect(answer.headers["content-type"] == "application/problem+json")
        #expect(answer.body == (try await client.get("/api/tasks").body))
        #expect(try await client.post("/api/tasks/hello/run", body: "x", type: "text/plain").body == answer.body)
        #expect(await fixture.ledger.requests.isEmpty)
    }

    @Test("Health is for everybody")
    func health() async throws {
        var fixture = Fixture()
        fixture.access.tcp = .credentials
        let answer = try await MemoryClient(fixture).get("/health")
        #expect(answer.status == 200)
        #expect(answer.text == "OK")
        #expect(answer.headers["content-type"]?.hasPrefix("text/plain") == true)
    }

    @Test("An open API is for loopback addresses")
    func openElsewhere() async throws {
        let address = try #require(IPAddress("192.0.2.1"))
        let client = try MemoryClient(Fixture(), endpoint: .tcp(listener: address, port: 9477))
        #expect(try await client.send(TestRequest(method: "GET", path: "/api/info", host: "192.0.2.1")).status == 401)
    }

    @Test("The Unix socket knows root and the daemon's own user, and nobody else")
    func peers() async throws {
        var fixture = Fixture()
        fixture.access = AccessSettings(tcp: .credentials, daemonUserID: 1000)
        for (userID, status) in [(0, 200), (1000, 200), (1001, 403)] as [(UInt32, Int)] {
            let peer = PeerCredentials(processID: 1, userID: userID, groupID: 0)
            let client = try MemoryClient(fixture, endpoint: .unix(peer))
            #expect(try await client.get("/api/info").status == status)
            #expect(try await client.get("/health").status == 200)
        }
        #expect(try await MemoryClient(fixture, endpoint: .unix(nil)).get("/api/info").status == 403)
    }

    @Test("The kernel tells who is at the other end of a real socket")
    func realPeer() async throws {
        var fixture = Fixture()
        fixture.access.tcp = .credentials
        try await RunningServer.run(fixture) { server async throws in
            #expect(try await server.unixClient.get("/api/info").status == 200)
            #expect(try await server.tcpClient.get("/api/info").status == 401)
        }
    }

    struct HostRow: Sendable {
        var host: String
        var listener = "127.0.0.1"
        var status: Int
    }

    @Test(
        "A request for another host is refused",
        arguments: [
            HostRow(host: "127.0.0.1:9477", status: 200),
            HostRow(host: "127.0.0.1", status: 200),
            HostRow(host: "127.0.0.2:9477", status: 200),
            HostRow(host: "localhost:9477", status: 200),
            HostRow(host: "LOCALHOST", status: 200),
            HostRow(host: "[::1]:9477", status: 200),
            HostRow(host: "[::1]:9477", listener: "::1", status: 200),
            HostRow(host: "localhost", listener: "::1", status: 200),
            HostRow(host: "192.0.2.7:9477", listener: "0.0.0.0", status: 200),
            HostRow(host: "localhost", listener: "0.0.0.0", status: 200),
            HostRow(host: "192.0.2.1", listener: "192.0.2.1", status: 200),
            HostRow(host: "almanac.example", status: 200),
            HostRow(host: "127.0.0.1:80", status: 421),
            HostRow(host: "localhost:9478", status: 421),
            HostRow(host: "evil.example", status: 421),
            HostRow(host: "evil.example:9477", status: 421),
            HostRow(host: "localhost.evil.example", status: 421),
            HostRow(host: "evil.example", listener: "0.0.0.0", status: 421),
            HostRow(host: "localhost", listener: "192.0.2.1", status: 421),
            HostRow(host: "127.0.0.1", listener: "192.0.2.1", status: 421),
            HostRow(host: "192.0.2.2", listener: "192.0.2.1", status: 421),
            HostRow(host: "192.0.2.1", status: 421),
            HostRow(host: "", status: 400),
            HostRow(host: "a b", status: 400),
            HostRow(host: "user@127.0.0.1", status: 400),
            HostRow(host: "127.0.0.1:x", status: 400),
            HostRow(host: "127.0.0.1:99999", status: 400),
            HostRow(host: "[::1", status: 400),
            HostRow(host: "127.0.0.1, evil.example", status: 400),
        ]
    )
    func host(_ row: HostRow) async throws {
        var fixture = Fixture()
        fixture.access.hostNames = ["almanac.example"]
        let listener = try #require(IPAddress(row.listener))
        let client = try MemoryClient(fixture, endpoint: .tcp(listener: listener, port: 9477))
        let answer = try await client.send(TestRequest(method: "GET", path: "/health", host: row.host))
        #expect(answer.status == row.status)
    }

    @Test("The address in an absolute target is judged like the Host header")
    func absoluteTarget() async throws {
        try await RunningServer.run { server async throws in
            let client = server.tcpClient
            #expect(try await client.get("http://\(server.tcp)/health").status == 200)
            #expect(try await client.get("http://evil.example/health").status == 421)
            #expect(try await client.get("nonsense").status == 400)
            for target in ["http://", "http://a:", "http:///", "://", "*", "?", "http://?", "/%"] {
                #expect(try await client.get(target).status >= 400, "\(target)")
            }
        }
    }

    struct OriginRow: Sendable {
        var name: String
        var value: String
        var status: Int
    }

    @Test(
        "A page of another site changes nothing",
        arguments: [
            OriginRow(name: "Origin", value: "http://127.0.0.1:9477", status: 201),
            OriginRow(name: "Sec-Fetch-Site", value: "same-origin", status: 201),
            OriginRow(name: "Sec-Fetch-Site", value: "none", status: 201),
            OriginRow(name: "Origin", value: "http://evil.example", status: 403),
            OriginRow(name: "Origin", value: "http://127.0.0.1:8080", status: 403),
            OriginRow(name: "Origin", value: "http://127.0.0.1:9477.evil.example", status: 403),
            OriginRow(name: "Origin", value: "http://localhost:9477", status: 403),
            OriginRow(name: "Origin", value: "null", status: 403),
            OriginRow(name: "Origin", value: "", status: 403),
            OriginRow(name: "Sec-Fetch-Site", value: "cross-site", status: 403),
            OriginRow(name: "Sec-Fetch-Site", value: "same-site", status: 403),
        ]
    )
    func origin(_ row: OriginRow) async throws {
        let fixture = Fixture()
        let client = try MemoryClient(fixture)
        let headers = [(name: row.name, value: row.value)]
        let request = TestRequest(method: "POST", path: "/api/tasks/hello/run", headers: headers)
        #expect(try await client.send(request).status == row.status)
        #expect(await fixture.ledger.requests.count == (row.status == 201 ? 1 : 0))
        #expect(try await client.send(TestRequest(method: "GET", path: "/api/tasks", headers: headers)).status == 200)
    }
}
