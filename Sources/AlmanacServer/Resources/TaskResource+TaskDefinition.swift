import AlmanacAPI
import AlmanacCalendar
import AlmanacModel

extension TaskResource {
    /// - Parameters:
    ///   - pause: the one that is in force, if one is.
    ///   - now: what its next firing is after.
    init(_ task: TaskDefinition, pause: TaskPause?, now: Timestamp) {
        self.init(name: task.name, apiTrigger: task.allowsAPITrigger)
        kind = "task"
        group = task.group
        description = task.summary
        if let schedule = task.schedule {
            cron = schedule.cron
            onCalendar = schedule.onCalendar
            timezone = schedule.schedule.zone.id.name
            if task.hold == nil {
                nextRunAt = schedule.schedule.firing(after: now, heldBy: pause)?.description
            }
        }
        crontabFile = task.crontabLine?.file
        crontabLine = task.crontabLine.map { Int64($0.number) }
        held = task.hold
        pausedSince = pause?.since.description
        pausedUntil = pause?.until?.description
        onOverlap = task.onOverlap.rawValue
        maxConcurrent = Int64(task.maxConcurrent)
        queueMax = Int64(task.queueMax)
        catchUp = task.catchUp.rawValue
        maxCatchUpRuns = Int64(task.maxCatchUpRuns)
        runOnStart = task.runsOnStart
        retryAttempts = Int64(task.retry.attempts)
        retryDelay = Self.nanoseconds(task.retry.delay)
        retryBackoff = task.retry.backoff.rawValue
        timeout = task.timeout.map { Self.nanoseconds($0) }
        gracefulStop = Self.nanoseconds(task.gracefulStop)
        jitter = Self.nanoseconds(task.jitter)
        keepFor = task.keepFor.map { Self.nanoseconds($0) }
        keepRuns = task.keepRuns.map { Int64($0) }
        parameters = ParameterResource.list(of: task)
        show(task.settings)
        if let schedule = task.schedule?.schedule { show(schedule) }
    }

    /// What of its rules at clock changes is not the usual.
    private mutating func show(_ schedule: Schedule) {
        if schedule.gap != .run { dstGap = schedule.gap.rawValue }
        if schedule.fold != .first { dstFold = schedule.fold.rawValue }
        if !schedule.hourly { dstHourly = false }
    }

    /// What may be known of the command's process; none of the secrets.
    private mutating func show(_ settings: CommandSettings) {
        exitCodes = settings.successExitCodes.sorted().map { Int64($0) }
        stopSignal = Self.signalName(settings.stopSignal)
        workingDir = settings.workingDirectory
        shell = settings.shell
        umask = settings.umask.map { mask in
            let digits = String(mask, radix: 8)
            return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        }
        user = settings.identity?.text
        env = settings.environment.isEmpty ? nil : settings.environment
        envFile = settings.environmentFile
        secretsFile = settings.secretsFile
        logMaxSize = settings.logMaxSize
        logOnFull = settings.logOnFull.rawValue
        memoryMax = settings.limits.memoryMax
        cpuWeight = settings.limits.cpuWeight.map { Int64($0) }
        tasksMax = settings.limits.tasksMax.map { Int64($0) }
        logTo = CommandSettings.LogTarget.allCases.filter { settings.logTargets.contains($0) }.map(\.rawValue)
        if settings.conventions != .almanac { conventions = settings.conventions.rawValue }
        mailTo = settings.mail?.to
        mailFrom = settings.mail?.from
        mailOn = settings.mail?.on.rawValue
    }

    /// The name of a signal that the configuration takes; the number of any other.
    private static func signalName(_ number: Int32) -> String {
        switch number {
        case 1: "SIGHUP"
        case 2: "SIGINT"
        case 3: "SIGQUIT"
        case 9: "SIGKILL"
        case 10: "SIGUSR1"
        case 12: "SIGUSR2"
        case 15: "SIGTERM"
        default: String(number)
        }
    }

    /// A duration in nanoseconds; clamped to what 64 bits hold, 292 years.
    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, sumOverflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }
}

extension ParameterResource {
    /// Those of a task; nil where it has none.
    static func list(of task: TaskDefinition) -> [ParameterResource]? {
        task.parameters.isEmpty ? nil : task.parameters.map { ParameterResource($0) }
    }

    init(_ parameter: ParameterDefinition) {
        self.init(
            kind: parameter.kind.rawValue,
            key: parameter.key,
            type: parameter.type.rawValue,
            defaultValue: parameter.defaultValue,
            choices: parameter.choices.isEmpty ? nil : parameter.choices,
            allowCustom: parameter.allowsCustom,
            description: parameter.summary,
            required: parameter.isRequired
        )
    }
}

extension TaskBrief {
    init(_ task: TaskDefinition) {
        self.init(
            name: task.name,
            apiTrigger: task.allowsAPITrigger,
            kind: "task",
            group: task.group,
            cron: task.schedule?.cron,
            onCalendar: task.schedule?.onCalendar,
            onOverlap: task.onOverlap.rawValue,
            maxConcurrent: Int64(task.maxConcurrent),
            catchUp: task.catchUp.rawValue,
            parameters: ParameterResource.list(of: task)
        )
    }
}

extension OccurrenceResource {
    init(_ occurrence: Occurrence, in zone: ZoneRules) {
        self.init(
            at: occurrence.at.description,
            local: "\(zone.wallTime(at: occurrence.at))\(zone.offset(at: occurrence.at))",
            tick: occurrence.tick?.description,
            kind: occurrence.kind.rawValue,
            reason: occurrence.reason?.rawValue
        )
    }
}
