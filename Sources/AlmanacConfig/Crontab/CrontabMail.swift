import AlmanacModel

/// Who gets the output of a crontab line, by cron's rules (do_command.c of 3.0pl1).
enum CrontabMail {
    /// Whether cron writes to an address: letters, digits and some other characters, of which none stands first.
    static func isSafe(_ address: String) -> Bool {
        let others = Set("@!:%-.,_+=/".utf8)
        return address.utf8.enumerated().allSatisfy { index, byte in
            CrontabByte.isAlphanumeric(byte) || (index > 0 && others.contains(byte))
        }
    }

    static let rule = "letters, digits and @!:%-.,_+=/, the first of them a letter or a digit"

    /// The mail of a line.
    ///
    /// - Parameter user: the line's user, who gets it where MAILTO is not set.
    /// - Returns: nil where nobody gets it.
    static func settings(_ entry: CrontabEntry, user: String, home: String) -> MailSettings? {
        let to = entry.value(of: "MAILTO") ?? user
        // Of the user's own name cron asks nothing.
        guard !to.isEmpty, entry.value(of: "MAILTO").map(isSafe) ?? MailAddress.isValid(user) else { return nil }
        let from = entry.value(of: "MAILFROM").flatMap { !$0.isEmpty && isSafe($0) ? $0 : nil }
        return MailSettings(
            to: to,
            from: from,
            on: .output,
            contentType: entry.value(of: "CONTENT_TYPE"),
            contentTransferEncoding: entry.value(of: "CONTENT_TRANSFER_ENCODING"),
            cronEnvironment: environment(of: entry, user: user, home: home)
        )
    }

    /// What cron puts together for a job, in its order: what the crontab sets, then what of SHELL, HOME and PATH it does not, and LOGNAME.
    private static func environment(of entry: CrontabEntry, user: String, home: String) -> [String] {
        var variables = entry.variables.map { $0.name == "LOGNAME" ? "LOGNAME=\(user)" : "\($0.name)=\($0.value)" }
        let defaults = [("SHELL", "/bin/sh"), ("HOME", home), ("PATH", "/usr/bin:/bin"), ("LOGNAME", user)]
        for (name, value) in defaults where entry.value(of: name) == nil { variables.append("\(name)=\(value)") }
        return variables
    }
}
