import AlmanacAPI
import AlmanacTesting
import ArgumentParser
import Testing

@testable import AlmanacCommands

@Suite("almanac reload tells what has changed, or every fault")
struct ReloadCommandTests {
    private func text(_ answer: ReloadAnswer) -> String {
        var output = OutputBuffer()
        answer.write(to: &output)
        return output.text
    }

    @Test("a line for each task and for each setting that waits")
    func changes() {
        let answer = ReloadAnswer(
            added: ["a"],
            removed: ["b"],
            changed: [.init(name: "c", reasons: ["cron", "timeout"])],
            needingRestart: ["[api] auth"]
        )
        #expect(
            text(answer) == """
                added    a
                removed  b
                changed  c: cron, timeout
                [api] auth takes effect with the daemon's next start

                """
        )
    }

    @Test("nothing has changed")
    func nothing() {
        #expect(text(ReloadAnswer(added: [], removed: [], changed: [])) == "No task has changed.\n")
    }

    @Test("it asks for a reload, and tells the file's faults from other refusals")
    func outcomes() async throws {
        let fault = #"{"location":"config","message":"a.toml:3: [tasks.a] cron: 61 is not a minute"}"#
        let daemon = try await ScriptedDaemon(
            .init(#"{"added":["a"],"removed":[],"changed":[]}"#),
            .init(#"{"title":"Unprocessable Content","status":422,"errors":[\#(fault)]}"#, status: 422),
            .init(#"{"title":"Service Unavailable","status":503}"#, status: 503)
        )
        try await DaemonClient.withClient(socket: daemon.socket) { client in
            guard case .done(let answer) = try await ReloadCommand.reload(client) else {
                Issue.record("the reload was done")
                return
            }
            #expect(answer.value.added == ["a"])
            guard case .refused(let problem) = try await ReloadCommand.reload(client) else {
                Issue.record("the file had a fault")
                return
            }
            #expect(problem.configurationFaults == ["a.toml:3: [tasks.a] cron: 61 is not a minute"])
            await #expect(throws: DaemonClientError.refused(Problem(title: "Service Unavailable", status: 503))) {
                _ = try await ReloadCommand.reload(client)
            }
        }
        #expect(daemon.requests == Array(repeating: "POST /api/reload host=localhost", count: 3))
        try await daemon.stop()
    }

    @Test("as a program: changes on standard output with 0, faults on standard error with 1")
    func program() async throws {
        let fault = #"{"location":"config","message":"a.toml:3: no"}"#
        let refusal = #"{"title":"T","status":422,"errors":[\#(fault),\#(fault)]}"#
        let change = #"{"added":[],"removed":["b"],"changed":[]}"#
        let daemon = try await ScriptedDaemon(
            .init(change),
            .init(change),
            .init(refusal, status: 422),
            .init(refusal, status: 422)
        )
        func reload(_ arguments: String...) throws -> ChildProcess.Outcome {
            let command = [BuiltProgram.path("almanac"), "reload", "--socket", daemon.socket] + arguments
            return try #require(ChildProcess.run(command))
        }
        let done = try reload()
        #expect(done.exitCode == 0 && done.standardOutput == "removed  b\n" && done.standardError == "")
        #expect(try reload("--json").standardOutput == change + "\n")
        let refused = try reload()
        #expect(refused.exitCode == 1 && refused.standardOutput == "")
        #expect(refused.standardError == "a.toml:3: no\na.toml:3: no\n")
        let json = try reload("--json")
        #expect(json.exitCode == 1 && json.standardError == "")
        #expect(json.standardOutput.contains(#""errors":[\#(fault),\#(fault)]"#))
        try await daemon.stop()
    }
}

@Suite("almanac pause and almanac resume")
struct PauseCommandTests {
    @Test("they ask for what the command line says")
    func requests() async throws {
        let task = #"{"name":"backup","api_trigger":true}"#
        let daemon = try await ScriptedDaemon(.init(task), .init(task), .init(task))
        try await DaemonClient.withClient(socket: daemon.socket) { client in
            _ = try await PauseCommand.pause("backup", until: nil, client)
            _ = try await PauseCommand.pause("a/b", until: "2026-03-29T01:00:00Z", client)
            _ = try await ResumeCommand.resume("backup", client)
        }
        #expect(
            daemon.requests == [
                "POST /api/tasks/backup/pause host=localhost",
                #"POST /api/tasks/a%2Fb/pause host=localhost application/json {"until":"2026-03-29T01:00:00Z"}"#,
                "POST /api/tasks/backup/resume host=localhost",
            ]
        )
        try await daemon.stop()
    }

    @Test("an end that is no time is a wrong command line", arguments: ["tomorrow", "", "2026-03-29", "12:00"])
    func until(text: String) throws {
        #expect(throws: (any Error).self) { try PauseCommand.parse(["backup", "--until", text]) }
        #expect(try PauseCommand.parse(["backup", "--until", "2026-03-29T03:00:00+02:00"]).until != nil)
    }

    @Test("what is told, on the reader's clock")
    func sentences() throws {
        let zone = try ZoneFixtures.rules("Europe/Berlin")
        var task = TaskResource(name: "backup", apiTrigger: true)
        #expect(task.pauseSentence(in: zone) == "backup is not paused any more.")
        task.pausedSince = "2026-03-28T12:00:00Z"
        #expect(task.pauseSentence(in: zone) == "backup is paused; 'almanac resume backup' ends that.")
        task.pausedUntil = "2026-03-29T01:00:00Z"
        task.nextRunAt = "2026-03-29T02:30:00Z"
        #expect(
            task.pauseSentence(in: zone)
                == "backup is paused until Sun 2026-03-29 03:00:00 CEST; its next run is on Sun 2026-03-29 04:30:00 CEST."
        )
    }

    @Test("the list shows pauses")
    func list() throws {
        var open = TaskResource(name: "open", apiTrigger: true)
        open.pausedSince = "2026-03-28T12:00:00Z"
        var ending = open
        ending.name = "ending"
        ending.pausedUntil = "2026-03-29T01:00:00Z"
        let listing = TaskListing(
            tasks: [open, ending, TaskResource(name: "other", apiTrigger: true)],
            now: try ZoneFixtures.instant("2026-03-28T13:00:00Z"),
            zone: try ZoneFixtures.rules("Europe/Berlin")
        )
        var output = OutputBuffer()
        listing.table.print(into: &output, colour: .off)
        #expect(
            output.text == """
                TASK    SCHEDULE  PAUSED
                open    by hand   since Sat 2026-03-28 13:00:00 CET
                ending  by hand   until Sun 2026-03-29 03:00:00 CEST
                other   by hand

                """
        )
    }
}
