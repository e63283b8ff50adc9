import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("The daemon may die at any moment: no run, no line and no exit code is lost")
struct RestartTests {
    static let waiting = """
        [tasks.job]
        run = "echo begun; while [ ! -e go ]; do sleep 0.05; done; echo done; exit 3"
        """

    @Test("A run outlives a killed daemon, and its end is recorded as if nothing had happened")
    func runOutlivesDaemon() throws {
        let first = DaemonProcess(Self.waiting)
        try #require(first.isReady(), "\(first.child.standardError)")
        let run = try #require(first.trigger("job"))
        #expect(eventually { first.log(of: run) == "begun\n" })
        first.kill()

        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.run(run.id)?.status == "running")
        first.folder.write("", to: "go")
        #expect(eventually { second.run(run.id)?.status == "ended" })
        #expect(second.run(run.id)?.endReason == "failed")
        #expect(second.run(run.id)?.exitCode == 3)
        #expect(second.log(of: run) == "begun\ndone\n")
    }

    @Test("A run that ends while no daemon is there is recorded by the next one")
    func runEndsAlone() throws {
        let first = DaemonProcess(Self.waiting)
        try #require(first.isReady(), "\(first.child.standardError)")
        let run = try #require(first.trigger("job"))
        #expect(eventually { first.log(of: run) == "begun\n" })
        first.kill()
        first.folder.write("", to: "go")
        let result = first.folder.file("data/runs/job/\(run.id)/result")
        #expect(eventually { unsafe access(result, F_OK) == 0 })

        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        let ended = try #require(second.run(run.id))
        #expect(ended.status == "ended")
        #expect(ended.exitCode == 3)
        #expect(second.log(of: run) == "begun\ndone\n")
    }

    @Test("Of a run that has ended its log stays, though the daemon died before it could remove the rest")
    func leftFiles() throws {
        let first = DaemonProcess("[tasks.job]\nrun = \"echo done\"")
        try #require(first.isReady(), "\(first.child.standardError)")
        let run = try #require(first.triggerAndWait("job"))
        let path = "data/runs/job/\(run.id)"
        let files = { ChildProcess.run(["ls", first.folder.file(path)])?.standardOutput }
        #expect(eventually { files() == "log\n" })
        first.kill()
        // As they lie there at the moment of the commit.
        for name in ["spec", "lock", "started", "result", "stop", "stop.new"] {
            first.folder.write("", to: "\(path)/\(name)")
        }

        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(files() == "log\n")
        #expect(second.run(run.id)?.endReason == "success")
        #expect(second.log(of: run) == "done\n")
    }

    @Test("Waiting runs keep their order over a restart")
    func queueSurvives() throws {
        let configuration = """
            [tasks.job]
            run = "while [ ! -e go ]; do sleep 0.05; done; echo $ALMANAC_RUN_ID >> order"
            """
        let first = DaemonProcess(configuration)
        try #require(first.isReady(), "\(first.child.standardError)")
        let ids = (0..<4).compactMap { _ in first.trigger("job")?.id }
        first.kill()
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.runs("status=pending").count == 3)
        second.folder.write("", to: "go")
        #expect(eventually { second.runs("status=success").count == 4 })
        let order = String(decoding: TemporaryFolder.read(second.folder.file("order")) ?? [], as: UTF8.self)
        #expect(order.split(separator: "\n").map(String.init) == ids)
    }

    @Test("A run whose supervisor was killed has crashed, and its command is gone")
    func supervisorKilled() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "echo $PPID; exec sleep 600"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("job"))
        #expect(eventually { daemon.log(of: run).hasSuffix("\n") })
        let supervisor = try #require(Int32(daemon.log(of: run).dropLast()))
        Glibc.kill(supervisor, SIGKILL)
        #expect(eventually { daemon.run(run.id)?.endReason == "crashed" })
        #expect(daemon.run(run.id)?.exitCode == -2)
    }

    @Test("Killed again and again at any moment, it fires every tick once")
    func killedAgainAndAgain() throws {
        let configuration = """
            [tasks.tick]
            cron = "* * * * * *"
            run = "echo $ALMANAC_SCHEDULED_AT >> ticks"
            max_concurrent = 4
            """
        var daemon = DaemonProcess(configuration)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        for round in 0..<8 {
            // Some of these moments fall into the making of a run, whose second this is.
            _ = poll(nil, 0, Int32(300 + 170 * round))
            daemon.kill()
            daemon = DaemonProcess(nil, in: daemon.folder)
            try #require(daemon.isReady(), "\(daemon.child.standardError)")
        }
        #expect(daemon.end()?.exitCode == 0)
        let last = DaemonProcess(nil, in: daemon.folder)
        try #require(last.isReady(), "\(last.child.standardError)")
        let isSettled = eventually {
            last.runs("status=pending,running").isEmpty && !last.runs().isEmpty
        }
        #expect(isSettled)
        // The newest second may come due between two looks.
        let runs = last.runs("status=success").reversed().map { $0.scheduledAt ?? "none" }
        let ticks = String(decoding: TemporaryFolder.read(last.folder.file("ticks")) ?? [], as: UTF8.self)
            .split(separator: "\n").map(String.init).sorted()
        #expect(last.runs("status=failed,crashed,missed,start_failed,skipped,queue_full").isEmpty)
        #expect(Set(ticks).count == ticks.count, "a tick fired twice")
        #expect(ticks.starts(with: runs.sorted().prefix(ticks.count)))
        #expect(abs(ticks.count - runs.count) <= 1)
        let seconds = ticks.compactMap { Int($0.dropLast().suffix(2)) }
        for (earlier, later) in zip(seconds, seconds.dropFirst()) {
            #expect((earlier + 1) % 60 == later, "a tick is lost between :\(earlier) and :\(later)")
        }
    }
}
