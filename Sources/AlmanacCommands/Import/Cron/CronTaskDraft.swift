import AlmanacCalendar
import AlmanacConfig
import AlmanacModel

/// A crontab's line on its way into `almanac.toml`.
struct CronTaskDraft {
    private let line: CronImport.Line

    init(_ line: CronImport.Line) {
        self.line = line
    }

    private var live: TaskDefinition { line.live }
    private var user: String? { live.settings.identity?.text }

    /// In the order in which the crontab sets them first. Whatever it says of LOGNAME, the variable is the user's.
    private var environment: [(key: String, value: String)] {
        line.entry.variables.filter { $0.name != "LOGNAME" && CronImport.isName($0.name) }.map { ($0.name, $0.value) }
    }

    /// What stands in `[defaults]`.
    struct Shared {
        fileprivate var user: String?
        fileprivate var mailTo: String?
        fileprivate var mailFrom: String?
        fileprivate var environment: [(key: String, value: String)] = []

        /// Nothing.
        init() {}

        /// What all tasks have alike.
        ///
        /// - Parameter isClosed: whether nothing else is to come into the file. No task could take back a variable or the user.
        init(_ drafts: [CronTaskDraft], isClosed: Bool) {
            func common(_ value: (CronTaskDraft) -> String?) -> String? {
                guard let first = drafts.first.flatMap(value) else { return nil }
                return drafts.allSatisfy { value($0) == first } ? first : nil
            }
            mailTo = common(\.live.settings.mail?.to)
            mailFrom = common(\.live.settings.mail?.from)
            guard isClosed else { return }
            user = common(\.user)
            environment = (drafts.first?.environment ?? []).filter { variable in
                drafts.allSatisfy { $0.live.settings.environment[variable.key] == variable.value }
            }
        }

        /// The keys of `[defaults]`.
        var keys: [ImportedTask.Key] {
            var keys = CronTaskDraft.conventions
            if let user { keys.append(ImportedTask.Key(name: "user", value: .string(user))) }
            if let mailTo { keys.append(ImportedTask.Key(name: "mail_to", value: .string(mailTo))) }
            if let mailFrom { keys.append(ImportedTask.Key(name: "mail_from", value: .string(mailFrom))) }
            if !environment.isEmpty { keys.append(ImportedTask.Key(name: "env", value: .table(environment))) }
            return keys
        }
    }

    /// What makes a task of the configuration behave as cron's jobs do.
    private static var conventions: [ImportedTask.Key] {
        [
            ImportedTask.Key(name: "conventions", value: .string(CommandSettings.Conventions.cron.rawValue)),
            ImportedTask.Key(name: "catch_up", value: .string(CatchUpPolicy.skip.rawValue)),
            ImportedTask.Key(name: "max_concurrent", value: .integer(CrontabTask.maxConcurrent)),
        ]
    }

    /// The table.
    ///
    /// - Parameter shared: what `[defaults]` says; nil where that is for others to say.
    func task(beside shared: Shared?) -> ImportedTask {
        var task = ImportedTask(name: CommandWord.word(of: live.command))
        task.comments = [line.place] + line.doubts.map { "Doubt: \($0)" }
        if let summary = live.summary { task.set("description", .string(summary)) }
        setSchedule(of: &task)
        task.set("run", .command(live.command))
        if let input = live.settings.standardInput { task.set("stdin", .command(input)) }
        if shared == nil { task.keys += Self.conventions }
        if let user, user != shared?.user { task.set("user", .string(user)) }
        let own = environment.filter { variable in
            shared?.environment.contains { $0.key == variable.key } != true
        }
        if !own.isEmpty { task.set("env", .table(own)) }
        let mail = live.settings.mail
        if let shared {
            if let to = mail?.to, to != shared.mailTo { task.set("mail_to", .string(to)) }
        } else {
            task.set("mail_to", .string(mail?.to ?? ""))
        }
        if let from = mail?.from, from != shared?.mailFrom { task.set("mail_from", .string(from)) }
        return task
    }

    private func setSchedule(of task: inout ImportedTask) {
        guard let schedule = live.schedule else { return }
        if schedule.text != line.entry.timeText { task.comments.append("In the crontab: \(line.entry.timeText)") }
        task.set("cron", .string(schedule.text))
        if schedule.hasOwnZone { task.set("timezone", .string(schedule.schedule.zone.id.name)) }
        if schedule.schedule.gap != .run { task.set("dst_gap", .string(schedule.schedule.gap.rawValue)) }
        if schedule.schedule.fold != .first { task.set("dst_fold", .string(schedule.schedule.fold.rawValue)) }
        if !schedule.schedule.hourly { task.set("dst_hourly", .boolean(false)) }
    }
}
