import AlmanacConfig

/// What Debian's cron (3.0pl1) does with a line of a crontab: load_entry and do_command, without PAM's environment.
///
/// Worked out from the line itself and not by way of a task, so that the two can be compared.
struct CronJob: Hashable {
    let line: Int
    let timeText: String
    let time: CrontabEntry.Time
    let userName: String
    /// Nil where there is no such user.
    let account: Account?
    let command: String
    let standardInput: String?
    /// SHELL, HOME, PATH, LOGNAME and what the crontab sets.
    let environment: [String: String]
    /// Where it runs if that can be entered: HOME, as seen from cron's own folder.
    let folder: String
    /// Who gets its output; nil for nobody.
    let mailTo: String?
    /// Whether the crontab names somebody, or nobody, itself.
    let isMailToSet: Bool
    /// The zone that the crontab asks for and that Debian's cron ignores: `CRON_TZ`.
    let zoneName: String?

    /// - Parameter accounts: looked up by the caller, each user once.
    init(_ entry: CrontabEntry, owner: Crontab.Owner, account: (String) -> Account?) {
        line = entry.line
        timeText = entry.timeText
        time = entry.time
        switch owner {
        case .system: userName = entry.user ?? ""
        case .user(let name): userName = name
        }
        let found = account(userName)
        self.account = found
        command = entry.command
        standardInput = entry.standardInput
        var environment: [String: String] = [:]
        for variable in entry.variables { environment[variable.name] = variable.value }
        zoneName = environment["CRON_TZ"]
        environment["SHELL"] = environment["SHELL"] ?? "/bin/sh"
        environment["HOME"] = environment["HOME"] ?? found?.home
        environment["PATH"] = environment["PATH"] ?? "/usr/bin:/bin"
        environment["LOGNAME"] = userName
        self.environment = environment
        let home = environment["HOME"] ?? ""
        folder = home.hasPrefix("/") ? home : home.isEmpty ? Self.cronFolder : "\(Self.cronFolder)/\(home)"
        isMailToSet = environment["MAILTO"] != nil
        let recipient = environment["MAILTO"] ?? userName
        mailTo = Self.isSafe(recipient) ? recipient : nil
    }

    private static let cronFolder = "/var/spool/cron"

    /// safe_p: what may stand on sendmail's command line.
    private static func isSafe(_ address: String) -> Bool {
        guard let first = address.utf8.first, isAlphanumeric(first) else { return false }
        return address.utf8.dropFirst().allSatisfy { isAlphanumeric($0) || "@!:%-.,_+=/".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}
