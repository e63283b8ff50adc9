import AlmanacAPI
import AlmanacModel
import AlmanacServer
import NIOCore
import Testing

@Suite("A connection is used well, and survives being used badly")
struct TransportTests {
    @Test("Pipelined requests are answered in order, on one connection")
    func pipelining() async throws {
        try await RunningServer.run { server async throws in
            let host = "Host: \(server.tcp)\r\n"
            let requests =
                "GET /health HTTP/1.1\r\n\(host)\r\n"
                + "POST /api/tasks/hello/run HTTP/1.1\r\n\(host)Content-Length: 2\r\n\r\n{}"
                + "GET /nothing HTTP/1.1\r\n\(host)\r\n"
                + "GET /health HTTP/1.1\r\n\(host)Connection: Close\r\n\r\n"
            try await RawConnection.open(server.tcp) { connection async throws in
                try await connection.send(requests)
                var statuses: [Int] = []
                while let answer = try await connection.answer() { statuses.append(answer.status) }
                #expect(statuses == [200, 201, 404, 200])
            }
        }
    }

    @Test("A client of HTTP/1.0 gets HTTP/1.0, without chunks, and the connection's end")
    func version10() async throws {
        try await RunningServer.run { server async throws in
            let run = await server.fixture.ledger.add("hello")
            let text = try await RawConnection.open(server.tcp) { connection async throws in
                try await connection.send("GET /api/runs/\(run.id)/log/raw HTTP/1.0\r\nHost: \(server.tcp)\r\n\r\n")
                return try await connection.rest()
            }
            #expect(text.hasPrefix("HTTP/1.0 200 OK\r\n"))
            #expect(text.hasSuffix("\r\n\r\none\ntwo"))
        }
    }

    @Test("A log over a socket is chunked, and its HEAD says its length")
    func rawLog() async throws {
        try await RunningServer.run { server async throws in
            let run = await server.fixture.ledger.add("hello")
            let path = "/api/runs/\(run.id)/log/raw"
            #expect(try await server.unixClient.get(path).text == "one\ntwo")
            let head = try await server.unixClient.send(TestRequest(method: "HEAD", path: path))
            #expect(head.headers["content-length"] == "7")
        }
    }

