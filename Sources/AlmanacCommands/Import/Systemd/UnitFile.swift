/// A unit of systemd as its files have it: the settings of every section, drop-ins behind the unit itself.
struct UnitFile: Equatable {
    /// `backup.timer`, an instance's name included.
    let name: String
    /// Where the unit itself is.
    let path: String
    private(set) var settings: [Setting] = []

    /// One assignment.
    struct Setting: Equatable {
        let section: String
        let key: String
        /// Without blanks around it; an empty one takes back what was assigned before.
        let value: String
        /// `backup.timer:7`.
        let place: String
    }

    init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// Reads a file's text after what has been read already (systemd.syntax(7)).
    ///
    /// Lines outside of sections, and those without an equals sign, are left out, as systemd does.
    mutating func read(_ text: String, fileName: String) {
        var section = ""
        var pending: (text: String, line: Int)?
        // By bytes: to characters a carriage return and a newline are one.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = Substring(bytes)
            let trimmed = line.trimmingBlanks
            // Comments are left out in the middle of a continued line too.
            if trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            var whole = (
                text: (pending?.text ?? "") + (pending == nil ? trimmed : String(line)),
                line: pending?.line ?? index + 1
            )
            if whole.text.hasSuffix("\\") {
                whole.text.removeLast()
                whole.text += " "
                pending = whole
                continue
            }
            pending = nil
            take(whole.text, line: whole.line, &section, fileName)
        }
        if let pending { take(pending.text, line: pending.line, &section, fileName) }
    }

    private mutating func take(_ text: String, line: Int, _ section: inout String, _ fileName: String) {
        let text = Substring(text).trimmingBlanks
        if text.hasPrefix("["), text.hasSuffix("]") {
            section = String(text.dropFirst().dropLast())
        } else if let equals = text.firstIndex(of: "="), !section.isEmpty {
            let setting = Setting(
                section: section,
                key: text[..<equals].trimmingBlanks,
                value: text[text.index(after: equals)...].trimmingBlanks,
                place: "\(fileName):\(line)"
            )
            settings.append(setting)
        }
    }

    // MARK: Reading settings

    /// What a list has come to: the assignments after the last empty one.
    func list(_ section: String, _ key: String) -> [Setting] {
        var result: [Setting] = []
        for setting in settings where setting.section == section && setting.key == key {
            if setting.value.isEmpty { result = [] } else { result.append(setting) }
        }
        return result
    }

    /// The last assignment of a key; nil where there is none, or an empty one.
    func last(_ section: String, _ key: String) -> Setting? {
        list(section, key).last
    }

    /// The first assignment of each key that counts, in the order of the files.
    var keysInForce: [Setting] {
        var seen: Set<String> = []
        return settings.filter { setting in
            seen.insert("\(setting.section).\(setting.key)").inserted && !list(setting.section, setting.key).isEmpty
        }
    }
}

extension UnitFile {
    /// A boolean as systemd reads it; nil for any other text.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "yes", "y", "true", "t", "on": true
        case "0", "no", "n", "false", "f", "off": false
        default: nil
        }
    }
}

extension StringProtocol {
    /// The text without the blanks around it.
    var trimmingBlanks: String {
        let isBlank = { (character: Character) in
            character == " " || character == "\t" || character == "\r" || character == "\r\n"
        }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
