import AlmanacAPI
import AlmanacTesting
import Testing

@Suite(
    "With log_to = [\"file\", \"journal\"] a command's output goes to both, and the journal never holds it up",
    .enabled(if: FakeJournal.works, "needs root and a mount namespace of its own")
)
struct CommandJournalTests {
    private func daemon(_ command: String, _ journal: FakeJournal) -> DaemonProcess {
        DaemonProcess(
            "[defaults]\nlog_to = [\"file\", \"journal\"]\n[tasks.talks]\nrun = '''\n\(command)\n'''\n",
            prefix: journal.prefix
        )
    }

    private func messages(_ journal: FakeJournal) -> [String] {
        journal.entries().compactMap { $0["MESSAGE"] }
    }

    @Test("Each line is an entry, under the task's name, with the priority that it begins with")
    func lines() throws {
        let journal = FakeJournal()
        let daemon = daemon(
            """
            echo one
            echo '<3>worse'
            echo '<9>no priority'
            printf begun; sleep 0.5; echo ' and ended'
            echo two >&2
            head -c 300000 /dev/zero | tr '\\0' x; echo
            printf 'the last'
            """,
            journal
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("talks"))
        let entries = journal.entries()
        // Two pipes: only lines of the same stream have an order.
        let output = entries.filter { $0["ALMANAC_STREAM"] == "stdout" }
        #expect(
            output.map { $0["MESSAGE"] } == [
                "one", "worse", "<9>no priority", "begun and ended", String(repeating: "x", count: 300_000), "the last",
            ]
        )
        #expect(output.map { $0["PRIORITY"] } == ["6", "3", "6", "6", "6", "6"])
        let error = entries.filter { $0["ALMANAC_STREAM"] == "stderr" }
        #expect(error.map { $0["MESSAGE"] } == ["two"] && error.map { $0["PRIORITY"] } == ["6"])
        #expect(entries.allSatisfy { $0["SYSLOG_IDENTIFIER"] == "talks" && $0["ALMANAC_TASK"] == "talks" })
        #expect(entries.allSatisfy { $0["ALMANAC_RUN_ID"] == run.id })
        #expect(journal.filedCount == 1, "the large one came in a file")
        #expect(daemon.log(of: run).hasPrefix("one\n<3>worse\n"), "the log has what was printed")
        #expect(!daemon.log(of: run).contains("not in the journal"))
    }

    @Test("A journal that hangs holds up no command; what it has not got is counted in the log")
    func hangs() throws {
        let journal = FakeJournal()
        let daemon = daemon("seq 1 50000", journal)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("talks"))
        #expect(run.endReason == "success")
        let folder = "\(daemon.dataPath)/runs/talks/\(run.id)"
        let log = String(decoding: TemporaryFolder.read("\(folder)/log") ?? [], as: UTF8.self).split(separator: "\n")
        #expect(log.count { $0.contains(" stdout F ") } == 50000)
        let notices = log.filter { $0.contains(" system F ") }
        #expect(notices.count == 1)
        let match = try #require(
            notices.first?.firstMatch(
                of: /system F (\d+) lines of this log are not in the journal: the journal did not/
            )
        )
        let taken = messages(journal)
        #expect(taken == (1...taken.count).map { "\($0)" })
        #expect(taken.count + (Int(match.1) ?? 0) == 50000)
    }

    @Test("A burst that is read in time arrives whole and in order")
    func burst() throws {
        let journal = FakeJournal()
        let go = TemporaryFolder()
        let daemon = daemon("seq 1 3000; until [ -e \(go.path)/go ]; do sleep 0.05; done", journal)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("talks"))
        #expect(eventually { messages(journal).count == 3000 })
        #expect(messages(journal) == (1...3000).map { "\($0)" })
        go.write("", to: "go")
        #expect(eventually { daemon.run(run.id)?.endReason == "success" })
    }

    @Test("A journal that comes back gets what was printed while it was away")
    func restarts() throws {
        let journal = FakeJournal()
        let go = TemporaryFolder()
        let daemon = daemon("echo one; until [ -e \(go.path)/2 ]; do sleep 0.05; done; echo two", journal)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        journal.stop()
        let run = try #require(daemon.trigger("talks"))
        #expect(eventually { daemon.log(of: run) == "one\n" })
        journal.start()
        #expect(eventually { messages(journal) == ["one"] })
        journal.stop()
        journal.start()
        go.write("", to: "2")
        #expect(eventually { messages(journal) == ["one", "two"] })
        #expect(eventually { daemon.run(run.id)?.endReason == "success" })
    }
}
