/// Splits the text of a setting into words, with systemd's quotes and escapes (systemd.service(5), "Command lines").
enum UnitWords {
    /// Why text cannot be split.
    struct Fault: Error, Equatable {
        let message: String
    }

    /// A word, and whether it was written without quotes and escapes.
    struct Word: Equatable {
        var text: String
        var isPlain: Bool
    }

    static func words(of text: String) throws(Fault) -> [Word] {
        var words: [Word] = []
        var word: Word?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let escaped = unescape(&rest) else {
                    throw Fault(message: "a backslash has nothing behind it that systemd knows")
                }
                word = Word(text: (word?.text ?? "") + escaped, isPlain: false)
            case _ where character == quote:
                quote = nil
            case "\"", "'":
                if quote == nil {
                    quote = character
                    word = Word(text: word?.text ?? "", isPlain: false)
                } else {
                    word?.text.append(character)
                }
            case " ", "\t":
                if quote == nil {
                    if let done = word { words.append(done) }
                    word = nil
                } else {
                    word?.text.append(character)
                }
            default:
                word = Word(text: (word?.text ?? "") + String(character), isPlain: word?.isPlain ?? true)
            }
        }
        guard quote == nil else { throw Fault(message: "a quote is not closed") }
        if let word { words.append(word) }
        return words
    }

    /// What is behind a backslash, taken away from the text; nil where systemd knows no such escape.
    private static func unescape(_ rest: inout Substring) -> String? {
        guard let character = rest.popFirst() else { return nil }
        switch character {
        case "a": return "\u{07}"
        case "b": return "\u{08}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "s": return " "
        case "\\", "\"", "'": return String(character)
        // `\;` is a semicolon that ends no command; the word is not plain, so it is none.
        case ";": return ";"
        case "x": return number(&rest, digits: 2, radix: 16)
        case "u": return number(&rest, digits: 4, radix: 16)
        case "U": return number(&rest, digits: 8, radix: 16)
        case "0"..."7":
            rest = String(character)[...] + rest
            return number(&rest, digits: 3, radix: 8)
        default: return nil
        }
    }

    private static func number(_ rest: inout Substring, digits: Int, radix: Int) -> String? {
        let text = rest.prefix(digits)
        guard text.count == digits, let value = UInt32(text, radix: radix), value > 0,
            let scalar = Unicode.Scalar(value)
        else { return nil }
        rest = rest.dropFirst(digits)
        return String(scalar)
    }
}
