import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import AlmanacServer
import AlmanacTesting
import Testing

@Suite("Runs are listed, shown, read and stopped")
struct RunReadingTests {
    let fixture = Fixture()

    @Test("A run shows all that it has, and leaves out what it has not")
    func run() async throws {
        let client = try MemoryClient(fixture)
        let bare = await fixture.ledger.add("hello")
        let pending = try await client.get("/api/runs/\(bare.id)")
        #expect(!pending.text.contains("null"))
        #expect(
            pending.text
                == #"{"$schema":"http://127.0.0.1:9477/schemas/Run.json","created_at":"2026-03-28T12:00:00Z","exit_code":0,"#
                + #""id":"\#(bare.id)","instance_index":0,"retry_attempt":0,"status":"pending","task_name":"hello","triggered_by":"api"}"#
        )

        let full = await fixture.ledger.add("nightly") { run in
            run.trigger = .cron
            run.scheduled = ScheduledTick(
                at: Timestamp("2026-03-29T01:00:00Z"),
                tick: CivilDateTime("2026-03-29T02:30:00"),
                zone: ZoneID("Europe/Berlin")
            )
            run.missed = MissedStretch(count: 3, until: Timestamp("2026-03-29T02:00:00Z"))
            run.isCatchUp = true
            run.retryAttempt = 2
            run.retryOf = bare.id
            run.externalExecutionID = "x"
            run.params = ["a": "b"]
            let start = run.createdAt
            run.state = .ended(
                RunEnd(
                    reason: .failed,
                    exitCode: 137,
                    at: PreciseTimestamp(nanosecondsSinceEpoch: start.nanosecondsSinceEpoch + 1_500_000_000),
                    startedAt: start,
                    message: "killed",
                    usage: ResourceUsage(cpu: .milliseconds(1250), maxResidentBytes: 4096)
                )
            )
        }
        let shown = try await client.get("/api/tasks/nightly/runs/\(full.id)").decode(RunResource.self)
        #expect(shown.status == "ended")
        #expect(shown.endReason == "failed")
        #expect(shown.exitCode == 137)
        #expect(shown.startAt == "2026-03-28T12:00:00Z")
        #expect(shown.endAt == "2026-03-28T12:00:01.500Z")
        #expect(shown.scheduledAt == "2026-03-29T01:00:00Z")
        #expect(shown.tick == "2026-03-29T02:30:00")
        #expect(shown.timezone == "Europe/Berlin")
        #expect(shown.missedCount == 3)
        #expect(shown.missedUntil == "2026-03-29T02:00:00Z")
        #expect(shown.catchUp == true)
        #expect(shown.retryAttempt == 2)
        #expect(shown.retryOfRunID == bare.id.description)
        #expect(shown.externalExecutionID == "x")
        #expect(shown.params == ["a": "b"])
        #expect(shown.cpuSeconds == 1.25)
        #expect(shown.maxRSSBytes == 4096)
        #expect(shown.message == "killed")
    }

    @Test("A run is found by a small-letter id, and under its own task alone")
    func paths() async throws {
        let client = try MemoryClient(fixture)
        let run = await fixture.ledger.add("gone")
        #expect(try await client.get("/api/runs/\(run.id.description.lowercased())").status == 200)
        #expect(try await client.get("/api/tasks/gone/runs/\(run.id)").status == 200)
        #expect(try await client.get("/api/tasks/hello/runs/\(run.id)").status == 404)
    }

    @Test("Lists come in pages with their total")
    func pages() async throws {
        for _ in 0..<3 { await fixture.ledger.add("hello") }
        await fixture.ledger.add("skips")
        let client = try MemoryClient(fixture)
        let all = try await client.get("/api/runs?limit=2&offset=1").decode(AlmanacAPI.RunPage.self)
        #expect(all.total == 4)
        #expect(all.runs.map(\.taskName) == ["hello", "hello"])
        #expect(all.schema?.hasSuffix("/schemas/RunsResponseBody.json") == true)
        let ofTask = try await client.get("/api/tasks/skips/runs").decode(AlmanacAPI.RunPage.self)
        #expect(ofTask.total == 1)
        let ofNone = try await client.get("/api/tasks/skips/runs?task_name=hello").decode(AlmanacAPI.RunPage.self)
        #expect(ofNone.total == 0)
    }

    @Test("A list's query becomes the store's")
    func query() async throws {
        let client = try MemoryClient(fixture)
        let text =
            "status=running,failed,missed&task_name=a%20b&triggered_by=cron&created_after=2026-03-01T00:00:00.25Z"
            + "&created_before=2026-03-02T01:00:00%2B01:00&exit_code_min=-2&exit_code_max=137&retries_only=true"
            + "&sort_field=duration&sort_direction=asc&search=a%2Bb+c&limit=1000&offset=9223372036854775807"
        #expect(try await client.get("/api/runs?\(text)").status == 200)
        #expect(try await client.get("/api/runs?status=&task_name=&triggered_by=&sort_field=&search=").status == 200)
        var expected = RunQuery()
        expected.phases = [.running]
        expected.endReasons = [.failed, .missed]
        expected.taskName = "a b"
        expected.trigger = .cron
        let march = PreciseTimestamp(Timestamp("2026-03-01T00:00:00Z")).nanosecondsSinceEpoch
        expected.createdAfter = PreciseTimestamp(nanosecondsSinceEpoch: march + 250_000_000)
        expected.createdBefore = PreciseTimestamp(Timestamp("2026-03-02T00:00:00Z"))
        expected.exitCodeMin = -2
        expected.exitCodeMax = 137
        expected.retriesOnly = true
        expected.sortField = .duration
        expected.sortDirection = .ascending
        expected.search = "a+b c"
        expected.limit = 1000
        expected.offset = 1 << 62
        #expect(await fixture.ledger.queries == [expected, RunQuery()])
    }

    @Test("A list's query tells all its faults")
    func queryFaults() async throws {
        let text =
            "limit=0&offset=-1&status=running,dead&triggered_by=moon&created_after=yesterday&exit_code_min=+1"
            + "&retries_only=y&sort_field=id&sort_direction=up&a%20b=1&search=%FF&%ZZ=1&limit=1"
        let answer = try await MemoryClient(fixture).get("/api/runs?\(text)")
        #expect(answer.status == 422)
        #expect(
            try Set(answer.faultLocations) == [
                "query.limit", "query.offset", "query.status", "query.triggered_by", "query.created_after",
                "query.exit_code_min", "query.retries_only", "query.sort_field", "query.sort_direction", "query.a b",
                "query.search", "query",
            ]
        )
        #expect(await fixture.ledger.queries.isEmpty)
    }

    @Test("A stop is taken for an active run, and 409 for an ended one")
    func stop() async throws {
        let client = try MemoryClient(fixture)
        let run = await fixture.ledger.add("hello")
        let answer = try await client.post("/api/runs/\(run.id)/stop")
        #expect(answer.status == 200)
        #expect(try answer.decode(StopAnswer.self).message.contains("\(run.id)"))
        #expect(try await client.post("/api/tasks/hello/runs/\(run.id)/stop").status == 200)
        #expect(await fixture.ledger.stopped == [run.id, run.id])
        await fixture.ledger.end(run.id)
        #expect(try await client.post("/api/runs/\(run.id)/stop").status == 409)
    }

    @Test("A log is read as lines and as bytes")
    func log() async throws {
        let client = try MemoryClient(fixture)
        let run = await fixture.ledger.add("hello")
        let page = try await client.get("/api/tasks/hello/runs/\(run.id)/log?from=-5&limit=10").decode(LogPage.self)
        let line = LogLine(n: 7, ts: 1500, stream: "stderr", text: "hi\u{FFFD}", continued: true, partial: true)
        #expect(page.lines == [line])
        #expect(page.firstAvailable == 7)
        #expect(page.totalLines == 8)
        #expect(page.truncated)
        #expect(!page.finalized)
        #expect(try await client.get("/api/runs/\(run.id)/log").status == 200)
        #expect(await fixture.log.asked.pages == [[-5, 10], [-1000, 1000]])
        let refused = try await client.get("/api/runs/\(run.id)/log?from=x&limit=10001&raw=1")
        #expect(try Set(refused.faultLocations) == ["query.from", "query.limit", "query.raw"])

        let raw = try await client.get("/api/runs/\(run.id)/log/raw")
        #expect(raw.text == "one\ntwo")
        #expect(raw.headers["content-type"]?.hasPrefix("text/plain") == true)
        let head = try await client.send(TestRequest(method: "HEAD", path: "/api/runs/\(run.id)/log/raw"))
        #expect(head.headers["content-length"] == "7")
    }
}

