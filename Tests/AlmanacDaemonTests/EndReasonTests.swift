import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

/// The end reasons that a run of the real daemon can have, with what its row says. What a clock change or an outage takes away is in
/// `ClockChangeTests`, what ends with the daemon in `StoppingTests`, what ends with its supervisor in `CrashTests`.
@Suite("A run says why it ended, and what to do about it")
struct EndReasonTests {
    struct Ending: Sendable, CustomTestStringConvertible {
        let rule: String
        let command: String
        var settings: [String] = []
        let reason: String
        let exitCode: Int64
        var message: String?

        var testDescription: String { rule }
    }

    static let shellRemedy = "`shell` has to name a program that the run's user may execute"
    static let folderRemedy = "`working_dir` has to name a folder that the run's user may enter"

    static let endings = [
        Ending(rule: "0 is a success", command: "true", reason: "success", exitCode: 0),
        Ending(
            rule: "so is any of exit_codes",
            command: "exit 4",
            settings: ["exit_codes = [3, 4]"],
            reason: "success",
            exitCode: 4
        ),
        Ending(
            rule: "and 0 is none that is not among them",
            command: "true",
            settings: ["exit_codes = [3, 4]"],
            reason: "failed",
            exitCode: 0
        ),
        Ending(rule: "another code is a failure", command: "exit 255", reason: "failed", exitCode: 255),
        Ending(
            rule: "so is a signal, 128 + its number",
            command: "kill -SEGV $$",
            reason: "failed",
            exitCode: 139,
            message: "SIGSEGV ended the command"
        ),
        Ending(
            rule: "a signal is no success by its number",
            command: "kill -TERM $$",
            settings: ["exit_codes = [0, 143]"],
            reason: "failed",
            exitCode: 143,
            message: "SIGTERM ended the command"
        ),
        Ending(
            rule: "the time limit",
            command: "sleep 600",
            settings: ["timeout = \"200ms\""],
            reason: "timeout",
            exitCode: 143,
            message: "the time limit of 0.2 s was reached"
        ),
        Ending(
            rule: "too much output",
            command: "exec yes",
            settings: ["log_max_size = \"64KB\"", "log_on_full = \"kill_task\""],
            reason: "log_overflow",
            exitCode: 143,
            message: "the output was larger than the log may be; "
        ),
        Ending(
            rule: "no such shell",
            command: "true",
            settings: ["shell = \"/no/such/sh\""],
            reason: "start_failed",
            exitCode: -1,
            message: "cannot start /no/such/sh: No such file or directory; " + shellRemedy
        ),
        Ending(
            rule: "a shell that is no program",
            command: "true",
            settings: ["shell = \"/etc/passwd\""],
            reason: "start_failed",
            exitCode: -1,
            message: "cannot start /etc/passwd: Permission denied; " + shellRemedy
        ),
        Ending(
            rule: "no such folder",
            command: "true",
            settings: ["working_dir = \"/no/such/folder\""],
            reason: "start_failed",
            exitCode: -1,
            message: "cannot enter /no/such/folder: No such file or directory; " + folderRemedy
        ),
    ]

    @Test("A command's end is its run's, by the task's rules")
    func commands() throws {
        let tasks = Self.endings.enumerated().map { number, ending in
            "[tasks.t\(number)]\nrun = \"\(ending.command)\"\n" + ending.settings.joined(separator: "\n")
        }
        let daemon = DaemonProcess(tasks.joined(separator: "\n"))
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        for (number, ending) in Self.endings.enumerated() {
            let run = try #require(daemon.triggerAndWait("t\(number)"), "\(ending.rule)")
            #expect(run.endReason == ending.reason, "\(ending.rule)")
            #expect(run.exitCode == ending.exitCode, "\(ending.rule)")
            if ending.reason == "log_overflow" {
                // How much of it was lost is a matter of moments.
                #expect(run.message?.hasPrefix(ending.message ?? "") == true, "\(run.message ?? "")")
                #expect(run.message?.hasSuffix(" bytes of output are not in the log because of its limit") == true)
            } else {
                #expect(run.message == ending.message, "\(ending.rule)")
            }
        }
    }

