/// A line of a crontab that starts a command.
package struct CrontabEntry: Hashable, Sendable {
    package enum Time: Hashable, Sendable {
        case fields(CrontabFields)
        /// `@reboot`: once a boot.
        case reboot
    }

    /// 1-based.
    package var line: Int
    /// The time as it was written, its blanks single: `*/5 * * * *`, `@daily`.
    package var timeText: String
    package var time: Time
    /// The user column; nil in a user's own crontab.
    package var user: String?
    /// The command as the shell gets it: up to the first `%` that is not escaped, `\\%` and `\\\\` unescaped as cron does.
    package var command: String
    /// What the command reads: after that `%`, with the further ones as newlines; nil where there is none.
    package var standardInput: String?
    /// What the lines above it set, in the order in which the names came first; each name once, with the value that was set last.
    package var variables: [Variable]
    /// The text of the comment lines that stand right above it, without `#`, joined by newlines; nil where there is none.
    package var comment: String?

    package struct Variable: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        line: Int,
        timeText: String,
        time: Time,
        user: String?,
        command: String,
        standardInput: String?,
        variables: [Variable],
        comment: String?
    ) {
        self.line = line
        self.timeText = timeText
        self.time = time
        self.user = user
        self.command = command
        self.standardInput = standardInput
        self.variables = variables
        self.comment = comment
    }

    /// The value of a variable that the crontab sets; nil where it does not.
    package func value(of name: String) -> String? {
        variables.first { $0.name == name }?.value
    }
}
