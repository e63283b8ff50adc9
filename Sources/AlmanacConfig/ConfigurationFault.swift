/// One thing that is wrong with a configuration file, and where.
package struct ConfigurationFault: Hashable, Sendable, CustomStringConvertible {
    /// The file, as the caller named it.
    package let path: String
    /// From 1; nil where the fault is the whole file's.
    package let line: Int?
    /// From 1, in Unicode code points; nil where the line is.
    package let column: Int?
    /// The table's dotted name without its brackets, `tasks.backup`; nil outside of any table.
    package let table: String?
    /// The key within the table; nil where the fault is the table's own or the whole file's.
    package let key: String?
    /// What was expected, what was found, and what to do.
    package let message: String

    package init(
        path: String,
        line: Int? = nil,
        column: Int? = nil,
        table: String? = nil,
        key: String? = nil,
        message: String
    ) {
        self.path = path
        self.line = line
        self.column = column
        self.table = table
        self.key = key
        self.message = message
    }

    /// `almanac.toml:12: [tasks.backup] cron: 61 is not a minute; expected 0 to 59`
    package var description: String {
        var text = path
        if let line { text += ":\(line)" }
        text += ": "
        if let table { text += key == nil ? "[\(table)]: " : "[\(table)] " }
        if let key { text += "\(key): " }
        return text + message
    }
}

/// Everything that is wrong with a configuration file.
package struct ConfigurationFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// Never empty; in the order of the file, those without a line first.
    package let faults: [ConfigurationFault]

    /// - Precondition: there is at least one fault.
    package init(_ faults: [ConfigurationFault]) {
        precondition(!faults.isEmpty, "a configuration without faults was refused")
        self.faults = faults
    }

    /// One fault a line.
    package var description: String {
        faults.map(\.description).joined(separator: "\n")
    }
}
