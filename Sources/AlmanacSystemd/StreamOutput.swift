import Glibc

/// Writes messages to a descriptor, a line with time and level for each line of theirs.
package struct StreamOutput: LogOutput {
    /// The metadata that the journal's fields are made of: the messages say the same in words.
    private static let silentKeys: Set = [
        LogRecord.eventKey, "task", "run_id", "trigger", "end_reason", "exit_code", "scheduled_at", "duration_usec",
        "retry_of", "count",
    ]

    private let descriptor: Int32
    private let label: String
    /// What is left of a message of which a part has been written.
    private var rest: [UInt8] = []

    package init(descriptor: Int32, label: String) {
        self.descriptor = descriptor
        self.label = label
    }

    package mutating func write(_ record: LogRecord) -> LogDelivery {
        if rest.isEmpty { rest = Array(text(of: record).utf8) }
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest.removeFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Somebody who shares the descriptor has made it so.
                var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&waited, 1, -1)
            case ENOSPC, EDQUOT, EIO, ENOMEM, ENOBUFS:
                return .postponed
            default:
                rest = []
                return .refused
            }
        }
        return .written
    }

    /// `2026-11-25T01:00:00+0000 info almanac: [AlmanacRuns] backup run ...: started`.
    func text(of record: LogRecord) -> String {
        let metadata = record.fields.filter { !Self.silentKeys.contains($0.key) }.map { " \($0.key)=\($0.value)" }
        let head =
            "\(timeText(record.secondsSinceEpoch)) \(record.level) \(label):\(metadata.joined()) [\(record.source)] "
        // No line of a message passes for another message.
        return record.message.split(separator: "\n", omittingEmptySubsequences: false).map { "\(head)\($0)\n" }.joined()
    }

    private func timeText(_ secondsSinceEpoch: Int) -> String {
        var seconds = secondsSinceEpoch
        var fields = unsafe tm()
        unsafe localtime_r(&seconds, &fields)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = unsafe strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S%z", &fields)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
