/// Gives back the lines of a log with their times and streams, in pieces of any size.
///
/// A last line without its newline is kept until the rest of it comes. What is not a line of a log is counted and passed over.
package struct LogLineDecoder: Sendable {
    /// No line of a log is longer; longer ones are passed over, so that a damaged file cannot make the decoder grow.
    package static let lineLimit = 1 << 20

    private var pending: [UInt8] = []
    private var passesOver = false

    /// The physical lines so far that were no lines of a log.
    package private(set) var damagedLines = 0

    package init() {}

    /// Whether the bytes so far end within a line.
    package var hasTornLine: Bool { passesOver || !pending.isEmpty }

    /// Calls `body` with each line that the next bytes of the log complete.
    package mutating func decode(_ chunk: some Collection<UInt8>, body: (LogLine) -> Void) {
        var rest = ArraySlice(chunk)
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if passesOver {
                passesOver = false
                damagedLines += 1
            } else if pending.isEmpty {
                deliver(rest[..<newline], body)
            } else {
                pending.append(contentsOf: rest[..<newline])
                deliver(pending[...], body)
                pending.removeAll(keepingCapacity: true)
            }
            rest = rest[(newline + 1)...]
        }
        guard !passesOver else { return }
        pending.append(contentsOf: rest)
        if pending.count > Self.lineLimit {
            pending.removeAll()
            passesOver = true
        }
    }

    private mutating func deliver(_ bytes: ArraySlice<UInt8>, _ body: (LogLine) -> Void) {
        guard let line = LogLine(bytes) else {
            damagedLines += 1
            return
        }
        body(line)
    }
}

extension LogLine {
    /// Reads a physical line without its newline; nil where it is no line of a log.
    package init?(_ bytes: ArraySlice<UInt8>) {
        guard let header = LogLineHeader(bytes.prefix(Self.headerLength)),
            let time = UTCTimestamp.nanosecondsSinceEpoch(bytes.prefix(UTCTimestamp.length))
        else { return nil }
        self.init(
            nanosecondsSinceEpoch: time,
            stream: header.stream,
            isComplete: header.isComplete,
            text: Array(bytes.dropFirst(Self.headerLength))
        )
    }
}
