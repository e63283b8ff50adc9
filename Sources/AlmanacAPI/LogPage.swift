/// A page of a run's log.
package struct LogPage: WireObject {
    package static let schemaName = "LogPageBody"

    package var schema: String?
    package var lines: [LogLine]
    /// The number of the first line that is still there.
    package var firstAvailable: Int64
    package var totalLines: Int64
    /// Whether lines were dropped for the size limit.
    package var truncated: Bool
    /// Whether the run has ended, so that no more lines can come.
    package var finalized: Bool

    package init(lines: [LogLine], firstAvailable: Int64, totalLines: Int64, truncated: Bool, finalized: Bool) {
        self.lines = lines
        self.firstAvailable = firstAvailable
        self.totalLines = totalLines
        self.truncated = truncated
        self.finalized = finalized
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case lines
        case firstAvailable = "first_available"
        case totalLines = "total_lines"
        case truncated, finalized
    }
}

/// One line of a log.
package struct LogLine: WireShape, Hashable {
    package static let schemaName = "LogLineEntry"

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

    package init(
        n: Int64,
        ts: Int64,
        stream: String,
        text: String,
        continued: Bool? = nil,
        partial: Bool? = nil
    ) {
        self.n = n
        self.ts = ts
        self.stream = stream
        self.text = text
        self.continued = continued
        self.partial = partial
    }
}
