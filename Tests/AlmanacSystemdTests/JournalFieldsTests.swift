import AlmanacSystemd
import Logging
import Testing

@Suite("A message becomes fields of the journal")
struct JournalFieldsTests {
    private static let id = "561f05ec4d38417ca8bc3097aae4d873"

    private func fields(_ record: LogRecord) -> [String] {
        JournalFields(identifier: "almanac", messageIDs: ["run_failed": Self.id])
            .encoded(record).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("The message, its place, its event and its metadata")
    func all() {
        let record = LogRecord(
            level: .warning,
            message: "two\nlines",
            fields: [LogRecord.Field("event", "run_failed"), LogRecord.Field("run_id", "01ABC")],
            file: "AlmanacRuns/Dispatcher.swift",
            function: "ended(_:)",
            line: 71
        )
        #expect(
            fields(record) == [
                "MESSAGE=two\nlines", "PRIORITY=4", "SYSLOG_IDENTIFIER=almanac",
                "CODE_FILE=AlmanacRuns/Dispatcher.swift", "CODE_LINE=71", "CODE_FUNC=ended(_:)",
                "MESSAGE_ID=\(Self.id)", "ALMANAC_EVENT=run_failed", "ALMANAC_RUN_ID=01ABC",
            ]
        )
    }

    @Test(
        "A key becomes a name that the journal takes",
        arguments: [
            ("task", "ALMANAC_TASK"), ("exit_code", "ALMANAC_EXIT_CODE"), ("hb.request.id", "ALMANAC_HB_REQUEST_ID"),
            ("Ünicode", "ALMANAC___NICODE"), ("a b=c\nd", "ALMANAC_A_B_C_D"),
            (String(repeating: "k", count: 100), "ALMANAC_" + String(repeating: "K", count: 56)),
        ]
    )
    func names(key: String, name: String) {
        let record = LogRecord(level: .info, message: "", fields: [LogRecord.Field(key, "value")])
        #expect(fields(record).last == "\(name)=value")
    }

    @Test(
        "Levels are priorities of syslog(3)",
        arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2])
    )
    func priorities(level: Logger.Level, priority: Int) {
        #expect(fields(LogRecord(level: level, message: "")).contains("PRIORITY=\(priority)"))
    }

    @Test("An event without an id has none, and no message has that of another")
    func withoutID() {
        let record = LogRecord(level: .info, message: "", fields: [LogRecord.Field("event", "other")])
        #expect(!fields(record).contains { $0.hasPrefix("MESSAGE_ID=") })
    }
}
