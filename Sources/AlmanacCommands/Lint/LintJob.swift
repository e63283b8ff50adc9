import AlmanacCalendar
import AlmanacConfig
import AlmanacModel

/// A line of a crontab or a task of `almanac.toml`, as the rules look at it.
struct LintJob {
    let path: String
    let line: Int?
    /// The task's name, for tasks of `almanac.toml`.
    let name: String?
    /// When, as it was written; nil for a task by hand.
    let timeText: String?
    let schedule: Schedule?
    let command: String
    /// What cron makes of a `%` that is not escaped; nil where there is none.
    let standardInput: String?
    let shell: String
    /// PATH of the command; nil where it is the daemon's.
    let searchPath: String?
    let home: String?
    let user: ExecutableSearch.User
    /// Who gets its output by a word of the file itself; nil where nobody is named.
    let mailTo: String?
    /// The task, with its policies.
    let task: TaskDefinition?

    var isCrontab: Bool { name == nil }

    /// The texts of minute, hour, day-of-month, month and day-of-week; nil for descriptors and for other notations.
    var fields: [String]? {
        guard let words = timeText?.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init),
            words.count >= 5,
            words.count <= 6, !words[0].hasPrefix("@"), schedule?.expression.everySeconds == nil
        else { return nil }
        return Array(words.suffix(5))
    }

    /// A line of a crontab.
    ///
    /// - Parameter task: what the line comes to; nil where no task can be made of it.
    init(_ job: CronJob, path: String, task: TaskDefinition?, host: ConfigurationHost) {
        self.path = path
        line = job.line
        name = nil
        timeText = job.timeText
        schedule = task?.schedule?.schedule
        command = job.command
        standardInput = job.standardInput
        shell = job.environment["SHELL"] ?? "/bin/sh"
        searchPath = job.environment["PATH"]
        home = job.environment["HOME"]
        user = ExecutableSearch.User(
            userID: job.account?.userID ?? host.userID,
            groupIDs: job.account.flatMap { try? host.accounts.groupIDs(ofUser: $0.name, with: $0.groupID) } ?? []
        )
        mailTo = job.isMailToSet ? job.mailTo : nil
        self.task = task
    }

    /// A task of `almanac.toml`.
    init(_ task: TaskDefinition, path: String, line: Int?, host: ConfigurationHost) {
        let settings = task.settings
        self.path = path
        self.line = line
        name = task.name
        timeText = task.schedule?.text
        schedule = task.schedule?.schedule
        command = task.command
        standardInput = nil
        shell = settings.shell ?? "/bin/sh"
        let variables = settings.fileEnvironment.merging(settings.environment) { $1 }
        let ofCron = settings.conventions == .cron ? "/usr/bin:/bin" : nil
        searchPath = variables["PATH"] ?? ofCron
        home = settings.workingDirectory ?? settings.identity?.home
        user = ExecutableSearch.User(
            userID: settings.identity?.userID ?? host.userID,
            groupIDs: settings.identity?.supplementaryGroupIDs ?? [host.groupID]
        )
        mailTo = settings.mail?.to
        self.task = task
    }
}
