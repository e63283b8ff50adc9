import AlmanacAPI
import AlmanacModel
import AlmanacServer
import NIOCore
import NIOPosix
import Testing

@Suite("The stream of a log gives each line once, and ends after the last one")
struct LogStreamTests {
    private static func path(_ run: Run, _ query: String = "") -> String {
        "/api/runs/\(run.id)/log/stream\(query)"
    }

    /// The whole stream of a run that has ended.
    private static func whole(_ fixture: Fixture, _ path: String, after id: String? = nil) async throws
        -> [ReceivedEvent]
    {
        let headers = id.map { [(name: "Last-Event-ID", value: $0)] } ?? []
        let answer = try await MemoryClient(fixture).send(TestRequest(method: "GET", path: path, headers: headers))
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/event-stream")
        return EventReader.events(answer.text)
    }

    private static func endedRun(_ fixture: Fixture) async -> Run {
        let run = await fixture.ledger.add("hello")
        await fixture.ledger.end(run.id)
        return run
    }

    @Test("Of a run that has ended: all there is, then done; under its task too")
    func ended() async throws {
        let fixture = Fixture()
        let run = await Self.endedRun(fixture)
        fixture.followed.print("one", "two")
        for path in [Self.path(run), "/api/tasks/hello/runs/\(run.id)/log/stream"] {
            let events = try await Self.whole(fixture, path)
            #expect(events.map(\.name) == ["line", "line", "done"])
            #expect(events.map(\.id) == ["0", "1", nil])
            let line = try events[1].decode(LogLineSSEEvent.self)
            #expect(LogLine(line) == LogLine(n: 1, ts: 1, stream: "stdout", text: "two"))
            #expect(try events[2].decode() == LogDoneEvent(finalLine: 1, status: "ended"))
        }
        #expect(!fixture.events.isHeard && fixture.followed.watchCount == 0)
    }

    @Test("Of a run without a log: done alone")
    func empty() async throws {
        let fixture = Fixture()
        let events = try await Self.whole(fixture, Self.path(await Self.endedRun(fixture)))
        #expect(events.map(\.name) == ["done"])
        #expect(try events[0].decode() == LogDoneEvent(finalLine: -1, status: "ended"))
    }

    struct Start: CustomTestStringConvertible, Sendable {
        var query: String
        var id: String?
        var names: String
        var first: Int?
        var testDescription: String { "\(query) \(id ?? "")" }
    }

    @Test(
        "Where it begins; 20 lines of which 5 are gone",
        arguments: [
            Start(query: "?from=0", names: "rotated line*15 done", first: 5),
            Start(query: "", names: "line*15 done", first: 5),
            Start(query: "?from=18", names: "line*2 done", first: 18),
            Start(query: "?from=-3", names: "line*3 done", first: 17),
            Start(query: "?from=-9223372036854775808", names: "line*15 done", first: 5),
            Start(query: "?from=20", names: "done"),
            Start(query: "?from=9223372036854775807", names: "done"),
            Start(query: "?replay_limit=4", names: "dropped line*4 done", first: 16),
            Start(query: "?from=10&replay_limit=9", names: "dropped line*9 done", first: 11),
            Start(query: "?from=10&replay_limit=10", names: "line*10 done", first: 10),
            Start(query: "?from=19&replay_limit=1", id: "9", names: "line*10 done", first: 10),
            Start(query: "", id: "3", names: "rotated line*15 done", first: 5),
            Start(query: "", id: "4", names: "line*15 done", first: 5),
            Start(query: "", id: "19", names: "done"),
            Start(query: "", id: "9223372036854775807", names: "done"),
        ]
    )
    func starts(_ row: Start) async throws {
        let fixture = Fixture()
        let run = await Self.endedRun(fixture)
        for number in 0..<20 { fixture.followed.print("\(number)") }
        fixture.followed.cut(to: 5)
        let events = try await Self.whole(fixture, Self.path(run, row.query), after: row.id)
        let names = events.compactMap(\.name)
        let lines = names.count { $0 == "line" }
        var summary = names.filter { $0 != "line" }
        if lines > 0 { summary.insert("line*\(lines)", at: summary.count - 1) }
        #expect(summary.joined(separator: " ") == row.names)
        #expect(events.first { $0.name == "line" }.flatMap { $0.id.flatMap { Int($0) } } == row.first)
        if let rotated = events.first(where: { $0.name == "rotated" }) {
            #expect(try rotated.decode() == LogRotatedEvent(firstAvailable: 5))
        }
        if let dropped = try events.first(where: { $0.name == "dropped" })?.decode(LogDroppedEvent.self) {
            #expect(dropped.after + dropped.count + 1 == Int64(row.first ?? 0))
        }
    }

