import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("A schedule fires, a run is made, its output and its exit code are kept")
struct MainJobTests {
    @Test("A cron task runs at each tick, and each run says which")
    func cron() throws {
        let daemon = DaemonProcess(
            """
            [tasks.tick]
            cron = "* * * * * *"
            timezone = "Asia/Kolkata"
            run = "echo $ALMANAC_TRIGGER $ALMANAC_TASK $ALMANAC_TICK $ALMANAC_SCHEDULED_AT"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(eventually { daemon.runs("status=success").count >= 3 })
        let runs = daemon.runs("status=success")
        for (newer, older) in zip(runs, runs.dropFirst()) {
            #expect(newer.scheduledAt != older.scheduledAt)
        }
        let run = try #require(runs.first)
        let scheduledAt = try #require(run.scheduledAt)
        let tick = try #require(run.tick)
        #expect(run.taskName == "tick")
        #expect(run.triggeredBy == "cron")
        #expect(run.timezone == "Asia/Kolkata")
        #expect(run.status == "ended")
        #expect(run.exitCode == 0)
        // Kolkata is 5 h 30 min ahead: the wall time is another, the seconds are the same.
        #expect(tick.suffix(2) == scheduledAt.dropLast().suffix(2))
        #expect(daemon.log(of: run) == "cron tick \(tick) \(scheduledAt)\n")
    }

    struct Ending: CustomTestStringConvertible {
        var command: String
        var reason: String
        var exitCode: Int64
        var settings = ""

        var testDescription: String { command }
    }

    @Test(
        "The end of a command is that of its run",
        arguments: [
            Ending(command: "true", reason: "success", exitCode: 0),
            Ending(command: "exit 7", reason: "failed", exitCode: 7),
            Ending(command: "false; echo not reached", reason: "failed", exitCode: 1),
            Ending(command: "no-such-command-anywhere", reason: "failed", exitCode: 127),
            Ending(command: "kill -KILL $$", reason: "failed", exitCode: 137),
            Ending(command: "sleep 60", reason: "timeout", exitCode: 143, settings: "timeout = \"200ms\""),
            Ending(
                command: "trap '' TERM; while :; do sleep 1; done",
                reason: "timeout",
                exitCode: 137,
                settings: "timeout = \"200ms\"\ngraceful_stop = \"200ms\""
            ),
        ]
    )
    func ends(_ ending: Ending) throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = \"\"\"\(ending.command)\"\"\"
            \(ending.settings)
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        #expect(run.endReason == ending.reason)
        #expect(run.exitCode == ending.exitCode)
        #expect(run.triggeredBy == "api")
        #expect(run.startAt != nil && run.endAt != nil)
    }

    @Test("Output comes back byte for byte, five megabytes of it and no newline at the end")
    func output() throws {
        let daemon = DaemonProcess(
            """
            [tasks.chatty]
            run = "seq 1 735000; printf end"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("chatty"))
        let expected = (1...735_000).map { "\($0)\n" }.joined() + "end"
        #expect(daemon.log(of: run) == expected)
    }

    @Test("Tasks for the start run at each start of the daemon, and only then")
    func startup() throws {
        let configuration = """
            [tasks.on-start]
            run = "true"
            run_on_start = true
            [tasks.reboot]
            run = "true"
            cron = "@reboot"
            [tasks.other]
            run = "true"
            """
        let first = DaemonProcess(configuration)
        try #require(first.isReady(), "\(first.child.standardError)")
        #expect(eventually { first.runs("triggered_by=startup&status=success").count == 2 })
        #expect(first.end()?.exitCode == 0)
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(eventually { second.runs("triggered_by=startup&status=success").count == 4 })
        #expect(Set(second.runs().map(\.taskName)) == ["on-start", "reboot"])
    }

    @Test("While a run is active the next one waits, or is skipped")
    func overlap() throws {
        let daemon = DaemonProcess(
            """
            [tasks.queue]
            run = "while [ ! -e go ]; do sleep 0.05; done; echo $ALMANAC_RUN_ID >> order"
            [tasks.skip]
            run = "while [ ! -e go ]; do sleep 0.05; done"
            on_overlap = "skip"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let queued = (0..<4).compactMap { _ in daemon.trigger("queue")?.id }
        _ = daemon.trigger("skip")
        let skipped = try #require(daemon.trigger("skip"))
        #expect(skipped.status == "ended")
        #expect(skipped.endReason == "skipped")
        #expect(skipped.exitCode == -1)
        #expect(daemon.runs("task_name=queue&status=pending").count == 3)
        daemon.folder.write("", to: "go")
        #expect(eventually { daemon.runs("task_name=queue&status=success").count == 4 })
        let order = String(decoding: TemporaryFolder.read(daemon.folder.file("order")) ?? [], as: UTF8.self)
        #expect(order.split(separator: "\n").map(String.init) == queued)
    }

    @Test("A run is stopped on request, a waiting one at once")
    func stop() throws {
        let daemon = DaemonProcess(
            """
            [tasks.long]
            run = "sleep 600"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let active = try #require(daemon.trigger("long"))
        let waiting = try #require(daemon.trigger("long"))
        #expect(daemon.post("/api/tasks/long/runs/\(waiting.id)/stop").status == 200)
        let stopped = try #require(daemon.run(waiting.id))
        #expect(stopped.endReason == "stopped")
        #expect(stopped.exitCode == -1)
        #expect(daemon.post("/api/tasks/long/runs/\(active.id)/stop").status == 200)
        #expect(eventually { daemon.run(active.id)?.status == "ended" })
        #expect(daemon.run(active.id)?.endReason == "stopped")
        #expect(daemon.run(active.id)?.exitCode == 143)
        #expect(daemon.post("/api/tasks/long/runs/\(active.id)/stop").status == 409)
    }
}
