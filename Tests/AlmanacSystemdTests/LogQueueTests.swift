import AlmanacLinux
import AlmanacSystemd
import AlmanacTesting
import Logging
import Synchronization
import Testing

@Suite("The queue of log messages waits for an output that does not take them, and tells of what it lost")
struct LogQueueTests {
    /// An output that takes nothing until it is told to.
    private final class Gate: Sendable {
        let answer = Mutex(LogDelivery.written)
        let attempts = Mutex(0)
        let written = Mutex<[LogRecord]>([])

        var messages: [String] { written.withLock { $0.map(\.message) } }
    }

    private struct GatedOutput: LogOutput {
        let gate: Gate

        mutating func write(_ record: LogRecord) -> LogDelivery {
            gate.attempts.withLock { $0 += 1 }
            let answer = gate.answer.withLock { $0 }
            if answer == .written { gate.written.withLock { $0.append(record) } }
            return answer
        }
    }

    private func queue(_ gate: Gate, records: Int = 4096) -> LogQueue {
        let queue = LogQueue(output: GatedOutput(gate: gate), limit: LogBacklog.Limit(records: records))
        startThread(name: "log-queue-test") { queue.run() }
        return queue
    }

    @Test("Messages are written in order, and a flush waits for the last")
    func order() {
        let gate = Gate()
        let queue = queue(gate)
        for number in 0..<1000 { queue.append(LogRecord(level: .info, message: "\(number)")) }
        #expect(queue.flush(within: .seconds(30)))
        #expect(gate.messages == (0..<1000).map { "\($0)" })
    }

    @Test("An output that is away is tried again, and nothing is lost within the bound")
    func postponed() {
        let gate = Gate()
        gate.answer.withLock { $0 = .postponed }
        let queue = queue(gate)
        for number in 0..<100 { queue.append(LogRecord(level: .info, message: "\(number)")) }
        #expect(!queue.flush(within: .milliseconds(100)))
        #expect(eventually { gate.attempts.withLock { $0 } > 1 })
        gate.answer.withLock { $0 = .written }
        #expect(queue.flush(within: .seconds(30)))
        #expect(gate.messages == (0..<100).map { "\($0)" })
    }

    @Test("Beyond the bound the count of what is lost is told of once, after the first that is written again")
    func lost() throws {
        let gate = Gate()
        gate.answer.withLock { $0 = .postponed }
        let queue = queue(gate, records: 4)
        queue.append(LogRecord(level: .info, message: "in the thread's hands"))
        #expect(eventually { gate.attempts.withLock { $0 } > 0 })
        for number in 0..<10 { queue.append(LogRecord(level: .info, message: "\(number)")) }
        gate.answer.withLock { $0 = .written }
        #expect(queue.flush(within: .seconds(30)))
        let notices = gate.written.withLock { $0.filter { $0.event == "messages_lost" } }
        #expect(notices.count == 1)
        let notice = try #require(notices.first)
        #expect(notice.level == .warning && notice.message.hasPrefix("6 messages of the log are lost"))
        #expect(gate.messages.filter { $0 != notice.message } == ["in the thread's hands", "6", "7", "8", "9"])
    }

    @Test("An output that refuses everything is no reason to try for ever")
    func refused() {
        let gate = Gate()
        gate.answer.withLock { $0 = .refused }
        let queue = queue(gate)
        for number in 0..<10 { queue.append(LogRecord(level: .info, message: "\(number)")) }
        #expect(queue.flush(within: .seconds(30)))
        #expect(gate.attempts.withLock { $0 } == 10)
        gate.answer.withLock { $0 = .written }
        queue.append(LogRecord(level: .info, message: "at last"))
        #expect(queue.flush(within: .seconds(30)))
        #expect(gate.messages.first == "at last" && gate.messages.count == 2)
        #expect(gate.messages.last?.hasPrefix("10 messages") == true)
    }

    @Test("A logger's metadata and its place come along")
    func handler() throws {
        let gate = Gate()
        let queue = queue(gate)
        var logger = Logger(label: "test") { _ in QueueLogHandler(queue: queue, logLevel: .notice) }
        logger[metadataKey: "request"] = "17"
        logger.info("too quiet")
        logger.error("loud", metadata: ["event": "run_failed", "request": "18"])
        #expect(queue.flush(within: .seconds(30)))
        let record = try #require(gate.written.withLock { $0.first })
        #expect(gate.messages == ["loud"])
        #expect(record.event == "run_failed" && record.level == .error)
        #expect(record.fields.contains(LogRecord.Field("request", "18")))
        #expect(record.file == #fileID && record.function == "handler()" && record.source == "AlmanacSystemdTests")
    }
}