    @Test(
        "What does not fit is refused",
        arguments: [
            ("?from=x", "query.from"), ("?replay_limit=0", "query.replay_limit"),
            ("?replay_limit=50001", "query.replay_limit"), ("?limit=5", "query.limit"),
        ]
    )
    func refusals(query: String, location: String) async throws {
        let fixture = Fixture()
        let run = await Self.endedRun(fixture)
        let answer = try await MemoryClient(fixture).get(Self.path(run, query))
        #expect(answer.status == 422)
        #expect(try answer.faultLocations == [location])
        let request = TestRequest(method: "GET", path: Self.path(run), headers: [(name: "Last-Event-ID", value: "-3")])
        #expect(try await MemoryClient(fixture).send(request).faultLocations == ["header.Last-Event-ID"])
    }

    @Test("A run that is not there, or another task's, is 404")
    func absent() async throws {
        let fixture = Fixture()
        let run = await Self.endedRun(fixture)
        #expect(try await MemoryClient(fixture).get("/api/tasks/locked/runs/\(run.id)/log/stream").status == 404)
        await fixture.ledger.clear()
        #expect(try await MemoryClient(fixture).get(Self.path(run)).status == 404)
    }

    @Test("From what is there to what comes, and with the run's end to its own")
    func live() async throws {
        try await RunningServer.run { server async throws in
            let fixture = server.fixture
            let run = await fixture.ledger.add("hello")
            fixture.followed.print("a", "b")
            let client = server.tcpClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path(run), client, &connection)
                #expect(try await reader.next(&connection)?.id == "0")
                #expect(try await reader.next(&connection)?.id == "1")
                fixture.followed.print("c")
                #expect(try await reader.next(&connection)?.id == "2")
                fixture.followed.print("d")
                await fixture.ledger.end(run.id)
                #expect(try await reader.next(&connection)?.id == "3")
                let done = try #require(try await reader.next(&connection))
                #expect(done.name == "done")
                #expect(try done.decode() == LogDoneEvent(finalLine: 3, status: "ended"))
                #expect(try await reader.next(&connection) == nil)
            }
            try await waitUntil { fixture.followed.watchCount == 0 && !fixture.events.isHeard }
            #expect(await fixture.ledger.waiterCount == 0)
        }
    }

    @Test("A pending run is waited for: its log is found once it has been started")
    func pending() async throws {
        try await RunningServer.run { server async throws in
            let fixture = server.fixture
            let run = await fixture.ledger.add("hello")
            fixture.followed.setStarted(false)
            let client = server.unixClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path(run), client, &connection)
                try await waitUntil { fixture.events.isHeard }
                fixture.followed.print("before")
                fixture.followed.setStarted(true)
                fixture.events.add(.started, run)
                #expect(try await reader.next(&connection)?.id == "0")
                #expect(fixture.followed.watchCount == 1)
                fixture.followed.print("after")
                #expect(try await reader.next(&connection)?.id == "1")
                try await connection.hangUp()
            }
            try await waitUntil { fixture.followed.watchCount == 0 && !fixture.events.isHeard }
            try await waitUntil { await fixture.ledger.waiterCount == 0 }
        }
    }

    @Test("A log that cannot be watched is looked at with each sign of life")
    func unwatched() async throws {
        var limits = APIServer.Limits()
        limits.heartbeat = .milliseconds(50)
        try await RunningServer.run(limits: limits) { server async throws in
            let fixture = server.fixture
            let run = await fixture.ledger.add("hello")
            fixture.followed.setStarted(false)
            let client = server.unixClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path(run), client, &connection)
                try await waitUntil { fixture.followed.readCount > 0 }
                for number in 0..<3 {
                    fixture.followed.print("\(number)")
                    #expect(try await reader.next(&connection)?.id == "\(number)")
                }
                #expect(fixture.followed.watchCount == 0)
            }
        }
    }

    @Test("Lines that a limit takes from under a slow client are told of")
    func rotated() async throws {
        try await RunningServer.run { server async throws in
            let fixture = server.fixture
            let run = await fixture.ledger.add("hello")
            let client = server.tcpClient
            try await RawConnection.open(client.address) { connection async throws in
                fixture.followed.print("a")
                var (reader, _) = try await EventReader.open(Self.path(run), client, &connection)
                #expect(try await reader.next(&connection)?.id == "0")
                fixture.followed.cut(to: 7)
                fixture.followed.print("h")
                let rotated = try await reader.next(&connection)
                #expect(try rotated?.decode() == LogRotatedEvent(firstAvailable: 7))
                #expect(try await reader.next(&connection)?.id == "7")
            }
        }
    }

    @Test("A run that is deleted while its log is read ends the stream properly")
    func deleted() async throws {
        try await RunningServer.run { server async throws in
            let fixture = server.fixture
            let run = await fixture.ledger.add("hello")
            fixture.followed.print("a")
            let client = server.tcpClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path(run), client, &connection)
                #expect(try await reader.next(&connection)?.id == "0")
                await fixture.ledger.endAndForget(run.id)
                #expect(try await reader.next(&connection)?.decode() == LogDoneEvent(finalLine: 0, status: "deleted"))
                #expect(try await reader.next(&connection) == nil)
            }
        }
    }

    @Test("Cut off anywhere and resumed, each line is there once")
    func cuts() async throws {
        try await RunningServer.run { server async throws in
            let fixture = server.fixture
            let run = await fixture.ledger.add("hello")
            let total = 1000
            let client = server.tcpClient
            async let printing: Void = {
                for number in 0..<total {
                    fixture.followed.print("\(number)")
                    if number.isMultiple(of: 5) { await Task.yield() }
                }
                await fixture.ledger.end(run.id)
            }()
            var texts: [String] = []
            var last: String?
            var isDone = false
            while !isDone {
                let wanted = Int.random(in: 0...300)
                let start = last
                let (part, reachedEnd) = try await RawConnection.open(client.address) { connection async throws in
                    var (reader, _) = try await EventReader.open(
                        Self.path(run, "?from=0&replay_limit=50000"),
                        after: start,
                        client,
                        &connection
                    )
                    var part: [ReceivedEvent] = []
                    while part.count <= wanted, let event = try await reader.next(&connection) {
                        if event.name == "done" { return (part, true) }
                        part.append(event)
                    }
                    try await connection.hangUp()
                    return (part, false)
                }
                texts += try part.map { try $0.decode(LogLineSSEEvent.self).text }
                last = part.last?.id ?? last
                isDone = reachedEnd
            }
            await printing
            #expect(texts == (0..<total).map { "\($0)" })
        }
    }

    @Test("Many clients on one log share the watch and what is read")
    func sharing() async throws {
        try await RunningServer.run { server async throws in
            let fixture = server.fixture
            let run = await fixture.ledger.add("hello")
            let client = server.unixClient
            let clients = 100
            let ready = Latch(clients)
            fixture.followed.print("0")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<clients {
                    group.addTask {
                        try await RawConnection.open(client.address) { connection async throws in
                            var (reader, _) = try await EventReader.open(Self.path(run), client, &connection)
                            _ = try await reader.next(&connection)
                            ready.arrive()
                            var count = 1
                            while let event = try await reader.next(&connection), event.name == "line" { count += 1 }
                            return count
                        }
                    }
                }
                await ready.wait()
                #expect(fixture.followed.watchCount == 1)
                let before = fixture.followed.readCount
                for number in 1...200 { fixture.followed.print("\(number)") }
                await fixture.ledger.end(run.id)
                for try await count in group { #expect(count == 201) }
                #expect(fixture.followed.readCount - before < 200 * 5)
            }
            try await waitUntil { fixture.followed.watchCount == 0 }
        }
    }

    @Test("Signs of life are comments, and a daemon that goes down ends the stream without done")
    func heartbeat() async throws {
        var limits = APIServer.Limits()
        limits.heartbeat = .milliseconds(20)
        try await RunningServer.run(limits: limits) { server async throws in
            let fixture = server.fixture
            let run = await fixture.ledger.add("hello")
            let client = server.tcpClient
            try await RawConnection.open(client.address) { connection async throws in
                var (reader, _) = try await EventReader.open(Self.path(run), client, &connection)
                try await Fixture.group.next().scheduleTask(in: .milliseconds(500)) {}.futureResult.get()
                fixture.followed.print("a")
                #expect(try await reader.next(&connection)?.id == "0")
                #expect(reader.comments > 1)
                await server.shutDown()
                #expect(try await reader.next(&connection) == nil)
            }
        }
    }
}
