import AlmanacAPI
import AlmanacTesting
import CLinux
import Glibc
import Testing

@Suite("The service manager is told how the daemon is")
struct ReadinessTests {
    static let configuration = """
        [scheduler]
        timezone = "Europe/Berlin"
        [tasks.backup-db]
        cron = "0 2 31 12 *"
        run = "true"
        [tasks.job]
        run = "while [ ! -e go ]; do sleep 0.05; done"
        """

    @Test("READY=1 comes when requests are answered, with a line on what there is")
    func ready() throws {
        let listener = NotifyListener()
        let daemon = DaemonProcess(Self.configuration, environment: listener.environment)
        let ready = try #require(listener.first { $0["READY"] == "1" }, "\(daemon.child.standardError)")
        let status = try #require(ready["STATUS"])
        #expect(status.hasPrefix("0 running, 1 scheduled, next backup-db at "), "\(status)")
        #expect(status.hasSuffix("-12-31 02:00 CET"), "\(status)")
        #expect(daemon.get("/health").body == "OK")
        #expect(daemon.end()?.exitCode == 0)
        #expect(listener.hears("STOPPING=1"))
        #expect(listener.messages.filter { $0["READY"] != nil }.count == 1)
    }

    @Test("The status follows the runs, and is not repeated where nothing has changed")
    func status() throws {
        let listener = NotifyListener()
        let daemon = DaemonProcess(Self.configuration, environment: listener.environment)
        try #require(listener.hears("READY=1"), "\(daemon.child.standardError)")
        _ = try #require(daemon.post("/api/tasks/job/run").status == 201)
        #expect(listener.first { $0["STATUS"]?.hasPrefix("1 running, ") == true } != nil)
        let count = listener.messages.count
        daemon.folder.write("", to: "go")
        #expect(listener.first(after: count) { $0["STATUS"]?.hasPrefix("0 running, ") == true } != nil)
        let texts = listener.messages.compactMap { $0["STATUS"] }
        #expect(zip(texts, texts.dropFirst()).allSatisfy { $0 != $1 }, "\(texts)")
    }

    @Test("A burst of runs makes a few lines a second at most")
    func burst() throws {
        let listener = NotifyListener()
        let daemon = DaemonProcess(
            "[tasks.job]\nrun = \"true\"\nmax_concurrent = 8\nqueue_max = 1000",
            environment: listener.environment
        )
        try #require(listener.hears("READY=1"), "\(daemon.child.standardError)")
        for _ in 0..<60 { _ = daemon.trigger("job") }
        #expect(eventually(within: 60) { daemon.runs("status=success").count == 60 })
        _ = listener.first { $0["STATUS"]?.hasPrefix("0 running") == true }
        let times = listener.messages.filter { $0["READY"] == nil }.map(\.time)
        let span = (times.last ?? 0) - (times.first ?? 0)
        #expect(Double(times.count) <= 2 + span * 4.5, "\(times.count) messages in \(span) s")
    }

    @Test("A reload is announced, and told of when it is over, refused or not", arguments: [SIGHUP, 0])
    func reload(signal: Int32) throws {
        let listener = NotifyListener()
        let daemon = DaemonProcess(Self.configuration, environment: listener.environment)
        try #require(listener.hears("READY=1"), "\(daemon.child.standardError)")
        func reload() -> [NotifyListener.Message] {
            let count = listener.messages.count
            if signal == 0 { _ = daemon.post("/api/reload") } else { daemon.child.send(signal) }
            _ = listener.first(after: count) { $0["READY"] == "1" }
            return Array(listener.messages.dropFirst(count))
        }

        daemon.folder.write(
            Self.configuration + "\n[tasks.new]\nrun = \"true\"\ncron = \"@yearly\"",
            to: "almanac.toml"
        )
        var messages = reload()
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let reloading = try #require(messages.first { $0["RELOADING"] == "1" })
        let microseconds = try #require(reloading["MONOTONIC_USEC"].flatMap { Int($0) })
        #expect((now.tv_sec - 60...now.tv_sec).contains(microseconds / 1_000_000))
        #expect(messages.last?["STATUS"]?.hasPrefix("0 running, 2 scheduled, next ") == true)

        daemon.folder.write("[tasks.new]\nrun = 1\ncron = \"what\"", to: "almanac.toml")
        messages = reload()
        #expect(messages.contains { $0["RELOADING"] == "1" })
        let refused = try #require(messages.last?["STATUS"])
        #expect(refused.hasPrefix("0 running, 2 scheduled, next "))
        #expect(refused.hasSuffix("; the edited configuration is refused (2 faults); the one before it is in force"))

        daemon.folder.write(Self.configuration, to: "almanac.toml")
        messages = reload()
        #expect(messages.last?["STATUS"]?.hasSuffix(" CET") == true)
    }

