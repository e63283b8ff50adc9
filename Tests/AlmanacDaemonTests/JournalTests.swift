import AlmanacAPI
import AlmanacModel
import AlmanacTesting
import Glibc
import Testing

@Suite(
    "The daemon's log goes to the journal natively, and waits for it without holding up anything",
    .enabled(if: FakeJournal.works, "needs root and a mount namespace of its own")
)
struct JournalTests {
    private static let tasks = """
        [tasks.works]
        run = "true"
        [tasks.fails]
        run = "exit 3"
        retry_attempts = 1
        retry_delay = "0s"
        """

    @Test("A task's story can be told by its fields: started, ended, why, tried again")
    func story() throws {
        let journal = FakeJournal()
        let daemon = DaemonProcess(Self.tasks, prefix: journal.prefixWithStream)
        try #require(eventually { !journal.entries(where: "ALMANAC_EVENT", is: "daemon_ready").isEmpty })
        try #require(daemon.isReady())
        let run = try #require(daemon.triggerAndWait("fails"))
        #expect(run.endReason == "failed")
        #expect(
            eventually {
                journal.entries(where: "ALMANAC_TASK", is: "fails").filter { $0["ALMANAC_EVENT"] == "run_failed" }
                    .count == 2
            }
        )
        let story = journal.entries(where: "ALMANAC_TASK", is: "fails")
        #expect(
            story.map { $0["ALMANAC_EVENT"] } == [
                "run_started", "run_failed", "retry_planned", "run_started", "run_failed",
            ]
        )
        let end = try #require(story.first { $0["ALMANAC_EVENT"] == "run_failed" })
        #expect(end["MESSAGE_ID"] == LoggedEvent.runFailed.messageID)
        #expect(end["PRIORITY"] == "4" && end["SYSLOG_IDENTIFIER"] == "almanac")
        #expect(end["ALMANAC_RUN_ID"] == run.id && end["ALMANAC_TRIGGER"] == "api")
        #expect(end["ALMANAC_END_REASON"] == "failed" && end["ALMANAC_EXIT_CODE"] == "3")
        #expect(end["CODE_FILE"]?.hasPrefix("AlmanacRuns/") == true && end["CODE_LINE"] != nil)
        #expect(end["ALMANAC_DURATION_USEC"].flatMap { Int($0) } != nil)
        #expect(story[2]["ALMANAC_RETRY_OF"] == run.id)
        #expect(daemon.child.standardError == "", "nothing goes to standard error beside the journal")

        folder(of: daemon, write: "[tasks.bad]\nrun = 1\ncron = \"61 * * * *\"\n")
        daemon.child.send(SIGHUP)
        #expect(eventually { !journal.entries(where: "ALMANAC_EVENT", is: "configuration_refused").isEmpty })
        let refusal = journal.entries(where: "ALMANAC_EVENT", is: "configuration_refused").first?["MESSAGE"] ?? ""
        #expect(refusal.contains("\n") && refusal.contains("61 is not a minute"), "one entry of several lines")

        #expect(daemon.end()?.exitCode == 0)
        #expect(journal.entries().suffix(2).map { $0["ALMANAC_EVENT"] } == ["daemon_stopping", "daemon_stopped"])
    }

    private func folder(of daemon: DaemonProcess, write text: String) {
        daemon.folder.write(text, to: "almanac.toml")
    }

    @Test("While the journal hangs the daemon works; when it reads again, nothing is missing")
    func hangs() throws {
        let journal = FakeJournal()
        let daemon = DaemonProcess(Self.tasks, prefix: journal.prefixWithStream)
        try #require(daemon.isReady())
        var runs: [String] = []
        // More than a socket's queue takes.
        for _ in 0..<30 { runs.append(try #require(daemon.triggerAndWait("works")).id) }
        #expect(
            eventually {
                journal.entries(where: "ALMANAC_EVENT", is: "run_succeeded").compactMap { $0["ALMANAC_RUN_ID"] } == runs
            }
        )
        #expect(journal.entries(where: "ALMANAC_EVENT", is: "messages_lost").isEmpty)
    }

    @Test("A journal that hangs does not keep the daemon from ending")
    func endsWhileItHangs() throws {
        let journal = FakeJournal()
        let daemon = DaemonProcess(Self.tasks, prefix: journal.prefixWithStream)
        try #require(daemon.isReady())
        for _ in 0..<15 { _ = daemon.triggerAndWait("works") }
        #expect(daemon.end()?.exitCode == 0)
        #expect(!journal.entries().isEmpty)
    }

    @Test("A journal that is away is waited for, and what was logged meanwhile comes when it is back")
    func restarts() throws {
        let journal = FakeJournal()
        let daemon = DaemonProcess(Self.tasks, prefix: journal.prefixWithStream)
        try #require(eventually { !journal.entries(where: "ALMANAC_EVENT", is: "daemon_ready").isEmpty })
        journal.stop()
        let during = try #require(daemon.triggerAndWait("works")).id
        journal.start()
        let after = try #require(daemon.triggerAndWait("works")).id
        #expect(
            eventually {
                journal.entries(where: "ALMANAC_EVENT", is: "run_succeeded").compactMap { $0["ALMANAC_RUN_ID"] }
                    == [during, after]
            }
        )
        #expect(journal.entries(where: "ALMANAC_RUN_ID", is: during).count == 2)
    }

    @Test("Idle, a daemon that logs to the journal makes no system call", .enabled(if: Strace.works))
    func idle() throws {
        let journal = FakeJournal()
        let daemon = DaemonProcess(
            "[tasks.yearly]\ncron = \"0 0 1 1 *\"\nrun = \"true\"\n",
            prefix: journal.prefixWithStream
        )
        try #require(eventually { !journal.entries(where: "ALMANAC_EVENT", is: "daemon_ready").isEmpty })
        var calls = ["not traced"]
        for _ in 0..<6 where !calls.isEmpty { calls = Strace.calls(of: daemon.child.pid, seconds: 6) }
        #expect(calls == [])
    }
}

@Suite("Standard error that cannot be written to is no reason to end")
struct StandardErrorTests {
    @Test(
        "A full disk, a pipe that nobody reads any more, one that nobody reads for now",
        arguments: ["exec 2>/dev/full", "mkfifo p; exec 3<>p 2>p 3<&-", "exec 2>&-"]
    )
    func standardError(redirection: String) throws {
        let folder = TemporaryFolder()
        let daemon = DaemonProcess(
            "[tasks.works]\nrun = \"true\"\n",
            in: folder,
            prefix: ["sh", "-c", "cd \(folder.path); \(redirection); exec \"$@\"", "sh"]
        )
        try #require(daemon.isReady())
        for _ in 0..<5 { #expect(daemon.triggerAndWait("works")?.endReason == "success") }
        #expect(daemon.end()?.exitCode == 0)
    }
}
