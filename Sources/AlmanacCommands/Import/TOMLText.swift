/// A value as it is written into `almanac.toml`.
enum TOMLText: Equatable {
    /// Any text, such as has no meaning of its own; what looks like `${NAME}` in it stays what it is.
    case string(String)
    /// Text for the shell, in which `${NAME}` is the shell's.
    case command(String)
    case integer(Int)
    case boolean(Bool)
    case strings([String])
    case integers([Int])
    /// Text under keys, in this order.
    case table([(key: String, value: String)])

    /// The value on the right of the equals sign.
    var text: String {
        switch self {
        case .string(let text): Self.quoted(Self.escapingReferences(text))
        case .command(let text): Self.quoted(text)
        case .integer(let number): String(number)
        case .boolean(let value): value ? "true" : "false"
        case .strings(let texts):
            "[" + texts.map { Self.quoted(Self.escapingReferences($0)) }.joined(separator: ", ") + "]"
        case .integers(let numbers): "[" + numbers.map(String.init).joined(separator: ", ") + "]"
        case .table(let entries):
            "{ "
                + entries.map { "\(Self.key($0.key)) = \(Self.quoted(Self.escapingReferences($0.value)))" }
                .joined(separator: ", ") + " }"
        }
    }

    /// A key, in quotes where it needs them.
    static func key(_ name: String) -> String {
        let isBare =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isBare ? name : basic(name)
    }

    /// The configuration would replace `${NAME}`; `$${` stands for `${`.
    private static func escapingReferences(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            if character == "{", result.unicodeScalars.last == "$" { result.unicodeScalars.append("$") }
            result.unicodeScalars.append(character)
        }
        return result
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        if isPlain, text.contains("\"") || text.contains("\\"), !text.contains("'") { return "'\(text)'" }
        if text.contains("\n") {
            // A newline behind the opening quotes is none of the text.
            return "\"\"\"\n"
                + text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped($0) }
                .joined(separator: "\n") + "\"\"\""
        }
        return basic(text)
    }

    private static func basic(_ text: String) -> String { "\"\(escaped(text[...]))\"" }

    private static func escaped(_ text: Substring) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func == (left: TOMLText, right: TOMLText) -> Bool { left.text == right.text }
}