    @Test("A start that fails says why, with the number of the error")
    func failure() throws {
        let listener = NotifyListener()
        let daemon = DaemonProcess("[tasks.job]\nrum = \"true\"", environment: listener.environment)
        #expect(daemon.child.wait()?.exitCode == 1)
        let last = try #require(listener.messages.last)
        #expect(last["ERRNO"] == "\(EINVAL)")
        #expect(last["STATUS"]?.contains("almanac.toml:") == true)
        #expect(listener.messages.allSatisfy { $0["READY"] == nil })
    }

    @Test("A long recovery asks for more time while it makes progress")
    func longRecovery() throws {
        let listener = NotifyListener()
        let first = DaemonProcess(Self.configuration)
        try #require(first.isReady(), "\(first.child.standardError)")
        first.kill()
        // Runs that never started, of a task that has left: each has to be looked at, and ended.
        let filling = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
            INSERT INTO run (id, task_name, status, exit_code, triggered_by, created_at, catch_up, retry_attempt)
            SELECT '01ARYZ6S41TSV4RRFFQ' || printf('%07d', i), 'gone', 'pending', 0, 'api', 1700000000000000000 + i, 0, 0
            FROM n;
            """
        let filled = ChildProcess.run(["sqlite3", "\(first.dataPath)/almanac.sqlite", filling])
        #expect(filled?.exitCode == 0, "\(filled?.standardError ?? "")")
        let second = DaemonProcess(nil, in: first.folder, environment: listener.environment)
        #expect(listener.hears("READY=1", within: 300), "\(second.child.standardError)")
        let messages = listener.messages
        let extensions = messages.filter { $0["EXTEND_TIMEOUT_USEC"] != nil }
        #expect(!extensions.isEmpty && extensions.count == messages.count - 1)
        #expect(messages.last?["READY"] == "1")
        for message in extensions {
            #expect(Int(message["EXTEND_TIMEOUT_USEC"] ?? "").map { $0 >= 30_000_000 } == true)
            #expect(message["STATUS"]?.hasPrefix("taking over 40000 unfinished runs, ") == true)
        }
    }

    @Test("A socket that nobody reads, and one that is not there, hold nothing up and are mentioned once")
    func deafManager() throws {
        let deaf = NotifyListener(reading: false)
        let gone = TemporaryFolder().file("nobody")
        for (environment, reason) in [(deaf.environment, "nobody reads it"), (["NOTIFY_SOCKET": gone], "No such file")]
        {
            let daemon = DaemonProcess("[tasks.job]\nrun = \"true\"", environment: environment)
            try #require(daemon.isReady(), "\(daemon.child.standardError)")
            for _ in 0..<30 {
                #expect(daemon.post("/api/reload").status == 200)
            }
            #expect(daemon.triggerAndWait("job")?.status == "ended")
            let outcome = try #require(daemon.end())
            #expect(outcome.exitCode == 0)
            let complaints = outcome.standardError.split(separator: "\n").filter { $0.contains("NOTIFY_SOCKET") }
            #expect(complaints.count == 1 && complaints.first?.contains(reason) == true, "\(complaints)")
        }
        deaf.read()
        #expect(deaf.hears("READY=1"))
    }

    @Test("What had to wait for a reader arrives in order once there is one")
    func lateReader() throws {
        let listener = NotifyListener(reading: false)
        let daemon = DaemonProcess("[tasks.job]\nrun = \"true\"", environment: listener.environment)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        for _ in 0..<15 { #expect(daemon.post("/api/reload").status == 200) }
        listener.read()
        let isComplete = eventually { listener.messages.filter { $0["READY"] != nil }.count == 16 }
        #expect(isComplete)
        let kinds = listener.messages.compactMap {
            $0["READY"] != nil ? "ready" : $0["RELOADING"].map { _ in "reloading" }
        }
        #expect(kinds == ["ready"] + Array(repeating: ["reloading", "ready"], count: 15).flatMap(\.self))
    }

    @Test("An address that is none is said, and the daemon runs")
    func noAddress() throws {
        let daemon = DaemonProcess("", environment: ["NOTIFY_SOCKET": "relative/path"])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.child.standardError.contains("NOTIFY_SOCKET is \"relative/path\"; expected an absolute path"))
    }

    @Test("Commands inherit nothing of what the service manager says to the daemon")
    func environment() throws {
        let listener = NotifyListener()
        let variables = [
            "WATCHDOG_USEC": "60000000", "LISTEN_FDS": "1", "LISTEN_PID": "1", "LISTEN_FDNAMES": "api",
            "JOURNAL_STREAM": "8:1", "INVOCATION_ID": "0123456789abcdef0123456789abcdef", "KEPT": "yes",
        ].merging(listener.environment) { $1 }
        let daemon = DaemonProcess("[tasks.job]\nrun = \"env\"", environment: variables)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        let names = Set(daemon.log(of: run).split(separator: "\n").map { String($0.prefix { $0 != "=" }) })
        #expect(names.intersection(variables.keys) == ["KEPT"])
    }
}
