/// A command of a service, `ExecStart=` and its like, as text for `/bin/sh`.
///
/// systemd runs no shell: each word is quoted so that the shell takes it as it is. Variables are the exception, in the forms that
/// systemd knows: `${NAME}` within a word, and `$NAME` as a word of its own, which it splits at blanks.
struct UnitCommand: Equatable {
    private(set) var text: String
    /// What is not quite the same, as clauses.
    private(set) var doubts: [String] = []
    /// The variables that are words of their own, and so are split at blanks.
    private(set) var splitVariables: [String] = []

    /// The commands of one setting; several of them are separated by a word `;`.
    static func commands(of setting: String, specifiers: UnitSpecifiers) throws(UnitWords.Fault) -> [UnitCommand] {
        let words = try UnitWords.words(of: setting)
        var result: [UnitCommand] = []
        for part in words.split(separator: UnitWords.Word(text: ";", isPlain: true)) where !part.isEmpty {
            result.append(UnitCommand(Array(part), specifiers: specifiers))
        }
        return result
    }

    private init(_ words: [UnitWords.Word], specifiers: UnitSpecifiers) {
        text = ""
        var words = words.map { word in
            let (text, unknown) = specifiers.expanded(word.text)
            for specifier in unknown {
                doubts.append("what \(specifier) stands for hangs on the machine; write it out")
            }
            return UnitWords.Word(text: text, isPlain: word.isPlain)
        }
        var prefixes = ""
        while let first = words[0].text.first, "-@:+!".contains(first) {
            prefixes.append(words[0].text.removeFirst())
        }
        if prefixes.contains("@"), words.count > 1 {
            doubts.append("the command is called \(words[1].text) for itself (argv[0]), which /bin/sh cannot do")
            words.remove(at: 1)
        }
        if prefixes.contains("+") || prefixes.contains("!") {
            doubts.append("systemd runs it with full rights, here it runs as the task's user")
        }
        // A program that the shell would take for a word of its own stands in quotes.
        let isShellWord = Self.reserved.contains(words[0].text) || words[0].text.contains("=")
        let program = ShellQuoting.quoted(words[0].text, always: isShellWord)
        let arguments = words.dropFirst().map { shellWord($0.text, expands: !prefixes.contains(":")) }
        text = ([program] + arguments).joined(separator: " ")
        if prefixes.contains("-") { text += " || true" }
    }

    /// Words of the shell's grammar, and builtins that are no programs.
    private static let reserved: Set<String> = [
        "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "!", "{", "}",
        "function", "time",
    ]

    private mutating func shellWord(_ word: String, expands: Bool) -> String {
        guard expands, word.contains("$") else { return ShellQuoting.quoted(word) }
        if word.hasPrefix("$"), Self.isName(word.dropFirst()) {
            splitVariables.append(String(word.dropFirst()))
            return word
        }
        var result = ""
        var literal = ""
        func flushed() -> String { literal.isEmpty ? "" : ShellQuoting.quoted(literal) }
        var rest = word[...]
        while let character = rest.popFirst() {
            if character == "$", rest.first == "$" {
                rest.removeFirst()
                literal.append("$")
            } else if character == "$", rest.first == "{", let end = rest.firstIndex(of: "}"),
                Self.isName(rest[..<end].dropFirst())
            {
                result += flushed() + "\"$\(rest[...end])\""
                literal = ""
                rest = rest[end...].dropFirst()
            } else {
                literal.append(character)
            }
        }
        return result + flushed()
    }

    /// Whether a text is the name of a variable.
    static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
    }
}

/// Words for `/bin/sh`.
enum ShellQuoting {
    /// The word so that the shell takes it as it is; in single quotes where it needs them.
    static func quoted(_ word: String, always: Bool = false) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case _ where "-_./:=,+%@^".utf8.contains(byte): true
                default: false
                }
            }
        if isPlain, !always { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
