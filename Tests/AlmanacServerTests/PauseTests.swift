import AlmanacAPI
import AlmanacModel
import AlmanacServer
import AlmanacTesting
import Testing

@Suite("A task is paused and resumed, and shown so")
struct PauseTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var rule: String
        var path = "/api/tasks/nightly/pause"
        var type = "application/json"
        var body: String?
        var status = 200
        var locations: [String] = []
        /// Of the answered task.
        var until: String?
        var next: String?

        var testDescription: String { rule }
    }

    /// It is noon of 2026-03-28, and nightly fires at 02:30 in Berlin, except on the 29th, when there is no 02:30.
    static let rows: [Row] = [
        Row(rule: "no body: without an end, and nothing fires"),
        Row(rule: "an empty object", body: "{}"),
        Row(rule: "an answer's own $schema", body: "{\"$schema\":\"x\"}"),
        Row(rule: "a null for the end", body: #"{"until":null}"#),
        Row(
            rule: "the end is exclusive: what is due at it fires",
            body: #"{"until":"2026-04-02T02:30:00+02:00"}"#,
            until: "2026-04-02T00:30:00Z",
            next: "2026-04-02T00:30:00Z"
        ),
        Row(
            rule: "an end within a second holds that second",
            body: #"{"until":"2026-04-02T00:30:00.001Z"}"#,
            until: "2026-04-02T00:30:01Z",
            next: "2026-04-03T00:30:00Z"
        ),
        Row(rule: "no such task", path: "/api/tasks/nothing/pause", body: "x", status: 404),
        Row(rule: "a name that no task has", path: "/api/tasks/a%2Fb/pause", status: 422, locations: ["path.taskName"]),
        Row(rule: "a body that is not JSON", type: "text/plain", body: "{}", status: 415),
        Row(rule: "a body of 2 MB", body: TriggerRefusalTests.large, status: 413),
        Row(rule: "half an object", body: "{", status: 422, locations: ["body"]),
        Row(rule: "an array", body: "[]", status: 422, locations: ["body"]),
        Row(rule: "an end that is no time", body: #"{"until":"tomorrow"}"#, status: 422, locations: ["body.until"]),
        Row(rule: "an end that is a number", body: #"{"until":1774746000}"#, status: 422, locations: ["body.until"]),
        Row(
            rule: "an end that has passed",
            body: #"{"until":"2026-03-28T12:00:00Z"}"#,
            status: 409,
            locations: ["body.until"]
        ),
        Row(
            rule: "all faults at once",
            path: "/api/tasks/nightly/pause?x=1",
            body: #"{"from":1,"until":""}"#,
            status: 422,
            locations: ["query.x", "body.from", "body.until"]
        ),
        Row(rule: "a task that runs by hand alone", path: "/api/tasks/hello/pause", status: 409),
        Row(rule: "a task that runs at each start", path: "/api/tasks/boot/pause", status: 409),
        Row(rule: "422 before 409", path: "/api/tasks/hello/pause?x=1", status: 422, locations: ["query.x"]),
        Row(rule: "the end of a pause that is not", path: "/api/tasks/nightly/resume", status: 409),
        Row(rule: "the end of a pause of no task", path: "/api/tasks/nothing/resume", status: 404),
        Row(
            rule: "a resume takes nothing",
            path: "/api/tasks/nightly/resume?x=1",
            body: #"{"until":"2026-04-02T00:30:00Z"}"#,
            status: 422,
            locations: ["query.x", "body.until"]
        ),
    ]

    @Test("Answers", arguments: rows)
    func answers(_ row: Row) async throws {
        let fixture = Fixture()
        let client = try MemoryClient(fixture)
        let answer = try await client.post(row.path, body: row.body, type: row.type)
        #expect(answer.status == row.status, "\(answer.text)")
        guard row.status == 200 else {
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(try answer.faultLocations == row.locations)
            #expect(await fixture.pauses.pauses.isEmpty)
            return
        }
        let task = try answer.decode(TaskResource.self)
        #expect(task.name == "nightly")
        #expect(task.pausedSince == "2026-03-28T12:00:00Z")
        #expect(task.pausedUntil == row.until)
        #expect(task.nextRunAt == row.next)
        #expect(try await client.get("/api/tasks/nightly").body == answer.body)
        #expect(await fixture.pauses.pauses.count == 1)
    }

    @Test("The list shows who is paused, a resume ends it, and so does its end")
    func life() async throws {
        let fixture = Fixture()
        let client = try MemoryClient(fixture)
        func paused() async throws -> [String] {
            try await client.get("/api/tasks").decode([TaskResource].self).filter { $0.pausedSince != nil }.map(\.name)
        }
        #expect(try await paused() == [])
        _ = try await client.post("/api/tasks/nightly/pause")
        #expect(try await paused() == ["nightly"])
        let resumed = try await client.post("/api/tasks/nightly/resume").decode(TaskResource.self)
        #expect(resumed.pausedSince == nil)
        #expect(resumed.nextRunAt == "2026-03-30T00:30:00Z")
        #expect(try await paused() == [])

        _ = try await client.post("/api/tasks/nightly/pause", body: #"{"until":"2026-03-28T13:00:00Z"}"#)
        #expect(try await paused() == ["nightly"])
        fixture.clock.set("2026-03-28T13:00:00Z")
        #expect(try await paused() == [])
        #expect(try await client.post("/api/tasks/nightly/resume").status == 409)
    }

    @Test("A pause holds the schedule alone: a trigger makes a run")
    func trigger() async throws {
        let fixture = Fixture()
        let client = try MemoryClient(fixture)
        _ = try await client.post("/api/tasks/nightly/pause")
        #expect(try await client.post("/api/tasks/nightly/run").status == 201)
    }

    @Test(
        "What the scheduler refuses",
        arguments: [
            (RunMakingError.shuttingDown, 503), (TaskPausingError.noSuchTask, 404), (PauseLedger.Broken(), 500),
        ] as [(any Error, Int)]
    )
    func refusals(error: any Error, status: Int) async throws {
        let fixture = Fixture()
        await fixture.pauses.fail(with: error)
        for operation in ["pause", "resume"] {
            #expect(try await MemoryClient(fixture).post("/api/tasks/nightly/\(operation)").status == status)
        }
    }
}
