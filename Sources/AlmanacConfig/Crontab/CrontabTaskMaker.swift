package import AlmanacCalendar
package import AlmanacModel

/// Makes tasks of the lines of crontabs: the same command at the same times for the same user as cron.
package struct CrontabTaskMaker: Sendable {
    private let zones: @Sendable (ZoneID) throws -> ZoneRules
    private let defaultZone: ZoneRules
    private let host: ConfigurationHost
    private let settings: CronSettings

    /// - Parameters:
    ///   - zones: looks up the rules of a zone that `CRON_TZ` names.
    ///   - defaultZone: the machine's zone, which cron goes by.
    ///   - settings: for how long runs are kept; its places do not matter here.
    package init(
        zones: @escaping @Sendable (ZoneID) throws -> ZoneRules,
        defaultZone: ZoneRules,
        host: ConfigurationHost,
        settings: CronSettings = CronSettings()
    ) {
        self.zones = zones
        self.defaultZone = defaultZone
        self.host = host
        self.settings = settings
    }

    /// The tasks, sorted by name, and the lines of which no task can be made: those of a user that does not exist.
    ///
    /// Accounts are looked up meanwhile, which may wait for a network.
    package func tasks(of crontabs: [Crontab]) -> (tasks: [TaskDefinition], faults: [ConfigurationFault]) {
        var session = CrontabTaskSession(zones: zones, defaultZone: defaultZone, host: host)
        var tasks: [TaskDefinition] = []
        var faults: [ConfigurationFault] = []
        tasks.reserveCapacity(crontabs.reduce(0) { $0 + $1.entries.count })
        for crontab in crontabs {
            for entry in crontab.entries {
                do throws(CrontabFault) {
                    tasks.append(try session.task(of: entry, in: crontab, keeping: settings))
                } catch {
                    faults.append(ConfigurationFault(path: crontab.path, line: entry.line, message: error.message))
                }
            }
        }
        tasks.sort { $0.name < $1.name }
        return (tasks, faults)
    }
}

/// One pass over crontabs, with what its tasks share.
private struct CrontabTaskSession {
    private struct ScheduleKey: Hashable {
        var timeText: String
        var time: CrontabEntry.Time
        var zone: String?
    }

    private struct SettingsKey: Hashable {
        var user: String
        var variables: [CrontabEntry.Variable]
    }

    private let zones: (ZoneID) throws -> ZoneRules
    private let defaultZone: ZoneRules
    private let accounts: CrontabAccounts
    private var names = CrontabTaskNames()
    private var rules = CronClockRules()
    private var parts = SharedParts()
    private var schedules: [ScheduleKey: TaskSchedule?] = [:]
    private var settings: (key: SettingsKey, value: CommandSettings)?

    init(zones: @escaping (ZoneID) throws -> ZoneRules, defaultZone: ZoneRules, host: ConfigurationHost) {
        self.zones = zones
        self.defaultZone = defaultZone
        accounts = CrontabAccounts(host: host)
    }

    mutating func task(
        of entry: CrontabEntry,
        in crontab: Crontab,
        keeping keep: CronSettings
    ) throws(CrontabFault) -> TaskDefinition {
        // A line that has no task has its name none the less: those of the others stay as they are.
        let name = names.name(of: entry, in: crontab)
        let user = try accounts.user(named: entry.user ?? crontab.userName)
        var settings = settings(of: entry, for: user)
        settings.standardInput = entry.standardInput
        var task = TaskDefinition(
            name: name,
            command: entry.command,
            summary: CrontabComment.summary(of: entry.comment),
            schedule: try schedule(of: entry),
            onOverlap: .queue,
            maxConcurrent: CrontabTask.maxConcurrent,
            settings: settings,
            catchUp: .skip,
            keepRuns: keep.keepRuns,
            keepFor: keep.keepFor
        )
        task.crontabLine = CrontabLine(file: crontab.path, number: entry.line)
        parts.share(in: &task)
        return task
    }

    private mutating func schedule(of entry: CrontabEntry) throws(CrontabFault) -> TaskSchedule? {
        let zoneName = entry.value(of: "CRON_TZ")
        let key = ScheduleKey(timeText: entry.timeText, time: entry.time, zone: zoneName)
        if let known = schedules[key] { return known }
        var zone = defaultZone
        if let zoneName {
            do {
                zone = try zones(ZoneID(zoneName))
            } catch {
                throw CrontabFault("CRON_TZ: \(error)")
            }
        }
        let schedule = entry.schedule(in: zone, hasOwnZone: zoneName != nil, &rules)
        schedules[key] = .some(schedule)
        return schedule
    }

    private mutating func settings(of entry: CrontabEntry, for user: CrontabAccounts.User) -> CommandSettings {
        // Neighbours mostly have the same.
        let key = SettingsKey(user: user.account.name, variables: entry.variables)
        if let settings, settings.key == key { return settings.value }
        let account = user.account
        var environment: [String: String] = [:]
        // Whatever a crontab says of it, LOGNAME is the user's.
        for variable in entry.variables where variable.name != "LOGNAME" { environment[variable.name] = variable.value }
        var value = CommandSettings(
            identity: user.identity,
            environment: environment,
            mail: CrontabMail.settings(entry, user: account.name, home: account.home)
        )
        value.followCron(home: account.home)
        settings = (key, value)
        return value
    }
}

/// What sets the task of a crontab line apart from others.
package enum CrontabTask {
    /// cron starts a job whether or not the one before still runs: as many as can be.
    package static let maxConcurrent = 1024
}

extension CrontabEntry {
    /// When it is due; nil where that never is.
    ///
    /// Its text is what the crontab says where that means the same here, else the expression in its canonical form.
    func schedule(in zone: ZoneRules, hasOwnZone: Bool, _ rules: inout CronClockRules) -> TaskSchedule? {
        switch time {
        case .reboot:
            guard let expression = try? CronExpression("@reboot") else {
                preconditionFailure("@reboot is no expression")
            }
            return TaskSchedule(text: "@reboot", schedule: Schedule(expression, in: zone), hasOwnZone: hasOwnZone)
        case .fields(let fields):
            guard let expression = fields.expression else { return nil }
            let means = try? CronExpression(timeText)
            return TaskSchedule(
                text: means == expression ? timeText : expression.description,
                schedule: rules.schedule(expression, followsClock: fields.followsClock, in: zone),
                hasOwnZone: hasOwnZone
            )
        }
    }
}

extension Crontab {
    /// Whose lines they are that name no user; never asked of a system crontab, of which every line names one.
    fileprivate var userName: String {
        if case .user(let name) = owner { name } else { "" }
    }
}
