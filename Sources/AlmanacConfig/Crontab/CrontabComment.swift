/// What the comment above a crontab line says of its command.
package enum CrontabComment {
    /// The most bytes of a summary.
    static let limit = 300

    /// The comment in one line; nil where nothing of it is a description.
    ///
    /// Lines that were crontab lines themselves are left out, and all up to a line with the names of the columns (`m h dom mon dow`), which
    /// is about the file.
    ///
    /// - Parameter comment: lines without `#`.
    package static func summary(of comment: String?) -> String? {
        guard let comment else { return nil }
        var lines = comment.split(separator: "\n").map(String.init)
        if let header = lines.lastIndex(where: isHeader) { lines.removeFirst(header + 1) }
        let words = lines.filter { !isEntry($0) }.joined(separator: " ").split { $0.isWhitespace }
        var text = ""
        for word in words {
            let shown = word.unicodeScalars.filter { $0.properties.generalCategory != .control }
            guard !shown.isEmpty else { continue }
            guard text.utf8.count + shown.count < limit else { return text + " ..." }
            text += text.isEmpty ? "" : " "
            text.unicodeScalars.append(contentsOf: shown)
        }
        return text.contains { $0.isLetter || $0.isNumber } ? text : nil
    }

    /// Whether a line names or draws the columns: `m h dom mon dow user command`, `| .------ hour (0 - 23)`, `* * * * * user-name command`.
    private static func isHeader(_ line: String) -> Bool {
        let words = line.split { $0 == " " || $0 == "\t" }
        if let first = words.first, ["|", "."].contains(first.first) || first.hasPrefix(".-") { return true }
        return words.count >= 5
            && (words[..<5].elementsEqual(["m", "h", "dom", "mon", "dow"]) || words[..<5].allSatisfy { $0 == "*" })
    }

    /// Whether a line is a crontab line that somebody has put out of force.
    private static func isEntry(_ line: String) -> Bool {
        (try? CrontabEntryReader(owner: .user("")).read(Array(line.utf8)[...])) != nil
    }
}
