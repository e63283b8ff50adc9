import Testing

@testable import AlmanacCommands

@Suite("A takeover sets one key of the configuration and takes it back, and touches nothing else")
struct CrontabsKeyTests {
    struct Row: CustomTestStringConvertible {
        let rule: String
        let before: String
        let after: String
        let change: CrontabsKey.Change

        var testDescription: String { rule }
    }

    static let rows = [
        Row(rule: "no file", before: "", after: CrontabsKey.table, change: .appended),
        Row(
            rule: "no table",
            before: "[tasks.a]\nrun = \"true\"\n",
            after: "[tasks.a]\nrun = \"true\"\n\n" + CrontabsKey.table,
            change: .appended
        ),
        Row(
            rule: "no newline at the end",
            before: "[tasks.a]\nrun = \"true\"",
            after: "[tasks.a]\nrun = \"true\"\n\n" + CrontabsKey.table,
            change: .appended
        ),
        Row(
            rule: "a table without the key",
            before: "[cron] # ours\ninclude = [\"/srv/crontab\"]\n\n[tasks.a]\ncrontabs = 1\n",
            after: "[cron] # ours\n\(CrontabsKey.line)\ninclude = [\"/srv/crontab\"]\n\n[tasks.a]\ncrontabs = 1\n",
            change: .inserted
        ),
        Row(
            rule: "another value",
            before: "  [ cron ]\n  crontabs=false # not yet\n",
            after: "  [ cron ]\n\(CrontabsKey.line)\n",
            change: .replaced("  crontabs=false # not yet")
        ),
        Row(
            rule: "true already",
            before: "[cron]\ncrontabs = true # ours\n",
            after: "[cron]\ncrontabs = true # ours\n",
            change: .none
        ),
    ]

    @Test("it is set, and what is undone is the text as it was", arguments: rows)
    func setAndUndo(row: Row) {
        let edit = CrontabsKey.set(in: row.before)
        #expect(edit.text == row.after)
        #expect(edit.change == row.change)
        // A newline at the end of the last line stays.
        let isEnded = row.before.isEmpty || row.before.hasSuffix("\n")
        #expect(CrontabsKey.undo(edit.change, in: edit.text) == row.before + (isEnded ? "" : "\n"))
    }

    @Test("what was written between is kept")
    func edited() {
        let edit = CrontabsKey.set(in: "[tasks.a]\nrun = \"true\"\n")
        let edited = edit.text + "\n[tasks.b]\nrun = \"false\"\n"
        #expect(
            CrontabsKey.undo(edit.change, in: edited) == "[tasks.a]\nrun = \"true\"\n\n[tasks.b]\nrun = \"false\"\n"
        )
        #expect(CrontabsKey.undo(.inserted, in: "[cron]\n") == nil)
        #expect(CrontabsKey.undo(.appended, in: "[cron]\ncrontabs = true\n") == nil)
    }

    @Test(
        "cron and the daemon change places between two minutes",
        arguments: [
            (0, 5), (4, 1), (5, 0), (40, 0), (41, 24), (59, 6), (60, 5), (125, 0), (-1, 6),
        ] as [(Int64, Int64)]
    )
    func window(second: Int64, wait: Int64) {
        #expect(HandoverWindow.wait(from: second) == wait)
    }
}
