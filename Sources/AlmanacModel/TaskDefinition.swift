package import AlmanacCalendar

/// A task as the configuration defines it.
///
/// It is small, for there may be ten thousand: what many tasks have in common they hold together, see `SharedParts`. The
/// properties of its `TaskPolicies` are its own: `task.timeout`.
@dynamicMemberLookup
package struct TaskDefinition: Sendable {
    /// 1 to 100 characters of `[a-zA-Z0-9._:-]`.
    package var name: String
    package var summary: String?
    package var group: String?
    /// The shell text of its command.
    package var command: String
    package var parameters: [ParameterDefinition]
    var sharedSchedule: Shared<TaskSchedule>?
    var sharedPolicies: Shared<TaskPolicies>
    var sharedSettings: Shared<CommandSettings>
    /// Whether each start of the daemon makes a run.
    package var runsOnStart: Bool
    package var allowsAPITrigger: Bool
    /// What sets a crontab's task apart, in one place: most tasks of a configuration have nothing of it.
    private var crontab: Shared<CrontabPart>?

    private struct CrontabPart {
        var line: CrontabLine?
        var hold: String?
    }

    /// Where a task comes from that is a line of a crontab; nil for one of `almanac.toml`.
    package var crontabLine: CrontabLine? {
        get { crontab?.value.line }
        set { setCrontab(CrontabPart(line: newValue, hold: hold)) }
    }

    /// Why its schedule is not in force at present, as a clause: `cron is running (process 412)`; nil where it is.
    ///
    /// Whoever holds it sees to its firings meanwhile: they leave no rows here, and none is missed.
    package var hold: String? {
        get { crontab?.value.hold }
        set { if newValue != hold { setCrontab(CrontabPart(line: crontabLine, hold: newValue)) } }
    }

    private mutating func setCrontab(_ part: CrontabPart) {
        crontab = part.line == nil && part.hold == nil ? nil : Shared(part)
    }

    package var schedule: TaskSchedule? {
        get { sharedSchedule?.value }
        set { sharedSchedule = newValue.map { Shared($0) } }
    }

    package var settings: CommandSettings {
        get { sharedSettings.value }
        set { sharedSettings.value = newValue }
    }

    package subscript<Value>(dynamicMember policy: WritableKeyPath<TaskPolicies, Value>) -> Value {
        get { sharedPolicies.value[keyPath: policy] }
        set { sharedPolicies.value[keyPath: policy] = newValue }
    }

    package init(
        name: String,
        command: String,
        summary: String? = nil,
        group: String? = nil,
        schedule: TaskSchedule? = nil,
        runsOnStart: Bool = false,
        allowsAPITrigger: Bool = true,
        onOverlap: OverlapPolicy = .queue,
        maxConcurrent: Int = 1,
        queueMax: Int = 100,
        timeout: Duration? = nil,
        gracefulStop: Duration = .seconds(5),
        settings: CommandSettings = CommandSettings(),
        retry: RetryPolicy = RetryPolicy(),
        parameters: [ParameterDefinition] = [],
        catchUp: CatchUpPolicy = .latest,
        maxCatchUpRuns: Int = 100,
        jitter: Duration = .zero,
        keepRuns: Int? = nil,
        keepFor: Duration? = nil
    ) {
        self.name = name
        self.command = command
        self.summary = summary
        self.group = group
        self.parameters = parameters
        self.runsOnStart = runsOnStart
        self.allowsAPITrigger = allowsAPITrigger
        sharedSchedule = schedule.map { Shared($0) }
        sharedSettings = Shared(settings)
        sharedPolicies = Shared(
            TaskPolicies(
                onOverlap: onOverlap,
                maxConcurrent: maxConcurrent,
                queueMax: queueMax,
                timeout: timeout,
                gracefulStop: gracefulStop,
                retry: retry,
                catchUp: catchUp,
                maxCatchUpRuns: maxCatchUpRuns,
                jitter: jitter,
                keepRuns: keepRuns,
                keepFor: keepFor
            )
        )
    }

    /// The values of a run that nobody has given any: the parameters' defaults.
    package var defaultParams: [String: String] {
        Dictionary(
            parameters.compactMap { parameter in parameter.defaultValue.map { (parameter.key, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The characters and the length of a task's name, spec/api.md.
    package static func isValidName(_ name: some StringProtocol) -> Bool {
        (1...100).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x3A, 0x2D: true
                default: false
                }
            }
    }
}

/// When a task is due.
package struct TaskSchedule: Sendable {
    /// The expression as it was written, in cron's notation or in systemd's.
    package var text: String
    package var schedule: Schedule {
        didSet { fingerprint = Self.fingerprint(of: schedule) }
    }
    /// Whether the task names a zone of its own; otherwise it follows `[scheduler] timezone`.
    package var hasOwnZone: Bool
    /// What the meaning of the schedule hangs on, for telling an edited one: a hash of canonical expression, zone name and
    /// policies, in 13 characters or less, so that ten thousand of them cost no memory of their own.
    package private(set) var fingerprint: String

    package init(text: String, schedule: Schedule, hasOwnZone: Bool) {
        self.text = text
        self.schedule = schedule
        self.hasOwnZone = hasOwnZone
        fingerprint = Self.fingerprint(of: schedule)
    }

    private static func fingerprint(of schedule: Schedule) -> String {
        let hash = StableHash(
            "\(schedule.expression)",
            schedule.zone.id.name,
            "\(schedule.gap) \(schedule.fold) \(schedule.hourly)"
        )
        return String(hash.value, radix: 36)
    }

    /// The text where it was written in cron's notation, else nil.
    package var cron: String? { schedule.expression.isCalendarEvent ? nil : text }

    /// The text where it was written in systemd's notation, else nil.
    package var onCalendar: String? { schedule.expression.isCalendarEvent ? text : nil }

    /// Whether it is the text that names the zone, as systemd's notation can.
    package var namesZoneInText: Bool {
        hasOwnZone && (onCalendar.map { (try? CalendarEvent($0))?.zone != nil } ?? false)
    }

    /// Whether it is `@reboot`: no occurrences, a run at each start.
    package var isReboot: Bool { schedule.expression.isReboot }
}
