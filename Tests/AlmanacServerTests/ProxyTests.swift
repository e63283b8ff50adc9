import AlmanacAPI
import AlmanacModel
import AlmanacServer
import AlmanacTesting
import NIOPosix
import Testing

@Suite("A proxy is believed where it is trusted, and nowhere else")
struct ProxyTests {
    /// A server behind the proxies 10.0.0.0/8 and ::1.
    private func client(
        peer: String,
        isEncrypted: Bool = false,
        tcp: AccessSettings.TCPPolicy = .openOnLoopback
    ) throws -> (MemoryClient, Fixture) {
        var fixture = Fixture()
        fixture.access.tcp = tcp
        fixture.access.hostNames = ["almanac.example"]
        fixture.access.trustedProxies = try ["10.0.0.0/8", "127.0.0.1", "::1"].map { try #require(IPNetwork($0)) }
        let connection = ClientConnection(
            endpoint: .tcp(listener: .loopback, port: 9477),
            peer: IPAddress(peer),
            isEncrypted: isEncrypted,
            eventLoop: Fixture.group.next()
        )
        let responder = try MemoryClient(fixture).responder
        return (MemoryClient(responder, connection), fixture)
    }

    struct AddressRow: Sendable, CustomTestStringConvertible {
        var peer: String
        var forwardedFor: [String]
        var client: String
        var testDescription: String { "\(peer) says \(forwardedFor)" }
    }

    @Test(
        "The client is the rightmost address that is no proxy's",
        arguments: [
            AddressRow(peer: "192.0.2.1", forwardedFor: ["127.0.0.1"], client: "192.0.2.1"),
            AddressRow(peer: "10.1.2.3", forwardedFor: [], client: "10.1.2.3"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["192.0.2.9"], client: "192.0.2.9"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["127.0.0.1, 192.0.2.9"], client: "192.0.2.9"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["192.0.2.9, 10.0.0.2", "10.0.0.3"], client: "192.0.2.9"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["192.0.2.9 ,\t10.0.0.2"], client: "192.0.2.9"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["192.0.2.8, 192.0.2.9"], client: "192.0.2.9"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["[2001:db8::1]:1234"], client: "2001:db8::1"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["192.0.2.9:1234"], client: "192.0.2.9"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["192.0.2.9, unknown"], client: "10.1.2.3"),
            AddressRow(peer: "10.1.2.3", forwardedFor: ["192.0.2.9, _x, 10.0.0.2"], client: "10.0.0.2"),
            AddressRow(peer: "::1", forwardedFor: ["192.0.2.9,"], client: "::1"),
        ]
    )
    func address(_ row: AddressRow) async throws {
        let (client, fixture) = try client(peer: row.peer, tcp: .credentials)
        let made = try await client.makeToken("t", ["admin"])
        let headers = row.forwardedFor.map { (name: "X-Forwarded-For", value: $0) }
        let request = TestRequest(
            method: "POST",
            path: "/api/reload",
            headers: headers + [("Authorization", "Bearer \(made)")]
        )
        #expect(try await client.send(request).status == 200)
        let entries = try await fixture.accessStore.auditEntries(matching: AuditQuery())
        #expect(entries.map(\.address) == [row.client, "unix"])
    }

    @Test("An open port is open to this machine, and not to whom a proxy on it speaks for")
    func openPort() async throws {
        let (client, _) = try client(peer: "127.0.0.1")
        func status(_ address: String?) async throws -> Int {
            let headers = address.map { [(name: "X-Forwarded-For", value: $0)] } ?? []
            return try await client.send(TestRequest(method: "GET", path: "/api/info", headers: headers)).status
        }
        #expect(try await status(nil) == 200)
        #expect(try await status("127.0.0.1") == 200)
        #expect(try await status("192.0.2.9") == 401)
    }

    struct HostRow: Sendable {
        var peer = "10.1.2.3"
        var host = "127.0.0.1:9477"
        var forwardedHost: String?
        var forwardedProto: String?
        var isEncrypted = false
        var origin: String?
        /// The start of `$schema`; nil for a refusal.
        var base: String?
    }

    @Test(
        "Host and scheme are the client's, for $schema and for the origins that may change something",
        arguments: [
            HostRow(base: "http://127.0.0.1:9477"),
            HostRow(isEncrypted: true, base: "https://127.0.0.1:9477"),
            HostRow(isEncrypted: true, origin: "https://127.0.0.1:9477", base: "https://127.0.0.1:9477"),
            HostRow(isEncrypted: true, origin: "http://127.0.0.1:9477"),
            HostRow(origin: "https://127.0.0.1:9477"),
            HostRow(
                host: "almanac.example",
                isEncrypted: true,
                origin: "https://almanac.example:443",
                base: "https://almanac.example"
            ),
            HostRow(host: "almanac.example", isEncrypted: true, origin: "https://almanac.example:80"),
            HostRow(
                forwardedHost: "almanac.example",
                forwardedProto: "https",
                origin: "https://almanac.example",
                base: "https://almanac.example"
            ),
            HostRow(
                forwardedHost: "almanac.example:8443",
                forwardedProto: "https",
                origin: "https://almanac.example:8443",
                base: "https://almanac.example:8443"
            ),
            HostRow(host: "almanac.example:8443", base: "http://almanac.example:8443"),
            HostRow(forwardedHost: "almanac.example", origin: "https://almanac.example"),
            HostRow(
                forwardedHost: "evil.example, almanac.example",
                forwardedProto: "HTTPS",
                base: "https://almanac.example"
            ),
            HostRow(forwardedHost: "203.0.113.5", base: "http://203.0.113.5"),
            HostRow(forwardedHost: "evil.example"),
            HostRow(forwardedHost: "a b"),
            HostRow(
                peer: "192.0.2.1",
                forwardedHost: "almanac.example",
                forwardedProto: "https",
                base: "http://127.0.0.1:9477"
            ),
            HostRow(peer: "192.0.2.1", host: "evil.example", forwardedHost: "almanac.example"),
            HostRow(peer: "192.0.2.1", host: "almanac.example:8443"),
            HostRow(
                peer: "192.0.2.1",
                forwardedHost: "evil.example",
                forwardedProto: "https",
                origin: "https://evil.example"
            ),
        ]
    )
    func hosts(_ row: HostRow) async throws {
        let (client, _) = try client(peer: row.peer, isEncrypted: row.isEncrypted, tcp: .credentials)
        var headers = [(name: "Authorization", value: "Bearer \(try await client.makeToken("t", ["admin"]))")]
        if let host = row.forwardedHost { headers.append((name: "X-Forwarded-Host", value: host)) }
        if let proto = row.forwardedProto { headers.append((name: "X-Forwarded-Proto", value: proto)) }
        if let origin = row.origin { headers.append((name: "Origin", value: origin)) }
        let request = TestRequest(method: "POST", path: "/api/tasks/hello/run", headers: headers, host: row.host)
        let answer = try await client.send(request)
        #expect((answer.status == 201) == (row.base != nil), "\(answer.status)")
        guard let base = row.base else { return }
        #expect(try answer.decode(RunResource.self).schema == "\(base)/schemas/Run.json")
    }
}

@Suite("A network is an address with a prefix")
struct IPNetworkTests {
    @Test(
        "What lies in it",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "192.0.2.1", true),
            ("0.0.0.0/0", "::1", false), ("::/0", "::1", true), ("::1", "::1", true), ("::1", "::2", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("192.0.2.128/25", "192.0.2.127", false),
        ]
    )
    func contains(network: String, address: String, isIn: Bool) throws {
        let bytes = try #require(IPAddress(address)).bytes
        #expect(try #require(IPNetwork(network)).contains(bytes) == isIn)
        #expect(IPNetwork(network)?.description == network)
    }

    @Test(
        "What is none",
        arguments: [
            "", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10/8", "a", "::/129", "::1/64",
        ]
    )
    func invalid(text: String) { #expect(IPNetwork(text) == nil) }
}
