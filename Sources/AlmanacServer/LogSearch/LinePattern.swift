import AlmanacModel

/// What lines of logs are searched for: a text, or a regular expression.
enum LinePattern: Sendable {
    case text(String, isCaseSensitive: Bool)
    case expression(PatternProgram)

    /// Makes what judges lines; for one thread.
    func scanner() -> any LineScanning {
        switch self {
        case .text(let text, let isCaseSensitive):
            // Where folding may change bytes that are no ASCII, characters are compared.
            if isCaseSensitive || text.utf8.allSatisfy({ $0 < 0x80 }) {
                return TextScanner(Array(text.utf8), isCaseSensitive: isCaseSensitive)
            }
            return PatternScanner(PatternProgram(literal: text))
        case .expression(let program): return PatternScanner(program)
        }
    }
}

/// Finds a text, byte by byte; in either case of ASCII's letters where case does not count.
final class TextScanner: LineScanning {
    private let text: [UInt8]
    private let isCaseSensitive: Bool
    private(set) var work = 0

    init(_ text: [UInt8], isCaseSensitive: Bool) {
        self.text = isCaseSensitive ? text : text.map { Self.lowercased($0) }
        self.isCaseSensitive = isCaseSensitive
    }

    func finds(_ line: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        guard line.count >= text.count else { return false }
        for start in 0...(line.count - text.count) where matches(line[start], first) {
            var length = 1
            while length < text.count && matches(line[start + length], text[length]) { length += 1 }
            if length == text.count { return true }
            // A text such as "aaaa…b" is looked into again and again.
            work += length
        }
        return false
    }

    private func matches(_ byte: UInt8, _ wanted: UInt8) -> Bool {
        byte == wanted || (!isCaseSensitive && Self.lowercased(byte) == wanted)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
    }
}
