import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import AlmanacServer
import AlmanacTesting
import NIOPosix
import Testing

@Suite("What is asked for is answered")
struct ReadingTests {
    let fixture = Fixture()
    static let unknownRun = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

    @Test("Info tells the daemon's truth")
    func info() async throws {
        let info = try await MemoryClient(fixture).get("/api/info").decode(DaemonInfo.self)
        #expect(info.schema == "http://127.0.0.1:9477/schemas/DaemonInfo.json")
        #expect(info.version == "1.2.3")
        #expect(info.port == 9477)
        #expect(info.authDisabled)
        #expect(info.configStale)
        #expect(info.configPath == "/etc/almanac.toml")
        #expect(info.configLoadedAt == "1970-01-01T00:00:01.250Z")
        #expect(info.resolvedTimezone == "UTC")
        #expect(info.timezoneSource == "system")
        #expect(info.tasks.map(\.name) == ["boot", "hello", "locked", "nightly", "skips", "strict"])
        #expect(!info.cloudEnabled)
        let strict = try #require(info.tasks.last)
        #expect(strict.catchUp == "latest")
        #expect(
            strict.parameters == [
                ParameterResource(kind: "arg", key: "who", type: "string", allowCustom: false, required: true)
            ]
        )
        #expect(info.tasks.first?.parameters == nil)
    }

    @Test("A task is shown with its next firing and without its command")
    func tasks() async throws {
        let client = try MemoryClient(fixture)
        let list = try await client.get("/api/tasks")
        #expect(!list.text.contains("echo secret"))
        let tasks = try list.decode([TaskResource].self)
        #expect(tasks.map(\.name) == ["boot", "hello", "locked", "nightly", "skips", "strict"])
        let nightly = try await client.get("/api/tasks/nightly").decode(TaskResource.self)
        #expect(nightly.cron == "30 2 * * *")
        #expect(nightly.timezone == "Europe/Berlin")
        // 02:30 on the 29th does not exist, and the task skips it.
        #expect(nightly.nextRunAt == "2026-03-30T00:30:00Z")
        #expect(nightly.timeout == 90_000_000_000)
        #expect(nightly.gracefulStop == 5_000_000_000)
        #expect(nightly.schema == "http://127.0.0.1:9477/schemas/Task.json")
        #expect(tasks.allSatisfy { $0.schema == nil })
        let hello = try await client.get("/api/tasks/hello")
        #expect(!hello.text.contains("null"))
        #expect(!hello.text.contains("cron"))
        #expect(try hello.decode(TaskResource.self).description == "Says hello")
    }

    @Test("A task is shown with all that is configured, its secrets left out")
    func allFields() async throws {
        let client = try MemoryClient(fixture)
        let answer = try await client.get("/api/tasks/nightly")
        var expected = TaskResource(name: "nightly", apiTrigger: true)
        expected.schema = "http://127.0.0.1:9477/schemas/Task.json"
        expected.kind = "task"
        expected.cron = "30 2 * * *"
        expected.timezone = "Europe/Berlin"
        expected.nextRunAt = "2026-03-30T00:30:00Z"
        expected.dstGap = "skip"
        expected.onOverlap = "queue"
        expected.maxConcurrent = 1
        expected.queueMax = 100
        expected.catchUp = "latest"
        expected.maxCatchUpRuns = 100
        expected.runOnStart = false
        expected.retryAttempts = 2
        expected.retryDelay = 1_500_000_000
        expected.retryBackoff = "exponential"
        expected.timeout = 90_000_000_000
        expected.gracefulStop = 5_000_000_000
        expected.jitter = 600_000_000_000
        expected.keepFor = 86_400_000_000_000
        expected.keepRuns = 10
        expected.exitCodes = [0, 3]
        expected.stopSignal = "SIGINT"
        expected.workingDir = "/srv"
        expected.shell = "/bin/bash"
        expected.umask = "027"
        expected.env = ["COLOUR": "blue"]
        expected.secretsFile = "/etc/secrets"
        expected.logMaxSize = 100_000_000
        expected.logOnFull = "drop_old"
        expected.logTo = ["file"]
        expected.parameters = [
            ParameterResource(
                kind: "env",
                key: "region",
                type: "string",
                defaultValue: "eu",
                choices: ["eu", "us"],
                allowCustom: false,
                description: "Where",
                required: false
            ),
            ParameterResource(
                kind: "option",
                key: "--count",
                type: "int",
                defaultValue: "1",
                allowCustom: true,
                required: false
            ),
            ParameterResource(kind: "arg", key: "note", type: "string", allowCustom: false, required: false),
        ]
        #expect(try answer.decode(TaskResource.self) == expected)
        // The names are the contract's.
        for name in [
            "retry_attempts", "retry_delay", "retry_backoff", "max_catch_up_runs", "keep_for", "keep_runs",
            "exit_codes",
            "stop_signal", "working_dir", "secrets_file", "log_max_size", "log_on_full", "log_to", "allow_custom",
            "default",
        ] {
            #expect(answer.text.contains("\"\(name)\":"), "\(name)")
        }
    }

    @Test("What stands in secrets and in an env_file is in no answer")
    func secrets() async throws {
        let client = try MemoryClient(fixture)
        for path in ["/api/info", "/api/tasks", "/api/tasks/nightly", "/api/tasks/boot"] {
            let text = try await client.get(path).text
            #expect(!text.contains("hush-hush") && !text.contains("TOKEN"), "\(path)")
        }
        let boot = try await client.get("/api/tasks/boot").decode(TaskResource.self)
        #expect(boot.envFile == "/etc/env" && boot.env == ["COLOUR": "red"])
    }

    @Test("What comes next, with what a clock change takes away where it is asked for")
    func next() async throws {
        let client = try MemoryClient(fixture)
        let skipped = try await client.get("/api/tasks/nightly/next?count=2&skipped=true").decode(OccurrenceList.self)
        #expect(
            skipped.occurrences == [
                OccurrenceResource(
                    at: "2026-03-29T01:00:00Z",
                    local: "2026-03-29T03:00:00+02:00",
                    tick: "2026-03-29T02:30:00",
                    kind: "dst_skipped",
                    reason: "gap"
                ),
                OccurrenceResource(
                    at: "2026-03-30T00:30:00Z",
                    local: "2026-03-30T02:30:00+02:00",
                    tick: "2026-03-30T02:30:00",
                    kind: "fire",
                    reason: nil
                ),
            ]
        )
        let firings = try await client.get("/api/tasks/nightly/next").decode(OccurrenceList.self).occurrences
        #expect(firings.count == 10)
        #expect(firings.first?.at == "2026-03-30T00:30:00Z")
        // from is exclusive and until inclusive.
        let range = "from=2026-03-30T02:30:00%2B02:00&until=2026-04-01T00:30:00Z"
        let days = try await client.get("/api/tasks/nightly/next?\(range)").decode(OccurrenceList.self).occurrences
        #expect(days.map(\.at) == ["2026-03-31T00:30:00Z", "2026-04-01T00:30:00Z"])
        let none = try await client.get("/api/tasks/hello/next").decode(OccurrenceList.self)
        #expect(none.occurrences.isEmpty)
    }

    private struct OneTask: CatalogSource {
        let catalog: Catalog
    }

    /// `spec/occurrences.md` 3: of the ticks in a gap the earliest fires at its end, where the others are skipped.
    @Test("What lies at one instant is listed whole, up to the count")
    func sameInstant() async throws {
        let zone = try ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3")
        let text = "0,20,40 2 * * *"
        let schedule = Schedule(try CronExpression(text), in: zone)
        let task = TaskDefinition(
            name: "gap",
            command: "true",
            schedule: TaskSchedule(text: text, schedule: schedule, hasOwnZone: true)
        )
        var dependencies = try fixture.dependencies
        dependencies.catalog = OneTask(
            catalog: Catalog(
                tasks: [task],
                defaultZone: .utc,
                zoneSource: .system,
                loadedAt: PreciseTimestamp(nanosecondsSinceEpoch: 0)
            )
        )
        let client = MemoryClient(
            APIResponder(dependencies: dependencies, port: 9477, logger: Fixture.logger),
            ClientConnection(endpoint: .tcp(listener: .loopback, port: 9477), eventLoop: Fixture.group.next())
        )
        func list(_ query: String) async throws -> [String] {
            try await client.get("/api/tasks/gap/next?from=2026-03-28T12:00:00Z&\(query)").decode(OccurrenceList.self)
                .occurrences.map { "\($0.kind) \($0.at) \($0.tick ?? "")" }
        }
        let atTheEnd = [
            "fire 2026-03-29T01:00:00Z 2026-03-29T02:00:00",
            "dst_skipped 2026-03-29T01:00:00Z 2026-03-29T02:20:00",
            "dst_skipped 2026-03-29T01:00:00Z 2026-03-29T02:40:00",
        ]
        #expect(try await list("skipped=true&count=2") == Array(atTheEnd.prefix(2)))
        #expect(try await list("skipped=true&count=4") == atTheEnd + ["fire 2026-03-30T00:00:00Z 2026-03-30T02:00:00"])
        #expect(try await list("skipped=true&until=2026-03-29T01:00:00Z") == atTheEnd)
        #expect(try await list("until=2026-03-29T01:00:00Z") == Array(atTheEnd.prefix(1)))
        #expect(try await list("skipped=true&until=2026-03-28T11:00:00Z") == [])
    }

    @Test(
        "What cannot be answered is refused",
        arguments: [
            ("GET", "/", 404, []),
            ("GET", "/api", 404, []),
            ("GET", "/api/tasks/", 404, []),
            ("GET", "/api//tasks", 404, []),
            ("GET", "/api/tasks//run", 404, []),
            ("GET", "/api/%74asks", 404, []),
            ("GET", "/api/tasks/nothing", 404, []),
            ("GET", "/api/tasks/nothing/runs", 404, []),
            ("GET", "/api/tasks/nothing/next?count=0", 404, []),
            ("GET", "/api/tasks/a%2Fb", 422, ["path.taskName"]),
            ("GET", "/api/tasks?x=1", 422, ["query.x"]),
            ("GET", "/api/info?x=1&y=2", 422, ["query.x", "query.y"]),
            ("GET", "/api/tasks/hello?x=1", 422, ["query.x"]),
            (
                "GET", "/api/tasks/nightly/next?count=0&from=now&until=2026-02-30T00:00:00Z&skipped=2", 422,
                ["query.count", "query.from", "query.until", "query.skipped"]
            ),
            ("GET", "/api/tasks/nightly/next?count=1001", 422, ["query.count"]),
            ("GET", "/api/runs/\(unknownRun)", 404, []),
            ("GET", "/api/runs/\(unknownRun)?x=1", 404, []),
            ("GET", "/api/runs/NaN", 422, ["path.runId"]),
            ("GET", "/api/runs/8ZZZZZZZZZZZZZZZZZZZZZZZZZ", 422, ["path.runId"]),
            ("GET", "/api/tasks/a%2Fb/runs/NaN?x=1", 422, ["path.taskName", "path.runId", "query.x"]),
            ("GET", "/api/tasks/hello/runs/\(unknownRun)", 404, []),
            ("GET", "/api/runs/\(unknownRun)/log", 404, []),
            ("GET", "/api/runs/\(unknownRun)/log/raw", 404, []),
            ("POST", "/api/runs/\(unknownRun)/stop", 404, []),
            ("POST", "/api/tasks", 405, []),
            ("DELETE", "/api/tasks/nothing/run", 405, []),
            ("GET", "/api/tasks/hello/run", 405, []),
            ("OPTIONS", "/api/runs", 405, []),
            ("BREW", "/health", 405, []),
            ("HEAD", "/api/tasks/nothing", 404, []),
            ("HEAD", "/api/tasks/hello/run", 405, []),
        ] as [(String, String, Int, [String])]
    )
    func refusal(method: String, path: String, status: Int, locations: [String]) async throws {
        let answer = try await MemoryClient(fixture).send(TestRequest(method: method, path: path))
        #expect(answer.status == status)
        #expect(answer.headers["content-type"] == "application/problem+json")
        if method == "HEAD" {
            #expect(answer.body.isEmpty)
        } else {
            #expect(try answer.faultLocations == locations)
        }
    }

    @Test("A path asked by another method says which it takes")
    func allow() async throws {
        let client = try MemoryClient(fixture)
        #expect(try await client.post("/api/tasks").headers["allow"] == "GET, HEAD")
        #expect(try await client.get("/api/tasks/hello/run").headers["allow"] == "POST")
    }

    @Test("HEAD is GET without the body")
    func head() async throws {
        let client = try MemoryClient(fixture)
        for path in ["/health", "/api/info", "/api/tasks", "/api/runs"] {
            let get = try await client.get(path)
            let head = try await client.send(TestRequest(method: "HEAD", path: path))
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.headers["content-length"] == "\(get.body.count)")
        }
    }

    @Test("Every answer has a date, is not to be stored and not to be guessed at")
    func headers() async throws {
        fixture.clock.set("1994-11-06T08:49:37Z")
        let client = try MemoryClient(fixture)
        for path in ["/health", "/api/tasks", "/nothing"] {
            let headers = try await client.get(path).headers
            #expect(headers["date"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(headers["cache-control"] == "no-store")
            #expect(headers["x-content-type-options"] == "nosniff")
        }
    }
}