@Suite("Any time that can be written may be asked for")
struct FarTimeTests {
    static let times = ["0001-01-01T00:00:00Z", "1600-02-29T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"]

    @Test("A time outside what can have happened is the nearest one that can", arguments: times)
    func filters(time: String) async throws {
        let fixture = Fixture()
        let client = try MemoryClient(fixture)
        #expect(try await client.get("/api/runs?created_after=\(time)&created_before=\(time)").status == 200)
        let query = try #require(await fixture.ledger.queries.first)
        #expect(query.createdAfter?.nanosecondsSinceEpoch == (time < "1970" ? .min : .max))
        // Such a point can be told, too.
        #expect(query.createdAfter?.description.isEmpty == false)
        let body = "{\"match_all\": true, \"filter\": {\"created_after\": \"\(time)\"}}"
        #expect(try await client.post("/api/runs/bulk/delete", body: body).status == 200)
    }

    @Test("What comes next is asked for in whole seconds, of all years", arguments: times)
    func next(time: String) async throws {
        let client = try MemoryClient(Fixture())
        let answer = try await client.get("/api/tasks/nightly/next?count=1&from=\(time)")
        let first = try answer.decode(OccurrenceList.self).occurrences.first?.at
        #expect(first.map { $0 > time } ?? (time > "9999"))
    }

    @Test("A pause until long ago is a fault", arguments: times.dropLast())
    func pause(time: String) async throws {
        let client = try MemoryClient(Fixture())
        let answer = try await client.post("/api/tasks/nightly/pause", body: "{\"until\": \"\(time)\"}")
        #expect(try answer.faultLocations == ["body.until"])
    }
}
