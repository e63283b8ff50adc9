import AlmanacSystemd
import Logging
import Testing

@Suite("What waits to be logged keeps within its bound, and the least important goes first")
struct LogBacklogTests {
    private func drain(_ backlog: inout LogBacklog) -> [String] {
        var messages: [String] = []
        while let record = backlog.popFirst() { messages.append(record.message) }
        return messages
    }

    @Test("Messages come out in the order in which they came, whatever their levels")
    func order() {
        var backlog = LogBacklog()
        let levels: [Logger.Level] = [.error, .debug, .info, .critical, .info, .warning]
        for (number, level) in levels.enumerated() {
            backlog.append(LogRecord(level: level, message: "\(number)"))
        }
        #expect(drain(&backlog) == ["0", "1", "2", "3", "4", "5"])
        #expect(backlog.takeDropped() == 0)
    }

    @Test("Beyond the number, the oldest of the least important goes, the new one where it is that")
    func dropping() {
        var backlog = LogBacklog(limit: LogBacklog.Limit(records: 3))
        backlog.append(LogRecord(level: .info, message: "info 1"))
        backlog.append(LogRecord(level: .error, message: "error"))
        backlog.append(LogRecord(level: .info, message: "info 2"))
        backlog.append(LogRecord(level: .warning, message: "warning"))
        backlog.append(LogRecord(level: .debug, message: "debug"))
        #expect(backlog.count == 3)
        #expect(drain(&backlog) == ["error", "info 2", "warning"])
        #expect(backlog.takeDropped() == 2)
        #expect(backlog.takeDropped() == 0)
    }

    @Test("Beyond the bytes too")
    func bytes() {
        var backlog = LogBacklog(limit: LogBacklog.Limit(records: 1000, bytes: 100_000))
        let text = String(repeating: "x", count: 30_000)
        for number in 0..<10 { backlog.append(LogRecord(level: .info, message: "\(number)\(text)")) }
        #expect(backlog.count == 3)
        #expect(drain(&backlog).map { $0.prefix(1) } == ["7", "8", "9"])
        #expect(backlog.takeDropped() == 7)
        #expect(backlog.isHalfEmpty)
    }
}
