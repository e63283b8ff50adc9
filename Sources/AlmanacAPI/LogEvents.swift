/// A line of a log, in a stream; the event's id is its number.
package struct LogLineSSEEvent: WireShape, Hashable {
    package static let schemaName = "LogLineSSEEvent"

    /// From 0.
    package var n: Int64
    /// Milliseconds since 1970.
    package var ts: Int64
    /// `stdout`, `stderr` or `system`.
    package var stream: String
    /// Without the newline; bytes that are not UTF-8 are replaced by U+FFFD.
    package var text: String
    /// True where it goes on with the line before it of its stream, otherwise nil.
    package var continued: Bool?
    /// True where no newline follows the text, otherwise nil.
    package var partial: Bool?

    package init(_ line: LogLine) {
        n = line.n
        ts = line.ts
        stream = line.stream
        text = line.text
        continued = line.continued
        partial = line.partial
    }
}

extension LogLine {
    package init(_ event: LogLineSSEEvent) {
        self.init(
            n: event.n,
            ts: event.ts,
            stream: event.stream,
            text: event.text,
            continued: event.continued,
            partial: event.partial
        )
    }
}

/// The log's limit has taken lines from its begin.
package struct LogRotatedEvent: WireShape, Hashable {
    package static let schemaName = "LogRotatedEvent"

    /// The number of the first line that is still there.
    package var firstAvailable: Int64

    package init(firstAvailable: Int64) {
        self.firstAvailable = firstAvailable
    }

    package enum CodingKeys: String, CodingKey {
        case firstAvailable = "first_available"
    }
}

/// Events were left out.
package struct LogDroppedEvent: WireShape, Hashable {
    package static let schemaName = "LogDroppedEvent"

    /// The number of the last one before them.
    package var after: Int64
    /// How many; 0 where nobody knows.
    package var count: Int64

    package init(after: Int64, count: Int64) {
        self.after = after
        self.count = count
    }
}

/// No more lines can come.
package struct LogDoneEvent: WireShape, Hashable {
    package static let schemaName = "LogDoneEvent"

    /// The number of the log's last line; -1 where it has none.
    package var finalLine: Int64
    /// `ended`, or `deleted` where the run was removed meanwhile.
    package var status: String

    package init(finalLine: Int64, status: String) {
        self.finalLine = finalLine
        self.status = status
    }

    package enum CodingKeys: String, CodingKey {
        case finalLine = "final_line"
        case status
    }
}
