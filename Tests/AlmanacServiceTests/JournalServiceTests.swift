import AlmanacModel
import AlmanacTesting
import FoundationEssentials
import Testing

@Suite("Under systemd the journal tells a task's story, explains it, and has what the command printed", .underSystemd)
struct JournalServiceTests {
    private func box() throws -> SystemdBox {
        let box = try SystemdBox.withUnits(of: "system")
        box.shell("mkdir -p /usr/lib/systemd/catalog; cp /units/almanac.catalog /usr/lib/systemd/catalog/")
        #expect(box.run(["journalctl", "--update-catalog"]).exitCode == 0)
        box.configure(
            """
            [tasks.backup-db]
            run = "echo begun; echo '<3>worse' >&2; exit 3"
            log_to = ["file", "journal"]
            """
        )
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        return box
    }

    /// The entries that journalctl answers with; a value that is no text is left out.
    private func entries(_ box: SystemdBox, _ match: String) -> [[String: String]] {
        struct Value: Decodable {
            var text: String?
            init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
        }
        return box.journal(match, "--output=json", "--all").split(separator: "\n").compactMap { line in
            (try? JSONDecoder().decode([String: Value].self, from: Data(line.utf8)))?.compactMapValues(\.text)
        }
    }

    @Test("By its fields, with journalctl -x, and over a restart of journald")
    func story() throws {
        let box = try box()
        #expect(box.run(["almanac", "run", "backup-db", "--wait"]).exitCode == 3)
        let all = entries(box, "ALMANAC_TASK=backup-db")
        let story = all.filter { $0["SYSLOG_IDENTIFIER"] == "almanac" }
        #expect(story.map { $0["ALMANAC_EVENT"] } == ["run_started", "run_failed"], "\(box.report)")
        let end = try #require(story.last)
        #expect(end["MESSAGE_ID"] == LoggedEvent.runFailed.messageID)
        #expect(end["ALMANAC_END_REASON"] == "failed" && end["ALMANAC_EXIT_CODE"] == "3")
        #expect(end["PRIORITY"] == "4" && end["_TRANSPORT"] == "journal" && end["_SYSTEMD_UNIT"] == "almanac.service")

        let output = all.filter { $0["SYSLOG_IDENTIFIER"] == "backup-db" }
        #expect(Set(output.compactMap { $0["MESSAGE"] }) == ["begun", "worse"])
        #expect(output.first { $0["MESSAGE"] == "worse" }?["PRIORITY"] == "3")
        #expect(output.allSatisfy { $0["ALMANAC_RUN_ID"] == end["ALMANAC_RUN_ID"] })

        let explained = box.journal("-x", "ALMANAC_EVENT=run_failed")
        #expect(explained.contains("Subject: A run of backup-db failed"), "\(explained)")
        #expect(explained.contains("Exit code: 3"))

        #expect(box.systemctl("restart", "systemd-journald") == 0)
        #expect(box.run(["almanac", "run", "backup-db", "--wait"]).exitCode == 3)
        #expect(
            eventually { entries(box, "ALMANAC_EVENT=run_failed").count == 2 },
            "\(box.report)"
        )
        #expect(entries(box, "ALMANAC_TASK=backup-db").count == 8)
    }
}
