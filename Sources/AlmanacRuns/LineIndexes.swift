import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol

/// The indexes of the logs that were read last, so that following one does not read it from its begin each time.
struct LineIndexes {
    private var indexes: [(id: RunID, droppedLines: Int, index: LineIndex)] = []
    private let limit: Int

    init(limit: Int = 16) {
        self.limit = limit
    }

    /// Lends the index of a log, brought up to its end.
    ///
    /// - Parameter cut: the log's. The files of one that was cut twice may have the numbers of those before.
    mutating func withIndex<Result>(
        of id: RunID,
        _ log: LogParts,
        _ cut: LogCut,
        _ body: (inout LineIndex) throws -> Result
    ) throws -> Result {
        var index = LineIndex(identity: log.identity)
        if let position = indexes.firstIndex(where: { $0.id == id }) {
            let known = indexes.remove(at: position)
            if known.index.identity == log.identity, known.droppedLines == cut.droppedLines { index = known.index }
        }
        try index.extend(over: log)
        let result = try body(&index)
        indexes.append((id, cut.droppedLines, index))
        if indexes.count > limit { indexes.removeFirst() }
        return result
    }

    mutating func forget(_ id: RunID) {
        indexes.removeAll { $0.id == id }
    }
}

extension LogParts {
    /// Some lines, by their places among those that are left of the log.
    struct Lines {
        struct Element {
            var index: Int
            var line: LogLine
            /// Whether it goes on with the one before it of its stream.
            var isContinued: Bool
        }

        var lines: [Element] = []
        /// The place after the last line that was looked at.
        var next: Int
    }

    /// Reads whole lines from a place on, of those that the index knows of; one that is no line of a log is passed over.
    ///
    /// - Parameters:
    ///   - limit: at most so many lines.
    ///   - byteLimit: after so many bytes of text no further line.
    func lines(
        from first: Int,
        limit: Int,
        byteLimit: Int = .max,
        _ index: inout LineIndex
    ) throws(SystemError) -> Lines {
        var result = Lines(next: first)
        guard first < index.lineCount else { return result }
        var mark = index.mark(before: first)
        var offset = mark.offset
        var textCount = 0
        /// What a piece before has left of a line.
        var torn: [UInt8] = []
        while mark.line < index.lineCount, result.lines.count < limit, textCount < byteLimit,
            let chunk = try read(at: offset)
        {
            offset += chunk.count
            var rest = chunk[...]
            while mark.line < index.lineCount, result.lines.count < limit, textCount < byteLimit,
                let newline = rest.firstIndex(of: UInt8(ascii: "\n"))
            {
                let bytes = torn.isEmpty ? rest[..<newline] : (torn + rest[..<newline])[...]
                if let header = LogLineHeader(bytes.prefix(LogLine.headerLength)) {
                    let isContinued = mark.partial.take(header)
                    if mark.line >= first, bytes.count <= LogLineDecoder.lineLimit, let line = LogLine(bytes) {
                        textCount += line.text.count
                        result.lines.append(Lines.Element(index: mark.line, line: line, isContinued: isContinued))
                    }
                }
                mark.offset += bytes.count + 1
                torn.removeAll(keepingCapacity: true)
                mark.line += 1
                rest = rest[(newline + 1)...]
            }
            torn += rest
        }
        result.next = max(first, mark.line)
        index.note(mark)
        return result
    }
}
