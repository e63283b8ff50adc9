import AlmanacAPI
import AlmanacModel
import AlmanacServer
import NIOCore
import Testing

@Suite("The stream of runs tells of every change once, in order")
struct RunStreamTests {
    private static let path = "/api/runs/stream"

    private static func started(_ run: Run) -> Run {
        var run = run
        run.state.handle(.started(at: run.createdAt))
        return run
    }

    private static func ended(_ run: Run, _ reason: EndReason, _ message: String? = nil) -> Run {
        var run = run
        run.state.handle(.ended(RunEnd(reason: reason, exitCode: 0, at: run.createdAt, message: message)))
        return run
    }

    @Test("A name for each change; an end is one of three")
    func names() async throws {
        try await RunningServer.run { server async throws in
            let events = server.fixture.events
            let run = await server.fixture.ledger.add("hello")
            let client = server.tcpClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, head) = try await EventReader.open(Self.path, client, &connection)
                #expect(head?.status == 200)
                #expect(head?.headers["content-type"] == "text/event-stream")
                #expect(head?.headers["cache-control"] == "no-store")
                // Whoever has seen the head misses nothing.
                events.add(.created, run)
                events.add(.started, Self.started(run))
                events.add(.ended, Self.ended(Self.started(run), .success))
                events.add(.ended, Self.ended(run, .timeout, "it took too long"))
                events.add(.ended, Self.ended(run, .skipped))
                events.add(.updated, Self.ended(run, .skipped))
                events.add(.deleted, run)
                let first = try #require(try await reader.next(&connection))
                #expect(first == ReceivedEvent(id: "0", name: "ping", data: "{}"))
                var found: [ReceivedEvent] = []
                while found.count < 7, let event = try await reader.nextNews(&connection) { found.append(event) }
                #expect(
                    found.map(\.name) == [
                        "run.created", "run.started", "run.completed", "run.failed", "run.updated", "run.updated",
                        "run.deleted",
                    ]
                )
                #expect(found.map(\.id) == (1...7).map { "\($0)" })
                #expect(try found[0].decode(RunCreatedEvent.self).run.status == "pending")
                #expect(try found[3].decode(RunFailedEvent.self).error == "it took too long")
                #expect(try found[6].decode(RunDeletedSSEEvent.self).runID == run.id.description)
            }
        }
    }

    @Test("Last-Event-ID goes on where it stopped; a run that is gone by now is told of by its going alone")
    func resume() async throws {
        try await RunningServer.run { server async throws in
            let events = server.fixture.events
            let run = await server.fixture.ledger.add("hello")
            events.add(.created, run)
            events.add(.created, run, isGone: true)
            events.add(.started, Self.started(run))
            let client = server.unixClient
            let found = try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path, after: "1", client, &connection)
                let first = try await reader.next(&connection)
                #expect(first?.name == "ping" && first?.id == "1")
                let second = try await reader.nextNews(&connection)
                events.add(.deleted, run)
                return [second, try await reader.nextNews(&connection)]
            }
            #expect(found.map(\.?.id) == ["3", "4"])
        }
    }

    @Test("Where the store has let go of events, the client is told how many it has lost")
    func dropped() async throws {
        try await RunningServer.run { server async throws in
            let events = server.fixture.events
            let run = await server.fixture.ledger.add("hello")
            for _ in 0..<10 { events.add(.updated, run) }
            events.keep(3)
            let client = server.tcpClient
            let found = try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path, after: "2", client, &connection)
                return [
                    try await reader.nextNews(&connection), try await reader.nextNews(&connection),
                ]
            }
            #expect(found[0]?.name == "dropped" && found[0]?.id == "7")
            #expect(try found[0]?.decode(LogDroppedEvent.self) == LogDroppedEvent(after: 2, count: 5))
            #expect(found[1]?.id == "8")
        }
    }

    @Test("An id of another store begins at the end, and says so")
    func foreignID() async throws {
        try await RunningServer.run { server async throws in
            let events = server.fixture.events
            let run = await server.fixture.ledger.add("hello")
            events.add(.created, run)
            let client = server.tcpClient
            let found = try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path, after: "900", client, &connection)
                let first = try await reader.nextNews(&connection)
                events.add(.started, Self.started(run))
                return [first, try await reader.nextNews(&connection)]
            }
            #expect(found[0]?.id == "1" && found[0]?.name == "dropped")
            #expect(try found[0]?.decode(LogDroppedEvent.self) == LogDroppedEvent(after: 900, count: 0))
            #expect(found[1]?.id == "2" && found[1]?.name == "run.started")
        }
    }

    @Test("What is no id is refused, as is an unknown query", arguments: ["x", "-1", "1.5", "99999999999999999999"])
    func badID(id: String) async throws {
        let fixture = Fixture()
        let client = try MemoryClient(fixture)
        let request = TestRequest(method: "GET", path: Self.path, headers: [(name: "Last-Event-ID", value: id)])
        let answer = try await client.send(request)
        #expect(answer.status == 422)
        #expect(try answer.faultLocations == ["header.Last-Event-ID"])
        let other = try await client.get(Self.path + "?from=1")
        #expect(other.status == 422)
        #expect(try other.faultLocations == ["query.from"])
        #expect(!fixture.events.isHeard)
    }

    @Test("Cut off anywhere and resumed, the sequence is exactly right")
    func cuts() async throws {
        try await RunningServer.run { server async throws in
            let events = server.fixture.events
            let run = await server.fixture.ledger.add("hello")
            let total = 1000
            let client = server.tcpClient
            async let adding: Void = {
                for number in 1...total {
                    events.add(.updated, run)
                    if number.isMultiple(of: 7) { await Task.yield() }
                }
            }()
            var random = SystemRandomNumberGenerator()
            var ids: [Int] = []
            var last = "0"
            while ids.count < total {
                let wanted = Int.random(in: 0...300, using: &random)
                let (start, seen) = (last, ids.count)
                let part = try await RawConnection.open(client.address) { connection async throws in
                    var (reader, _) = try await EventReader.open(Self.path, after: start, client, &connection)
                    var part: [String] = []
                    while part.count <= wanted, seen + part.count < total,
                        let event = try await reader.next(&connection)
                    {
                        guard event.name != "ping" else { continue }
                        part.append(event.id ?? "")
                    }
                    try await connection.hangUp()
                    return part
                }
                ids += part.compactMap { Int($0) }
                last = part.last ?? last
            }
            await adding
            #expect(ids == Array(1...total))
        }
    }

    @Test("Many clients share what is read; with the last one nobody listens any more")
    func sharing() async throws {
        try await RunningServer.run { server async throws in
            let events = server.fixture.events
            let run = await server.fixture.ledger.add("hello")
            #expect(!events.isHeard)
            let client = server.unixClient
            let clients = 100
            let ready = Latch(clients)
            let done = Latch(clients)
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<clients {
                    group.addTask {
                        try await RawConnection.open(client.address) { connection async throws in
                            var (reader, _) = try await EventReader.open(Self.path, client, &connection)
                            _ = try await reader.next(&connection)
                            ready.arrive()
                            var ids: [String] = []
                            while ids.count < 500, let event = try await reader.nextNews(&connection) {
                                ids.append(event.id ?? "")
                            }
                            done.arrive()
                            await done.wait()
                            return ids
                        }
                    }
                }
                await ready.wait()
                let before = events.readCount
                for _ in 0..<500 { events.add(.updated, run) }
                let expected = (1...500).map { "\($0)" }
                for try await ids in group { #expect(ids == expected) }
                // A client for himself would read five pages at least, and look once more.
                #expect(events.readCount - before < clients * 2)
            }
            try await waitUntil { !events.isHeard }
        }
    }

    @Test("Signs of life come in between, and carry the place where the stream is")
    func heartbeat() async throws {
        var limits = APIServer.Limits()
        limits.heartbeat = .milliseconds(20)
        try await RunningServer.run(limits: limits) { server async throws in
            server.fixture.events.add(.created, await server.fixture.ledger.add("hello"))
            let client = server.tcpClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path, client, &connection)
                for _ in 0..<4 {
                    #expect(
                        try await reader.next(&connection) == ReceivedEvent(id: "1", name: "ping", data: "{}")
                    )
                }
            }
        }
    }

    @Test("A stream outlives the time that an idle connection has")
    func idle() async throws {
        var limits = APIServer.Limits()
        limits.idle = .milliseconds(500)
        limits.heartbeat = .milliseconds(200)
        try await RunningServer.run(limits: limits) { server async throws in
            let client = server.unixClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path, client, &connection)
                for _ in 0..<5 { #expect(try await reader.next(&connection)?.name == "ping") }
            }
        }
    }

    @Test("A client that reads nothing is cut off after a while, and the others do not notice")
    func stuck() async throws {
        var limits = APIServer.Limits()
        limits.heartbeat = .milliseconds(300)
        try await RunningServer.run(limits: limits) { server async throws in
            let events = server.fixture.events
            let run = await server.fixture.ledger.add("hello") {
                $0.params = ["x": String(repeating: "x", count: 1000)]
            }
            let client = server.unixClient
            let stuck = try StuckClient(server.unix, TestRequest(method: "GET", path: Self.path), client)
            defer { stuck.close() }
            try await waitUntil { events.isHeard }
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path, client, &connection)
                for _ in 0..<1000 { events.add(.updated, run) }
                for number in 1...1000 {
                    try #require(try await reader.nextNews(&connection)?.id == "\(number)")
                }
            }
            // The other's end of the stream is the last one's.
            try await waitUntil { !events.isHeard }
        }
    }

    @Test("A daemon that goes down ends streams at once, and well", arguments: [true, false])
    func shutDown(usesTCP: Bool) async throws {
        try await RunningServer.run { server async throws in
            let client = usesTCP ? server.tcpClient : server.unixClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path, client, &connection)
                #expect(try await reader.next(&connection)?.name == "ping")
                let start = ContinuousClock.now
                await server.shutDown()
                #expect(try await reader.next(&connection) == nil)
                #expect(try await connection.isClosed())
                #expect(ContinuousClock.now - start < .seconds(3))
            }
        }
    }

    @Test("HEAD tells what GET would, and begins nothing")
    func head() async throws {
        let fixture = Fixture()
        let answer = try await MemoryClient(fixture).send(TestRequest(method: "HEAD", path: Self.path))
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/event-stream")
        #expect(answer.body.isEmpty)
        #expect(!fixture.events.isHeard)
    }
}
