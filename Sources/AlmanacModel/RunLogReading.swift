/// Reads what runs have printed.
package protocol RunLogReading: Sendable {
    /// The command's own bytes as they came, both streams merged in order, without system lines.
    ///
    /// The reader covers what is in the log when the last chunk is read. A run without a log gives no chunk.
    func rawLog(of run: Run) async throws -> any RunLogChunks

    /// A page of lines.
    ///
    /// - Parameters:
    ///   - from: the first line wanted, from 0; a negative one counts from the end.
    ///   - limit: 1 to 10,000.
    func logPage(of run: Run, from: Int, limit: Int) async throws -> RunLogPage
}

/// A log in pieces.
package protocol RunLogChunks: Sendable {
    /// The next piece, 1 byte or more; nil at the end.
    func next() async throws -> [UInt8]?
}

/// One line of a log.
package struct RunLogLine: Hashable, Sendable {
    package enum Stream: String, Sendable, CaseIterable {
        case stdout, stderr, system
    }

    /// From 0.
    package var number: Int
    package var at: PreciseTimestamp
    package var stream: Stream
    package var text: [UInt8]
    /// Whether it goes on with the line before it of its stream. A search, which does not look at that one, has false.
    package var isContinued: Bool
    /// Whether no newline follows the text: the line goes on in the next one of its stream, where there is one.
    package var isPartial: Bool

    package init(
        number: Int,
        at: PreciseTimestamp,
        stream: Stream,
        text: [UInt8],
        isContinued: Bool = false,
        isPartial: Bool = false
    ) {
        self.number = number
        self.at = at
        self.stream = stream
        self.text = text
        self.isContinued = isContinued
        self.isPartial = isPartial
    }
}

package struct RunLogPage: Sendable {
    package var lines: [RunLogLine]
    /// The number of the first line that is still there.
    package var firstAvailable: Int
    package var totalLines: Int
    /// Whether lines were dropped for the size limit.
    package var isTruncated: Bool
    /// Whether the run has ended, so that no more lines can come.
    package var isFinalized: Bool

    package init(lines: [RunLogLine], firstAvailable: Int, totalLines: Int, isTruncated: Bool, isFinalized: Bool) {
        self.lines = lines
        self.firstAvailable = firstAvailable
        self.totalLines = totalLines
        self.isTruncated = isTruncated
        self.isFinalized = isFinalized
    }
}
