/// Tells whether a line of a crontab sets a variable, by the rules of Debian's cron (load_env of 3.0pl1).
///
/// Name and value may each stand in quotes, of either kind, with blanks around `=`. Without quotes a name ends at a blank, and a value loses the
/// blanks at its end. There are no escapes and no comments. Of the value in quotes the blanks at the end are lost too, and one more pair of quotes.
struct CrontabVariableReader {
    enum Result {
        case variable(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>, isCut: Bool)
        /// A line of another kind.
        ///
        /// - Parameter reason: what was wrong where it looks much like a variable; nil where it does not.
        case other(reason: String?)
    }

    /// How many bytes of a line cron looks at, and how long a variable can be: the rest of the line is lost.
    static let longestLine = 998

    private static let quotes = [UInt8(ascii: "'"), UInt8(ascii: "\"")]

    /// - Parameter line: from the first character that is no blank, without the newline; not empty.
    static func read(_ line: ArraySlice<UInt8>) -> Result {
        let text = line.prefix(longestLine)
        let isCut = text.count < line.count
        guard let (name, behindName) = name(in: text) else { return .other(reason: nil) }
        // An equals sign, with blanks around it.
        let rest = text[behindName...].drop(while: CrontabByte.isSpace)
        guard rest.first == UInt8(ascii: "=") else { return .other(reason: nil) }
        let value = rest.dropFirst().drop(while: CrontabByte.isSpace)
        let shown = CrontabByte.quoted(name)
        guard let first = value.first else {
            return .other(reason: #"the variable \#(shown) has no value; write "" for an empty one"#)
        }
        guard quotes.contains(first) else {
            return .variable(name: name, value: unquoted(trimmed(value)), isCut: isCut)
        }
        let content = value.dropFirst()
        guard let end = content.firstIndex(of: first) else {
            return .other(reason: "the quotes that the value of \(shown) begins with do not end; close them")
        }
        guard content[(end + 1)...].allSatisfy(CrontabByte.isSpace) else {
            return .other(reason: "there is text behind the quotes that end the value of \(shown); remove it")
        }
        return .variable(name: name, value: unquoted(trimmed(content[..<end])), isCut: isCut)
    }

    /// The name that a line begins with, and where what follows it begins; nil for a line that cannot set a variable.
    private static func name(in text: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, end: Int)? {
        guard let first = text.first, quotes.contains(first) else {
            guard let end = text.firstIndex(where: { CrontabByte.isSpace($0) || $0 == UInt8(ascii: "=") }) else {
                return nil
            }
            return (text[..<end], end)
        }
        let content = text.dropFirst()
        guard let end = content.firstIndex(where: { $0 == first || $0 == UInt8(ascii: "=") }), text[end] == first else {
            return nil
        }
        return (content[..<end], end + 1)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = bytes.lastIndex(where: { !CrontabByte.isSpace($0) }) else { return bytes.prefix(0) }
        return bytes[...last]
    }

    /// Without the pair of quotes that a value still has.
    private static func unquoted(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard value.count >= 2, let first = value.first, quotes.contains(first), value.last == first else {
            return value
        }
        return value.dropFirst().dropLast()
    }
}
