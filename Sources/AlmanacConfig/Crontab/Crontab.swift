/// What a crontab says, line by line: its good lines, and what is wrong with the others.
package struct Crontab: Sendable {
    /// Whose lines they are.
    package enum Owner: Hashable, Sendable {
        /// Each line has a user column: `/etc/crontab`, `/etc/cron.d`.
        case system
        /// A user's own crontab.
        case user(String)
    }

    /// Something about a line, or about the whole file.
    package struct Remark: Hashable, Sendable {
        /// 1-based; nil for the file.
        package var line: Int?
        /// What was found, what was expected and what to do, without a full stop at the end.
        package var message: String

        package init(line: Int?, message: String) {
            self.line = line
            self.message = message
        }
    }

    /// How many lines there are of each kind; together they are all lines of the file.
    package struct LineCounts: Hashable, Sendable {
        package var entries = 0
        package var variables = 0
        package var comments = 0
        package var blank = 0
        package var faulty = 0

        package init() {}
    }

    /// Absolute, or `-` for standard input.
    package var path: String
    package var owner: Owner
    /// In the order of the file.
    package var entries: [CrontabEntry]
    /// The lines that are not run, and why: Debian's cron would take no line of such a file. In the order of the file, those without a line first.
    package var faults: [Remark]
    /// What is run otherwise than it seems to say: a range that is backwards, a `CRON_TZ` that Debian's cron does not know.
    package var warnings: [Remark]
    package var lineCounts: LineCounts

    package init(
        path: String,
        owner: Owner,
        entries: [CrontabEntry] = [],
        faults: [Remark] = [],
        warnings: [Remark] = [],
        lineCounts: LineCounts = LineCounts()
    ) {
        self.path = path
        self.owner = owner
        self.entries = entries
        self.faults = faults
        self.warnings = warnings
        self.lineCounts = lineCounts
    }
}
