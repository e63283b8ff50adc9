/// The programs that a shell's command names for certain: enough to look them up, and no shell.
///
/// ```swift
/// CommandWords("cd /srv && nice -n 5 ./report | gzip > x.gz").programs   // nice, gzip: what follows cd is relative to it
/// CommandWords("test -x /opt/x && /opt/x").programs                      // none: the command looks for itself
/// ```
struct CommandWords {
    let programs: [String]

    /// After these a command is looked for or is worked out in ways that only a shell knows.
    private static let ends: Set<String> = [
        "[", "[[", "test", "command", "which", "type", "hash", "if", "for", "while", "until", "case", "select",
        "function", "{", "(", "!",
        "time", ".", "source", "eval", "set", "alias", "export", "local", "declare", "typeset", "coproc",
    ]
    private static let builtins: Set<String> = [
        ":", "true", "false", "echo", "printf", "umask", "ulimit", "trap", "wait", "sleep", "exit", "return", "shift",
        "unset",
        "read", "kill", "pwd", "times", "readonly", "jobs", "fg", "bg", "cd", "pushd", "popd", "shopt", "let", "enable",
    ]

    init(_ command: String) {
        var found: [String] = []
        var hasMoved = false
        for segment in Self.segments(of: command) {
            guard let word = Self.firstWord(of: segment), !Self.ends.contains(word) else { break }
            if word == "cd" || word == "pushd" { hasMoved = true }
            if Self.builtins.contains(word) { continue }
            let isRelative = word.contains("/") && !word.hasPrefix("/") && !word.hasPrefix("~/")
            if !(isRelative && hasMoved) { found.append(word) }
        }
        programs = found
    }

    /// What stands between the operators `&&`, `;`, `|`, `&` and line ends that are not in quotes; up to the first `||`, behind which a
    /// command is a way out.
    private static func segments(of command: String) -> [[Character]] {
        var segments: [[Character]] = [[]]
        var quote: Character?
        let characters = Array(command)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            let next = index + 1 < characters.count ? characters[index + 1] : nil
            index += 1
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\\", let next {
                segments[segments.count - 1] += [character, next]
                index += 1
                continue
            } else if character == "'" || character == "\"" || character == "`" {
                quote = character
            } else if character == "|", next == "|" {
                return segments
            } else if "(){}".contains(character) || character == "$" && next == "(" {
                // Inside of these the operators are others' business.
                return segments.dropLast() + [segments[segments.count - 1] + ["("]]
            } else if "&;|\n".contains(character) {
                // 2>&1 and &> are no operators of this kind.
                let isRedirection = character == "&" && (segments[segments.count - 1].last == ">" || next == ">")
                if !isRedirection {
                    segments.append([])
                    if character == "&", next == "&" { index += 1 }
                    continue
                }
            }
            segments[segments.count - 1].append(character)
        }
        return segments
    }

    /// The command's name; nil where it is not plain.
    private static func firstWord(of segment: [Character]) -> String? {
        var words = segment.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { String($0) }[...]
        while let word = words.first, isAssignment(word) {
            // What it is set to may decide where programs are found, and quotes may go on in the next word.
            if word.hasPrefix("PATH=") || word.contains(where: { "\"'`$\\".contains($0) }) { return nil }
            words.removeFirst()
        }
        if words.first == "exec" { words.removeFirst() }
        guard let word = words.first else { return segment.allSatisfy(\.isWhitespace) ? ":" : nil }
        if ends.contains(word) { return word }
        let isPlain = word.dropFirst(word.hasPrefix("~/") ? 1 : 0).allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "_-./+@%:,".contains($0))
        }
        return isPlain ? word : nil
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), let first = word.first, first.isLetter || first == "_" else {
            return false
        }
        return word[..<equals].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
