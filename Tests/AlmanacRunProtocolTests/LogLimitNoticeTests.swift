import AlmanacRunProtocol
import Testing

@Suite("What the supervisor tells of a limit is read back, and nothing else is")
struct LogLimitNoticeTests {
    private func line(_ text: String, _ stream: LogStream = .system) -> LogLine {
        LogLine(nanosecondsSinceEpoch: 0, stream: stream, isComplete: true, text: Array(text.utf8))
    }

    @Test(
        "Parse of print is the same",
        arguments: [
            LogLimitNotice.droppedOld(limit: 1200, bytes: 0, lines: 1),
            .droppedOld(limit: .max, bytes: .max, lines: .max),
            .dropsNew(limit: 1),
        ]
    )
    func roundTrip(notice: LogLimitNotice) {
        #expect(LogLimitNotice(line(notice.text)) == notice)
        #expect(LogLimitNotice(line(notice.text, .stdout)) == nil)
        #expect(LogLimitNotice(line(notice.text + "!")) == nil)
    }

    @Test(
        "Other lines",
        arguments: ["", "1", "1 2 3", "9223372036854775808", "still running after 5s: sending SIGKILL"]
    )
    func others(text: String) {
        #expect(LogLimitNotice(line(text)) == nil)
    }
}