    @Test("What is no request is a problem too, and ends the connection")
    func noHTTP() async throws {
        let many = (0..<200).map { "X-\($0): x\r\n" }.joined()
        let long = String(repeating: "x", count: 100_000)
        try await RunningServer.run { server async throws in
            let host = "Host: \(server.tcp)\r\n"
            let rows: [(text: String, status: Int)] = [
                ("nonsense\r\n\r\n", 400),
                ("GET /health HTTP/9.9\r\n\(host)\r\n", 400),
                ("GET /he alth HTTP/1.1\r\n\(host)\r\n", 400),
                ("GET /health HTTP/1.1\r\n\(host)X: \(long)\r\n\r\n", 431),
                ("GET /health HTTP/1.1\r\n\(host)\(many)\r\n", 431),
                ("GET /health HTTP/1.1\r\n\(host)X : y\r\n\r\n", 400),
                ("POST /api/tasks/hello/run HTTP/1.1\r\n\(host)Content-Length: x\r\n\r\n", 400),
                ("POST /api/tasks/hello/run HTTP/1.1\r\n\(host)Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
                (
                    "POST /api/tasks/hello/run HTTP/1.1\r\n\(host)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                    400
                ),
                ("POST /api/tasks/hello/run HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
                ("POST /api/tasks/hello/run HTTP/1.1\r\n\(host)Content-Length: -1\r\n\r\n", 400),
            ]
            for row in rows {
                let name = String(row.text.prefix(120))
                try await RawConnection.open(server.tcp) { connection async throws in
                    try await connection.send(row.text)
                    let answer = try #require(try await connection.answer(), "\(name)")
                    #expect(answer.status == row.status, "\(name)")
                    #expect(answer.headers["content-type"] == "application/problem+json", "\(name)")
                    #expect(answer.headers["connection"] == "close", "\(name)")
                    #expect(try answer.decode(Problem.self).status == row.status, "\(name)")
                    connection.closeOutput()
                    #expect(try await connection.isClosed(), "\(name)")
                }
            }
            #expect(await server.fixture.ledger.requests.isEmpty)
            #expect(try await server.tcpClient.get("/health").status == 200)
        }
    }

    @Test("A body that never ends is refused while it is sent, and so is what follows it", arguments: [true, false])
    func endlessBody(usesTCP: Bool) async throws {
        try await RunningServer.run { server async throws in
            let client = usesTCP ? server.tcpClient : server.unixClient
            let chunk = "10000\r\n" + String(repeating: "x", count: 65536) + "\r\n"
            let rest = client.text(of: TestRequest(method: "POST", path: "/api/tasks/hello/run"))
            try await RawConnection.open(client.address) { connection async throws in
                try await connection.send(
                    "POST /api/tasks/hello/run HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                for _ in 0..<17 { try await connection.send(chunk) }
                let answer = try #require(try await connection.answer())
                #expect(answer.status == 413)
                #expect(answer.headers["connection"] == "close")
                try await connection.send(chunk + "0\r\n\r\n" + rest)
                #expect(try await connection.isClosed())
            }
            #expect(await server.fixture.ledger.requests.isEmpty)
        }
    }

    @Test(
        "A refused body is read on, so that who sends all of it first gets to see why",
        .timeLimit(.minutes(2)),
        arguments: ["keep-alive", "close"]
    )
    func refusedBody(connection: String) async throws {
        var limits = APIServer.Limits()
        limits.linger = .hours(1)
        try await RunningServer.run(limits: limits) { server async throws in
            var request = TestRequest(method: "POST", path: "/api/tasks/hello/run")
            request.headers = [("Connection", connection), ("Content-Type", "text/plain")]
            // More than a Unix socket takes that nobody reads from.
            request.body = String(repeating: " ", count: 1 << 19)
            let bytes = server.unixClient.text(of: request)
            try await RawConnection.open(server.unix) { connection async throws in
                // Until the last byte is on its way.
                try await connection.channel.writeAndFlush(ByteBuffer(string: bytes))
                #expect(try await connection.answer()?.status == 415)
                #expect(try await connection.isClosed())
            }
        }
    }

    @Test(
        "So is one that has turned out to be too large",
        .timeLimit(.minutes(2)),
        arguments: ["keep-alive", "close"]
    )
    func refusedChunks(connection: String) async throws {
        var limits = APIServer.Limits()
        limits.linger = .hours(1)
        try await RunningServer.run(limits: limits) { server async throws in
            var request = TestRequest(method: "POST", path: "/api/tasks/hello/run", isChunked: true)
            request.headers = [("Connection", connection), ("Content-Type", "application/json")]
            // Of this much nobody takes the end who does not read on.
            request.body = String(repeating: " ", count: 1 << 23)
            let bytes = server.unixClient.text(of: request)
            try await RawConnection.open(server.unix) { connection async throws in
                try await connection.channel.writeAndFlush(ByteBuffer(string: bytes))
                #expect(try await connection.answer()?.status == 413)
                #expect(try await connection.isClosed())
            }
        }
    }

    @Test("A body that is no HTTP any more is told so, whatever is to become of the connection")
    func brokenChunks() async throws {
        try await RunningServer.run { server async throws in
            for connection in ["keep-alive", "close"] {
                let head = "POST /api/tasks/hello/run HTTP/1.1\r\nHost: \(server.tcp)\r\nConnection: \(connection)\r\n"
                try await RawConnection.open(server.tcp) { connection async throws in
                    try await connection.send(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")
                    #expect(try await connection.answer()?.status == 400)
                    connection.closeOutput()
                    #expect(try await connection.isClosed())
                }
            }
            #expect(try await server.tcpClient.get("/health").status == 200)
        }
    }

    @Test("A client that asks first is told to go on, or why not")
    func expectContinue() async throws {
        try await RunningServer.run { server async throws in
            let head = "POST /api/tasks/hello/run HTTP/1.1\r\nHost: \(server.tcp)\r\nExpect: 100-continue\r\n"
            try await RawConnection.open(server.tcp) { connection async throws in
                try await connection.send(head + "Content-Length: 2\r\n\r\n")
                #expect(try await connection.answer()?.status == 100)
                try await connection.send("{}")
                #expect(try await connection.answer()?.status == 201)
            }
            try await RawConnection.open(server.tcp) { connection async throws in
                try await connection.send(head + "Content-Length: 2000000\r\n\r\n")
                #expect(try await connection.answer()?.status == 413)
                #expect(try await connection.isClosed())
            }
        }
    }

    @Test("A body of which half comes is no request", arguments: [true, false])
    func halfBody(endsOutput: Bool) async throws {
        var limits = APIServer.Limits()
        limits.idle = .milliseconds(200)
        try await RunningServer.run(limits: limits) { server async throws in
            let ledger = server.fixture.ledger
            try await RawConnection.open(server.unix) { connection async throws in
                try await connection.send(
                    "POST /api/tasks/hello/run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{\"params\":"
                )
                if endsOutput {
                    connection.closeOutput()
                }
                _ = try await connection.rest()
            }
            #expect(await ledger.requests.isEmpty)
        }
    }

    @Test("A connection that does nothing is closed after a while, a waiting one is not")
    func idle() async throws {
        var limits = APIServer.Limits()
        limits.idle = .seconds(1)
        try await RunningServer.run(limits: limits) { server async throws in
            let ledger = server.fixture.ledger
            let wait = server.tcpClient.text(of: TestRequest(method: "POST", path: "/api/tasks/hello/run?wait=true"))
            try await RawConnection.open(server.tcp) { waiting async throws in
                try await waiting.send(wait)
                await ledger.waitForWaiters(1)
                for text in ["", "GET /hea", "GET /health HTTP/1.1\r\nHost: \(server.tcp)\r\n\r\n"] {
                    try await RawConnection.open(server.tcp) { connection async throws in
                        try await connection.send(text)
                        if text.hasSuffix("\r\n\r\n") { #expect(try await connection.answer()?.status == 200) }
                        #expect(try await connection.isClosed())
                    }
                }
                let run = try #require(await ledger.onlyRun)
                await ledger.end(run.id)
                #expect(try await waiting.answer()?.decode(RunResource.self).status == "ended")
            }
        }
    }

    @Test("When the daemon goes down, idle connections close and a stuck one is cut off")
    func shutDown() async throws {
        var limits = APIServer.Limits()
        limits.shutdown = .milliseconds(200)
        try await RunningServer.run(limits: limits) { server async throws in
            let address = server.tcp
            try await RawConnection.open(address) { stuck async throws in
                try await stuck.send(
                    "POST /api/tasks/hello/run HTTP/1.1\r\nHost: \(address)\r\nContent-Length: 9\r\n\r\n{"
                )
                try await RawConnection.open(server.unix) { idle async throws in
                    try await idle.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    #expect(try await idle.answer()?.status == 200)
                    await server.shutDown()
                    #expect(try await idle.isClosed())
                }
                #expect(try await stuck.rest().isEmpty)
            }
            await #expect(throws: (any Error).self) {
                try await RawConnection.open(address) { _ in }
            }
            #expect(await server.fixture.ledger.requests.isEmpty)
        }
    }

    @Test("More connections than there may be wait for their turn")
    func gate() async throws {
        var limits = APIServer.Limits()
        limits.connections = 2
        try await RunningServer.run(limits: limits) { server async throws in
            try await withThrowingTaskGroup { group in
                for _ in 0..<40 {
                    group.addTask { () async throws in
                        #expect(try await server.tcpClient.get("/health").status == 200)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
