import AlmanacCalendar
import Testing

@testable import AlmanacCommands

@Suite("What a crontab means by an expression is said where it is something else")
struct CrontabMeaningTests {
    struct Row: CustomTestStringConvertible {
        let text: String
        let kind: CrontabMeaning.Kind
        let keys: [String]
        var zone = "Europe/Berlin"

        var testDescription: String { "\(text) in \(zone)" }
    }

    static let rows = [
        Row(text: "30 2 * * *", kind: .fixed, keys: []),
        Row(text: "30 0-23 * * *", kind: .fixed, keys: ["dst_hourly = false"]),
        Row(text: "30 * * * *", kind: .wildcard, keys: []),
        Row(text: "@hourly", kind: .wildcard, keys: []),
        Row(text: "@daily", kind: .fixed, keys: []),
        Row(text: "*/15 2 * * *", kind: .wildcard, keys: [#"dst_gap = "skip""#, #"dst_fold = "both""#]),
        Row(text: "0 */2 * * *", kind: .wildcard, keys: [#"dst_gap = "skip""#, #"dst_fold = "both""#]),
        // Half an hour is no shift that the hourly rule passes by.
        Row(
            text: "30 * * * *",
            kind: .wildcard,
            keys: [#"dst_gap = "skip""#, #"dst_fold = "both""#],
            zone: "Australia/Lord_Howe"
        ),
        Row(text: "30 * * * *", kind: .wildcard, keys: [], zone: "Asia/Tehran"),
        Row(text: "@reboot", kind: .reboot, keys: []),
    ]

    @Test("a line's kind, and the keys that keep cron's behaviour", arguments: rows)
    func kinds(row: Row) throws {
        let meaning = try CrontabMeaning(row.text, zone: try ZoneFixtures.rules(row.zone))
        #expect(meaning.kind == row.kind)
        #expect(meaning.keys == row.keys)
    }

    @Test(
        "nothing is said where there is no difference, and each difference is",
        arguments: [
            ("30 2 * * *", []),
            ("*/5 * * * *", []),
            (
                "30 0-23 * * *",
                [
                    "cron takes it for a fixed job, since neither minute nor hour begins with *: it runs once where its time comes twice, "
                        + "and right after a time that does not exist. A line of a crontab gets dst_hourly = false."
                ]
            ),
            ("@every 90s", ["A crontab does not know @every."]),
            ("@reboot", []),
        ] as [(String, [String])]
    )
    func differences(text: String, differences: [String]) throws {
        #expect(CrontabMeaning.differences(of: try ZoneFixtures.berlin(text), text: text) == differences)
    }

    @Test(
        "what cron reads otherwise, or not at all",
        arguments: [
            ("0 22-2 * * *", "Its times never come: cron reads it otherwise."),
            ("0 0 L * *", "A crontab does not take it: "),
            ("5/15 * * * *", "A crontab does not take it: "),
            ("0 0 0 1 1 *", "A crontab does not take it: "),
        ]
    )
    func otherwise(text: String, beginning: String) throws {
        let found = CrontabMeaning.differences(of: try ZoneFixtures.berlin(text), text: text)
        #expect(found.count == 1 && found[0].hasPrefix(beginning), "\(found)")
    }
}
