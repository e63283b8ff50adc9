import AlmanacCalendar
import AlmanacConfig
import AlmanacModel

/// What cron does with some crontabs and what is done here, compared over a stretch of time.
struct Proof {
    /// Exclusive.
    let from: Timestamp
    /// Inclusive.
    let until: Timestamp
    /// The machine's zone, which cron goes by.
    let zone: ZoneRules
    private(set) var lines: [LineProof] = []
    /// The files that neither takes, and the lines of files that neither runs.
    private(set) var unread: [ConfigurationFault] = []
    /// The tasks of the configuration that stand for no line.
    private(set) var otherTasks: [String] = []

    /// The changes of the zone's offset in that time.
    var changeCount: Int {
        var count = 0
        var instant = from
        while let transition = zone.transition(after: instant), transition.at <= until {
            count += 1
            instant = transition.at
        }
        return count
    }

    var isEqual: Bool { lines.allSatisfy(\.isExplained) }

    /// - Parameters:
    ///   - tasks: those of an `almanac.toml`; nil for what live crontabs come to.
    ///   - live: makes the tasks of live crontabs.
    init(
        of sources: CrontabSources,
        tasks: [TaskDefinition]?,
        live: CrontabTaskMaker,
        machine: (zone: ZoneRules, zones: @Sendable (ZoneID) throws -> ZoneRules, host: ConfigurationHost),
        from: Timestamp,
        until: Timestamp
    ) {
        (self.from, self.until, zone) = (from, until, machine.zone)
        var accounts: [String: Account?] = [:]
        let account = { (name: String) -> Account? in
            if let known = accounts[name] { return known }
            let found = (try? machine.host.accounts.account(named: name)) ?? nil
            accounts[name] = .some(found)
            return found
        }
        let jobs = sources.crontabs.map { crontab in
            crontab.entries.map { CronJob($0, owner: crontab.owner, account: account) }
        }
        let made = live.tasks(of: sources.crontabs)
        var matching = TaskMatching(live: made.tasks, configured: tasks)
        for (crontab, jobs) in zip(sources.crontabs, jobs) {
            matching.match(jobs, of: crontab)
        }
        unread = sources.refusals
        var judge = LineJudge(machine: machine, from: from, until: until, isLive: tasks == nil)
        for (crontab, jobs) in zip(sources.crontabs, jobs) {
            unread += crontab.faults.map { ConfigurationFault(path: crontab.path, line: $0.line, message: $0.message) }
            let unknown = jobs.first { $0.account == nil }
            let brokenLine = crontab.faults.first.map { Optional($0.line) } ?? unknown.map { Optional($0.line) }
            for job in jobs {
                lines.append(
                    judge.proof(
                        of: job,
                        in: crontab.path,
                        task: matching.task(of: job, in: crontab.path),
                        brokenLine: brokenLine
                    )
                )
            }
        }
        otherTasks = matching.unmatched
    }
}

/// Finds the differences of one line; what has been worked out for other lines with the same times is kept.
private struct LineJudge {
    let machine: (zone: ZoneRules, zones: @Sendable (ZoneID) throws -> ZoneRules, host: ConfigurationHost)
    let from: Timestamp
    let until: Timestamp
    let isLive: Bool
    private var known: [Times: FiringComparison] = [:]

    init(
        machine: (zone: ZoneRules, zones: @Sendable (ZoneID) throws -> ZoneRules, host: ConfigurationHost),
        from: Timestamp,
        until: Timestamp,
        isLive: Bool
    ) {
        (self.machine, self.from, self.until, self.isLive) = (machine, from, until, isLive)
    }

    /// What a comparison hangs on.
    private struct Times: Hashable {
        let fields: CrontabFields
        let cronZone: ZoneID
        let expression: CronExpression?
        let zone: ZoneID?
        let gap: GapPolicy?
        let fold: FoldPolicy?
        let hourly: Bool?
    }

    /// - Parameter brokenLine: the line for which cron ignores the file, nil in it for the file itself; nil where cron reads it.
    mutating func proof(of job: CronJob, in file: String, task: TaskDefinition?, brokenLine: Int??) -> LineProof {
        func proof(_ agreeing: Int, _ findings: [LineProof.Finding]) -> LineProof {
            LineProof(file: file, job: job, taskName: task?.name, agreeing: agreeing, findings: findings)
        }
        guard job.account != nil else {
            let runs = task.map { _ in [LineProof.Finding(.almanacOnly)] } ?? []
            return proof(0, [LineProof.Finding(.noUser(job.userName))] + runs)
        }
        guard let task else { return proof(0, [LineProof.Finding(.noTask)]) }
        var findings: [LineProof.Finding] = []
        if case .some(let line) = brokenLine { findings.append(LineProof.Finding(.brokenFile(line: line))) }
        findings += JobDifference.all(between: job, and: task, host: machine.host).map {
            LineProof.Finding(.setting($0))
        }

        switch job.time {
        case .reboot:
            let isSame = task.schedule?.isReboot == true
            if !isSame || !isLive { findings.append(LineProof.Finding(.reboot)) }
            return proof(0, findings)
        case .fields(let fields):
            let zone = job.zoneName.flatMap { try? machine.zones(ZoneID($0)) } ?? machine.zone
            let comparison = compare(fields, zone, task)
            findings += Self.findings(of: comparison)
            if let name = job.zoneName, zone != machine.zone {
                let ignoring = compare(fields, machine.zone, task)
                let count = ignoring.counts.values.reduce(0, +)
                if count > 0 {
                    findings.append(LineProof.Finding(.zone(name), count: count, instants: ignoring.differences))
                }
            }
            return proof(comparison.agreeing, findings)
        }
    }

    private mutating func compare(_ fields: CrontabFields, _ zone: ZoneRules, _ task: TaskDefinition)
        -> FiringComparison
    {
        let schedule = task.schedule?.schedule
        let times = Times(
            fields: fields,
            cronZone: zone.id,
            expression: schedule?.expression,
            zone: schedule?.zone.id,
            gap: schedule?.gap,
            fold: schedule?.fold,
            hourly: schedule?.hourly
        )
        if let comparison = known[times] { return comparison }
        let comparison = FiringComparison(CronClock(fields: fields, zone: zone), schedule, after: from, through: until)
        known[times] = comparison
        return comparison
    }

    private static func findings(of comparison: FiringComparison) -> [LineProof.Finding] {
        let kinds: [(FiringComparison.Difference.Kind, LineProof.Finding.Kind)] = [
            (.joined, .joined), (.cronOnly, .cronOnly), (.almanacOnly, .almanacOnly),
        ]
        return kinds.compactMap { kind, finding in
            comparison.counts[kind].map { count in
                LineProof.Finding(finding, count: count, instants: comparison.differences.filter { $0.kind == kind })
            }
        }
    }
}
