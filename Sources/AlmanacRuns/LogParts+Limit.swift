import AlmanacLinux
import AlmanacRunProtocol

/// What a limit has taken from a log, as the supervisor's notices in it tell.
struct LogCut: Hashable {
    /// How many lines are gone from its begin.
    var droppedLines = 0
    /// Whether anything is gone, from the begin or from the end.
    var isTruncated = false
}

extension LogParts {
    /// Looks at the lines that a notice can be in: the first of the present part, and the last ones of all.
    func cut() throws(SystemError) -> LogCut {
        // The older part has a notice too, of an earlier cut: better than none where the present part is still empty.
        for start in presentStart == 0 ? [0] : [presentStart, 0] {
            if case .droppedOld(_, _, let lines) = try notices(from: start, first: 1).first {
                return LogCut(droppedLines: Int(clamping: lines), isTruncated: true)
            }
        }
        let tail = try notices(from: max(0, size - Self.tailSize))
        return LogCut(isTruncated: tail.contains { if case .dropsNew = $0 { true } else { false } })
    }

    /// What the supervisor's own lines after a notice stay below, in bytes.
    private static let tailSize = 8 << 10

    /// - Parameter first: how many lines are looked at; nil for all up to the end.
    private func notices(from start: Int, first limit: Int? = nil) throws(SystemError) -> [LogLimitNotice] {
        var decoder = LogLineDecoder()
        var offset = start
        var lines: [LogLine] = []
        while lines.count < limit ?? .max, let chunk = try read(at: offset) {
            offset += chunk.count
            // A line of the supervisor's is short: the first one lies in the first bytes.
            decoder.decode(limit == nil ? chunk[...] : chunk.prefix(1024)) { lines.append($0) }
            if limit != nil { break }
        }
        return (limit.map { Array(lines.prefix($0)) } ?? lines).compactMap(LogLimitNotice.init)
    }
}
