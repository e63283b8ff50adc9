/// What the supervisor tells in the log where the log's limit has cut it, in a line of its own.
package enum LogLimitNotice: Hashable, Sendable {
    /// The first line after a cut, under `dropOld`: that many bytes of output, in that many lines, are gone from the begin
    /// of the log. The lines are those of the log, the supervisor's own among them.
    case droppedOld(limit: Int64, bytes: Int64, lines: Int64)
    /// The last line but for the supervisor's own, under `dropNew` and `killTask`.
    case dropsNew(limit: Int64)

    /// The line's text.
    package var text: String {
        switch self {
        case .droppedOld(let limit, let bytes, let lines):
            Self.begin(limit) + "\(bytes) bytes of output before, \(lines) lines of the log, are not kept"
        case .dropsNew(let limit):
            Self.begin(limit) + "what follows is not kept"
        }
    }

    /// The notice of a line; nil where it is none.
    package init?(_ line: LogLine) {
        guard line.stream == .system else { return nil }
        let text = String(decoding: line.text, as: UTF8.self)
        let numbers = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int64($0) }
        switch numbers.count {
        case 1: self = .dropsNew(limit: numbers[0])
        case 3: self = .droppedOld(limit: numbers[0], bytes: numbers[1], lines: numbers[2])
        default: return nil
        }
        if self.text != text { return nil }
    }

    private static func begin(_ limit: Int64) -> String {
        "the log has reached its limit of \(limit) bytes: "
    }
}
