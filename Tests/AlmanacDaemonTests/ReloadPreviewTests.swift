import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("What a reload would say is known beforehand")
struct ReloadPreviewTests {
    static let before = """
        [tasks.kept]
        cron = "0 0 1 1 *"
        run = "true"
        [tasks.gone]
        cron = "0 12 1 1 *"
        run = "true"
        """
    static let after = """
        [daemon]
        on_stop = "stop_runs"
        [scheduler]
        grace = "2m"
        [tasks.kept]
        cron = "0 12 1 2 *"
        run = "false"
        [tasks.new]
        cron = "@daily"
        run = "true"
        """

    /// All that a reload could change: the schedule, the database, the timers, the time of loading.
    private func state(_ daemon: DaemonProcess) throws -> [String] {
        let database = try #require(
            ChildProcess.run(["sqlite3", "-readonly", "\(daemon.dataPath)/almanac.sqlite", ".dump"])
        )
        #expect(database.exitCode == 0, "\(database.standardError)")
        let info = daemon.get("/api/info").body
        return [
            daemon.get("/api/tasks").body, daemon.get("/api/runs").body, database.standardOutput, info,
            "\(try alarms(of: daemon.child.pid))",
        ]
    }

    /// When the timers of the wall clock go off, to ten seconds: an idle daemon looks at nothing meanwhile.
    private func alarms(of pid: Int32) throws -> [Int] {
        let listing = try #require(ChildProcess.run(["sh", "-c", "cat /proc/\(pid)/fdinfo/* 2>/dev/null"]))
        var alarms: [Int] = []
        var clock: Substring?
        for line in listing.standardOutput.split(separator: "\n") {
            if line.hasPrefix("clockid: ") { clock = line.dropFirst(9) }
            guard line.hasPrefix("it_value: ("), clock == "0" else { continue }
            let seconds = try #require(Int(line.dropFirst(11).prefix { $0 != "," }))
            alarms.append((time(nil) + seconds + 5) / 10)
        }
        #expect(!alarms.isEmpty)
        return alarms.sorted()
    }

    @Test("A preview is the answer of the reload that follows, and changes nothing")
    func preview() throws {
        let daemon = DaemonProcess(Self.before)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        daemon.folder.write(Self.after, to: "almanac.toml")
        let state = try state(daemon)
        let preview = daemon.post("/api/reload?dry_run=true")
        #expect(preview.status == 200)
        #expect(preview.body.contains(#""added":["new"],"changed":[{"name":"kept","reasons":["run","cron"]}]"#))
        #expect(
            preview.body.contains(#""needing_restart":["[daemon] on_stop","[scheduler] grace"],"removed":["gone"]"#)
        )
        #expect(try self.state(daemon) == state)
        #expect(daemon.get("/api/info").body.contains(#""config_stale":true"#))

        #expect(daemon.post("/api/reload").body == preview.body)
        #expect(try self.state(daemon) != state)
        let next = daemon.post("/api/reload?dry_run=true")
        #expect(next.body.contains(#""added":[],"changed":[],"removed":[]"#))
        #expect(daemon.post("/api/reload").body == next.body)
    }

    @Test("A file with faults is refused in the same words, before and when")
    func faults() throws {
        let daemon = DaemonProcess(Self.before)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        daemon.folder.write("[tasks.kept]\nrun = 1\ncron = \"61 * * * *\"\n", to: "almanac.toml")
        let preview = daemon.post("/api/reload?dry_run=true")
        #expect(preview.status == 422 && preview.body.contains("61 is not a minute"))
        #expect(!daemon.child.standardError.contains("refused"))
        #expect(daemon.post("/api/reload").body == preview.body)
        #expect(daemon.child.standardError.contains("the configuration is refused"))
    }

    @Test("almanac check asks the daemon whose file it is, and almanac reload says the same")
    func check() throws {
        let daemon = DaemonProcess(Self.before)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        daemon.folder.write(Self.after, to: "almanac.toml")
        let path = daemon.folder.file("almanac.toml")
        let check = try #require(daemon.almanac("check", "--config", path))
        let reload = try #require(daemon.almanac("reload"))
        #expect(check.exitCode == 0 && reload.exitCode == 0)
        #expect(
            check.standardOutput == """
                \(path): 2 tasks, no faults
                The daemon on \(daemon.socketPath) would change on a reload:

                """ + reload.standardOutput
        )
        #expect(reload.standardOutput.hasPrefix("added    new\nremoved  gone\nchanged  kept: run, cron\n"))
        let other = daemon.folder.write(Self.before, to: "other.toml")
        let elsewhere = try #require(daemon.almanac("check", "--config", other))
        #expect(elsewhere.exitCode == 0)
        #expect(elsewhere.standardOutput.contains("reads another file, \(path)"))
    }
}