    @Test("A run that finds its place taken says by how many, and one that was stopped has its reason alone")
    func turnedAway() throws {
        let daemon = DaemonProcess(
            """
            [tasks.skip]
            run = "sleep 600"
            on_overlap = "skip"
            max_concurrent = 2
            [tasks.queue]
            run = "sleep 600"
            queue_max = 1
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let active = (0..<2).compactMap { _ in daemon.trigger("skip") }
        let skipped = try #require(daemon.trigger("skip"))
        #expect(skipped.endReason == "skipped")
        #expect(skipped.exitCode == -1)
        #expect(skipped.message == "max_concurrent = 2: as many were active, and on_overlap is skip")

        _ = daemon.trigger("queue")
        let waiting = try #require(daemon.trigger("queue"))
        #expect(waiting.status == "pending")
        let full = try #require(daemon.trigger("queue"))
        #expect(full.endReason == "queue_full")
        #expect(full.exitCode == -1)
        #expect(full.message == "queue_max = 1: as many were waiting")

        #expect(eventually { daemon.post("/api/tasks/skip/runs/\(active[0].id)/stop").status == 200 })
        #expect(eventually { daemon.run(active[0].id)?.endReason == "stopped" })
        #expect(daemon.run(active[0].id)?.message == nil)
        #expect(daemon.end(SIGINT)?.exitCode == 0)
    }

    @Test("A log that cannot be opened, and a folder that cannot be made")
    func files() throws {
        let daemon = DaemonProcess(
            """
            [tasks.log]
            run = "while [ ! -e go ]; do sleep 0.05; done"
            [tasks.folder]
            run = "true"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let first = try #require(daemon.trigger("log"))
        let second = try #require(daemon.trigger("log"))
        #expect(eventually { daemon.run(first.id)?.status == "running" })
        let log = daemon.folder.file("data/runs/log/\(second.id)/log")
        #expect(ChildProcess.run(["mkdir", "-p", log])?.exitCode == 0)
        daemon.folder.write("", to: "go")
        #expect(eventually { daemon.run(second.id)?.endReason == "start_failed" })
        #expect(daemon.run(second.id)?.exitCode == -1)
        #expect(
            daemon.run(second.id)?.message
                == "cannot open the log \(log): Is a directory; remove what is in the log's place"
        )

        daemon.folder.write("", to: "data/runs/folder")
        let run = try #require(daemon.triggerAndWait("folder"))
        #expect(run.endReason == "start_failed")
        #expect(run.exitCode == -1)
        let place = daemon.folder.file("data/runs/folder")
        #expect(run.message == "the run could not be started: \(place)/\(run.id): Not a directory")
    }

    @Test("A user that the daemon cannot become", .enabled(if: UserNamespace.works, "needs user namespaces"))
    func user() throws {
        // Root in a namespace that has no other user.
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "true"
            user = "daemon"
            """,
            prefix: ["unshare", "-r"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        #expect(run.endReason == "start_failed")
        #expect(run.exitCode == -1)
        #expect(run.message?.hasPrefix("cannot take the groups of user 1: ") == true)
        #expect(run.message?.contains("`user` has to name one that the daemon may become") == true)
    }

    @Test("No process to be had for the command", .enabled(if: geteuid() == 0, "needs root"))
    func noProcessForCommand() throws {
        // The limit holds for the command's user alone, who has one process: the daemon and its supervisors are root's.
        let other = ChildProcess(["setpriv", "--reuid=nobody", "--clear-groups", "sleep", "600"])
        #expect(eventually { TemporaryFolder.read("/proc/\(other.pid)/comm") == Array("sleep\n".utf8) })
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "true"
            user = "nobody"
            working_dir = "/"
            """,
            prefix: ["prlimit", "--nproc=0"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        #expect(run.endReason == "start_failed")
        #expect(run.exitCode == -1)
        #expect(
            run.message == "cannot start /bin/sh: Resource temporarily unavailable: the limit of processes is reached; "
                + "raise it (ulimit -u, TasksMax=, pids.max) or run less at a time"
        )
    }

    @Test("No process to be had for the supervisor")
    func noProcessForSupervisor() throws {
        let folder = TemporaryFolder()
        var prefix: [String] = []
        if geteuid() == 0 {
            // No limit of processes binds root.
            #expect(ChildProcess.run(["chown", "nobody", folder.path])?.exitCode == 0)
            prefix = ["setpriv", "--reuid=nobody", "--clear-groups"]
        }
        folder.write("[tasks.job]\nrun = \"echo done\"", to: "almanac.toml")
        _ = unsafe chmod(folder.file("almanac.toml"), 0o644)
        let daemon = DaemonProcess(nil, in: folder, prefix: prefix)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        func limit(_ processes: String) {
            let arguments = prefix + ["prlimit", "--pid", "\(daemon.child.pid)", "--nproc=\(processes)"]
            #expect(ChildProcess.run(arguments)?.exitCode == 0)
        }
        limit("1:")
        let refused = try #require(daemon.triggerAndWait("job"))
        #expect(refused.endReason == "start_failed")
        #expect(refused.exitCode == -1)
        #expect(refused.message?.contains("almanac-run: Resource temporarily unavailable") == true)
        #expect(refused.message?.contains("raise it (ulimit -u, TasksMax=, pids.max)") == true)
        limit("4096:")
        #expect(daemon.triggerAndWait("job")?.endReason == "success")
    }
}

/// A namespace in which the tests' user is root and there is no other user.
enum UserNamespace {
    static let works = ChildProcess.run(["unshare", "-r", "true"])?.exitCode == 0
}
