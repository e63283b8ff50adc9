package import AlmanacCalendar

/// A task as the configuration defines it.
package struct TaskDefinition: Sendable {
    /// 1 to 100 characters of `[a-zA-Z0-9._:-]`.
    package var name: String
    package var summary: String?
    package var group: String?
    /// The shell text of its command.
    package var command: String
    package var schedule: TaskSchedule?
    /// Whether each start of the daemon makes a run.
    package var runsOnStart: Bool
    package var allowsAPITrigger: Bool
    package var onOverlap: OverlapPolicy
    /// How many runs of the task may be active at a time, 1 to 1024.
    package var maxConcurrent: Int
    /// How many may wait behind them.
    package var queueMax: Int
    /// The time limit of a run; nil for none.
    package var timeout: Duration?
    /// How long a run that is being ended has before it is killed; zero to kill at once.
    package var gracefulStop: Duration
    package var settings: CommandSettings
    package var retry: RetryPolicy
    package var parameters: [ParameterDefinition]
    package var catchUp: CatchUpPolicy
    /// How many catch-up runs are made at a time, 1 or more.
    package var maxCatchUpRuns: Int
    /// The longest delay of a start; each task has its own, which stays the same.
    package var jitter: Duration
    /// How many ended runs are kept; nil for all.
    package var keepRuns: Int?
    /// How long an ended run is kept; nil for ever.
    package var keepFor: Duration?

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
        self.schedule = schedule
        self.runsOnStart = runsOnStart
        self.allowsAPITrigger = allowsAPITrigger
        self.onOverlap = onOverlap
        self.maxConcurrent = maxConcurrent
        self.queueMax = queueMax
        self.timeout = timeout
        self.gracefulStop = gracefulStop
        self.settings = settings
        self.retry = retry
        self.parameters = parameters
        self.catchUp = catchUp
        self.maxCatchUpRuns = maxCatchUpRuns
        self.jitter = jitter
        self.keepRuns = keepRuns
        self.keepFor = keepFor
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
    /// The expression as it was written.
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

    /// Whether it is `@reboot`: no occurrences, a run at each start.
    package var isReboot: Bool { schedule.expression.isReboot }
}

/// What becomes of a run that is due while as many as may be are active.
package enum OverlapPolicy: String, Sendable, CaseIterable {
    /// It waits, first in, first out.
    case queue
    /// It ends at once, `skipped`.
    case skip
    /// The oldest active run is stopped, and this one starts once it is gone.
    case terminate
}
