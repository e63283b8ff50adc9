/// Sets `crontabs = true` in the table `[cron]` of a configuration file, and takes it back, without touching anything else in it.
enum CrontabsKey {
    /// What was changed, so that it can be taken back.
    enum Change: Hashable, Codable {
        /// It was true already.
        case none
        /// A table at the end of the file.
        case appended
        /// A line in the table that was there.
        case inserted
        /// This line became another one.
        case replaced(String)
    }

    static let mark = "# Written by 'almanac takeover'; 'almanac takeover --undo' takes it away."
    static let line = "crontabs = true  # written by 'almanac takeover'"
    static let table = "\(mark)\n[cron]\ncrontabs = true\n"

    /// The text with the key set, and what was changed.
    static func set(in text: String) -> (text: String, change: Change) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let header = lines.firstIndex(where: isHeader) else {
            let gap = text.isEmpty ? "" : text.hasSuffix("\n\n") ? "" : text.hasSuffix("\n") ? "\n" : "\n\n"
            return (text + gap + table, .appended)
        }
        if let old = keyIndex(in: lines, after: header) {
            guard value(of: lines[old]) != "true" else { return (text, .none) }
            let found = lines[old]
            lines[old] = line
            return (lines.joined(separator: "\n"), .replaced(found))
        }
        lines.insert(line, at: header + 1)
        return (lines.joined(separator: "\n"), .inserted)
    }

    /// The text as it would be without the change; nil where what was written is not there any more.
    static func undo(_ change: Change, in text: String) -> String? {
        switch change {
        case .none: return text
        case .appended:
            guard let range = text.ranges(of: table).first else { return nil }
            var result = text
            // The empty line before it came with it.
            let start =
                text[..<range.lowerBound].hasSuffix("\n\n") ? text.index(before: range.lowerBound) : range.lowerBound
            result.removeSubrange(start..<range.upperBound)
            return result
        case .inserted, .replaced:
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard let index = lines.firstIndex(of: line) else { return nil }
            if case .replaced(let old) = change { lines[index] = old } else { lines.remove(at: index) }
            return lines.joined(separator: "\n")
        }
    }

    private static func isHeader(_ line: String) -> Bool {
        let words = line.prefix { $0 != "#" }.filter { $0 != " " && $0 != "\t" && $0 != "\r" }
        return words == "[cron]"
    }

    private static func keyIndex(in lines: [String], after header: Int) -> Int? {
        for index in lines.indices.dropFirst(header + 1) {
            let line = lines[index].drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("[") { return nil }
            if line.hasPrefix("crontabs"), line.dropFirst("crontabs".count).first.map({ " \t=".contains($0) }) == true {
                return index
            }
        }
        return nil
    }

    private static func value(of line: String) -> String {
        let value = line.drop { $0 != "=" }.dropFirst().prefix { $0 != "#" }
        return value.filter { !$0.isWhitespace }
    }
}
