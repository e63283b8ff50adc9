/// The word by which people would know a command of the shell: the base name of the program that it is for.
package enum CommandWord {
    /// The longest word.
    static let limit = 40

    /// The characters of a task's name that stand for a command: `backup-db` for `cd /srv && ./backup-db.sh --all`.
    ///
    /// - Returns: never empty.
    package static func word(of command: String) -> String {
        let parts = Array(command.utf8.prefix(1000)).split { separators.contains($0) }
        for part in parts {
            let words = part.split { blanks.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
            if let word = word(among: words) { return word }
        }
        // Nothing but tests, folders and loops: the first word that can be shown.
        for part in parts {
            for word in part.split(whereSeparator: { blanks.contains($0) }) {
                if let shown = shown(String(decoding: word, as: UTF8.self)) { return shown }
            }
        }
        return "command"
    }

    private static let separators = Set(";&|(){}`\n".utf8)
    private static let blanks = Set(" \t\r\"'".utf8)
    /// What stands before a command.
    private static let prefixes: Set = [
        "if", "then", "else", "elif", "do", "while", "until", "!", "exec", "nohup", "time", "env", "nice", "ionice",
        "chronic", "sudo",
        "timeout", "flock", "setsid", "chrt", "su", "runuser",
    ]
    /// Those of them whose first argument is something else: a file, a user.
    private static let prefixesWithArgument: Set = ["flock", "su", "runuser", "timeout"]
    /// Commands that only prepare others.
    private static let preparations: Set = [
        "[", "[[", "test", "cd", "command", "true", "false", ":", "fi", "done", "set", "umask", "export", "sleep", ".",
        "source", "for", "case",
        "which", "type", "exit", "unset", "ulimit",
    ]
    /// Programs of which the first argument that is a file says more.
    private static let interpreters: Set = [
        "sh", "bash", "dash", "zsh", "ksh", "php", "python", "python2", "python3", "perl", "ruby", "node", "java",
        "Rscript", "run-parts",
    ]
    private static let suffixes = [".sh", ".bash", ".py", ".pl", ".php", ".rb", ".js", ".cron", ".R", ".jar"]

    /// The program that some words start; nil where they start none that says anything.
    private static func word(among words: [String]) -> String? {
        var rest = words[...]
        var arguments = 0
        while let first = rest.first {
            if prefixes.contains(baseName(first)) {
                arguments = prefixesWithArgument.contains(baseName(first)) ? 1 : 0
            } else if first.hasPrefix("-") {
                if first == "-u" || first == "-g" { rest = rest.dropFirst() }
            } else if first.utf8.first.map({ CrontabByte.isDigit($0) || $0 == UInt8(ascii: "$") }) == true
                || isAssignment(first)
                || first.hasPrefix(">") || first.hasPrefix("<")
            {
                // A number is an argument of nice or timeout.
                if arguments > 0, CrontabByte.isDigit(first.utf8.first ?? 0) { arguments -= 1 }
            } else if arguments > 0 {
                arguments -= 1
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        guard let first = rest.first, !preparations.contains(first) else { return nil }
        if interpreters.contains(baseName(first)),
            let script = rest.dropFirst().first(where: { !$0.hasPrefix("-") }),
            script.contains("/") || script.contains(".")
        {
            return shown(script)
        }
        return shown(first)
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
        return VariableName.isValid(word[..<equals].utf8)
    }

    private static func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// A word's base name as far as a task's name may hold it; nil where nothing is left.
    private static func shown(_ word: String) -> String? {
        var name = baseName(word)
        if let suffix = suffixes.first(where: name.hasSuffix) { name.removeLast(suffix.count) }
        return nameText(name, limit: limit)
    }

    /// A text with `-` in place of what a task's name may not hold; nil where nothing is left.
    static func nameText(_ text: String, limit: Int) -> String? {
        var bytes = text.utf8.prefix(limit).map { byte in
            CrontabByte.isAlphanumeric(byte) || [UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte)
                ? byte : UInt8(ascii: "-")
        }[...]
        let dash = UInt8(ascii: "-")
        while bytes.first == dash || bytes.first == UInt8(ascii: ".") { bytes.removeFirst() }
        while bytes.last == dash { bytes.removeLast() }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
