import AlmanacModel
import AlmanacServer
import NIOCore
import NIOPosix
import Testing

@Suite("Who takes their time is cut off")
struct PaceTests {
    private var limits: APIServer.Limits {
        var limits = APIServer.Limits()
        limits.idle = .milliseconds(500)
        limits.body = .milliseconds(500)
        limits.reading = .milliseconds(300)
        return limits
    }

    /// Sends a text, then a byte every 50 ms until the server closes the connection.
    ///
    /// - Returns: how long the connection was there; nil where it outlived the test's patience.
    private func drip(_ start: String, _ byte: String, to address: ListenAddress) async throws -> Duration? {
        try await RawConnection.open(address) { connection in
            let clock = ContinuousClock()
            let opened = clock.now
            try await connection.send(start)
            let channel = connection.channel
            let dripping = channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(50)) { _ in
                channel.writeAndFlush(ByteBuffer(string: byte), promise: nil)
            }
            defer { dripping.cancel() }
            _ = try await connection.rest()
            let time = opened.duration(to: clock.now)
            return time < .seconds(20) ? time : nil
        }
    }

    @Test("A head that never ends, however many bytes come")
    func head() async throws {
        try await RunningServer.run(limits: limits) { server async throws in
            #expect(try await drip("GET /health HTTP/1.1\r\nHost: localhost\r\nX: ", "x", to: server.tcp) != nil)
            #expect(try await drip("", "G", to: server.tcp) != nil)
        }
    }

    @Test(
        "A body that never ends, in whatever shape",
        arguments: [
            ("Content-Length: 1000000\r\n\r\n", " "),
            ("Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
            ("Transfer-Encoding: chunked\r\n\r\n1;", "x"),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", "x"),
        ]
    )
    func body(start: String, byte: String) async throws {
        try await RunningServer.run(limits: limits) { server async throws in
            for path in ["/api/tasks/hello/run", "/api/nothing", "/health"] {
                let start = "POST \(path) HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\(start)"
                #expect(try await drip(start, byte, to: server.tcp) != nil, "\(path)")
            }
            #expect(await server.fixture.ledger.requests.isEmpty)
        }
    }

    @Test("Silence, before a request and between two")
    func silence() async throws {
        try await RunningServer.run(limits: limits) { server async throws in
            let closed = try await RawConnection.open(server.tcp) { connection in try await connection.isClosed() }
            #expect(closed)
        }
    }

    @Test("An answer that nobody reads")
    func reading() async throws {
        var fixture = Fixture()
        fixture.log = FixedLog(
            chunks: Array(repeating: [UInt8](repeating: 0x61, count: 1 << 20), count: 64),
            page: fixture.log.page
        )
        try await RunningServer.run(fixture, limits: limits) { server async throws in
            let run = await server.fixture.ledger.add("hello")
            let text = "GET /api/runs/\(run.id)/log/raw HTTP/1.1\r\nHost: localhost\r\n\r\n"
            // A busy machine may begin with the answer late.
            var count = 64 << 20
            for seconds in [1, 3, 9, 27] as [Int64] where count >= 64 << 20 {
                count = try await RawConnection.open(server.unix) { connection in
                    try await connection.channel.setOption(.autoRead, value: false).get()
                    try await connection.send(text)
                    let gone = connection.channel.eventLoop.makePromise(of: Void.self)
                    connection.channel.eventLoop.scheduleTask(in: .seconds(seconds)) { gone.succeed() }
                    try await gone.futureResult.get()
                    // What was sent before the server has closed the connection is there, or was thrown away with it.
                    try? await connection.channel.setOption(.autoRead, value: true).get()
                    return (try? await connection.rest().utf8.count) ?? 0
                }
            }
            #expect(count < 64 << 20)
        }
    }
}
