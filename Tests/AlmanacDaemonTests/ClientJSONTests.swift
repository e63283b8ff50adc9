import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("What the commands that ask the daemon print with --json")
struct ClientJSONTests {
    private let daemon: DaemonProcess

    init() throws {
        daemon = DaemonProcess(
            """
            [tasks.job]
            description = "The job"
            cron = "30 2 * * *"
            timezone = "Europe/Berlin"
            run = "echo one; echo two >&2; exit 3"
            [tasks.sleeper]
            run = "exec sleep 600"
            graceful_stop = "0s"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
    }

    /// Each line of the output as JSON; nothing is told beside them.
    private func lines(_ arguments: String..., exitCode: Int32 = 0) throws -> [JSONValue] {
        let outcome = try #require(
            ChildProcess.run(
                [BuiltProgram.path("almanac")] + arguments + ["--json"],
                environment: ["ALMANAC_SOCKET": daemon.socketPath, "TZ": "UTC"]
            )
        )
        #expect(outcome.exitCode == exitCode && outcome.standardError == "", "\(arguments): \(outcome.standardError)")
        return try outcome.standardOutput.split(separator: "\n").map {
            try WireCoding.decode(JSONValue.self, from: $0.utf8)
        }
    }

    private func members(_ value: JSONValue?) -> Set<String> {
        guard case .object(let members) = value else { return [] }
        return Set(members.keys)
    }

    @Test("explain --task: the task, its schedule in words, what comes next and the next clock changes")
    func explain() throws {
        let report = try #require(try lines("explain", "--task", "job").first)
        #expect(members(report) == ["clock_changes", "crontab", "next", "sentence", "task", "timezone"])
        #expect(report["task"] == ["name": "job", "origin": "a task of the configuration: 30 2 * * *"])
        #expect(report["timezone"] == "Europe/Berlin" && report["sentence"]?.text?.contains("02:30") == true)
        #expect(report["next"]?.elements.count == 5 && report["clock_changes"]?.elements.count == 2)
        for change in report["clock_changes"]?.elements ?? [] {
            #expect(members(change) == ["at", "sentence", "touches"])
        }
        let first = try lines("list").first?.elements.first { $0["name"] == "job" }?["next_run_at"]
        #expect(report["next"]?.elements.first == first)
        // One that has no schedule has nothing but itself.
        let byHand = try #require(try lines("explain", "--task", "sleeper").first)
        #expect(byHand["sentence"] == nil && byHand["next"] == [] && byHand["task"]?["name"] == "sleeper")
    }

    @Test("list, runs, run, logs and stop: what the API has answered, and a line for each line of a log")
    func runs() throws {
        let list = try lines("list")
        #expect(list.count == 1)
        for task in list.first?.elements ?? [] { ContractShape.task.check(task) }
        #expect(list.first?.elements.compactMap { $0["name"]?.text }.sorted() == ["job", "sleeper"])

        let waited = try lines("run", "job", "--wait", exitCode: 3)
        let run = try #require(waited.last)
        ContractShape.run.check(run)
        #expect(run["exit_code"] == 3)
        let page = try #require(try lines("runs", "job").first)
        ContractShape.runPage.check(page)
        #expect(page["runs"]?.elements.map(\.id) == [run.id])
        for log in [try lines("logs", run.id), try lines("logs", "job", "--follow")] {
            for line in log { ContractShape.logLine.check(line) }
            #expect(log.map { $0["text"] } == ["one", "two"] && log.map { $0["stream"] } == ["stdout", "stderr"])
        }

        let started = try #require(try lines("run", "sleeper").first)
        ContractShape.run.check(started)
        #expect(started["status"] == "pending")
        let stopped = try lines("stop", started.id)
        #expect(stopped.count == 1 && stopped.first?["message"]?.text?.contains(started.id) == true)
    }

    @Test("pause and resume: the task as it is then")
    func pause() throws {
        let paused = try #require(try lines("pause", "job", "--until", "2200-01-01T00:00:00Z").first)
        ContractShape.task.check(paused)
        #expect(paused["paused_until"] == "2200-01-01T00:00:00Z")
        let resumed = try #require(try lines("resume", "job").first)
        ContractShape.task.check(resumed)
        #expect(resumed["paused_since"] == nil)
    }

    @Test("simulate: a line for each occurrence, and one for the summary")
    func simulate() throws {
        let all = try lines(
            "simulate",
            "--config",
            daemon.folder.file("almanac.toml"),
            "--from",
            "2026-03-28T00:00:00Z",
            "--until",
            "2026-03-30T00:00:00Z"
        )
        #expect(all.count == 3)
        #expect(all.dropLast().map { $0["at"] } == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z"])
        #expect(all.dropLast().allSatisfy { $0["task"] == "job" })
        #expect(all.last?["summary"]?["from"] == "2026-03-28T00:00:00Z")
    }

    @Test("What is refused is told on standard error, and nothing is printed")
    func refusals() throws {
        for arguments in [
            ["explain", "--task", "nothing"], ["run", "nothing"], ["stop", "01ARZ3NDEKTSV4RRFFQ69G5FAV"],
        ] {
            let outcome = try #require(
                ChildProcess.run(
                    [BuiltProgram.path("almanac")] + arguments + ["--json"],
                    environment: ["ALMANAC_SOCKET": daemon.socketPath]
                )
            )
            #expect(outcome.exitCode == 1 && outcome.standardOutput == "")
            #expect(outcome.standardError.split(separator: "\n").count == 1)
        }
    }
}
