import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Glibc

/// Goes over configurations and crontabs with every rule.
struct Linter {
    let machine: Machine
    let host: ConfigurationHost
    let circumstances: LintCircumstances
    private(set) var findings: [LintFinding] = []
    private(set) var jobs: [LintJob] = []

    init(machine: Machine, host: ConfigurationHost) {
        self.machine = machine
        self.host = host
        circumstances = LintCircumstances(
            now: machine.now.timestamp,
            hasMailer: unsafe access("/usr/sbin/sendmail", X_OK) == 0,
            // What systemd gives to services, and what the caller has.
            daemonPath: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
                + (machine.environment["PATH"].map { ":\($0)" } ?? "")
        )
    }

    /// Takes the tasks of a configuration file; answers the configuration, or nil where it has faults.
    @discardableResult
    mutating func addConfiguration(path: String) -> Configuration? {
        let text = (try? LocalFile.read(path)) ?? nil
        do {
            let configuration = try ConfigurationReader(machine).read(path: path)
            for warning in configuration.warnings { add(warning, rule: "configuration", isFault: false) }
            let lines = TaskLines(of: text ?? "")
            for task in configuration.tasks {
                jobs.append(LintJob(task, path: path, line: lines[task.name], host: host))
            }
            return configuration
        } catch {
            for fault in error.faults { add(fault, rule: "configuration", isFault: true) }
            return nil
        }
    }

    /// Takes the lines of crontabs.
    ///
    /// - Parameter zone: the machine's, which cron goes by.
    mutating func add(_ sources: CrontabSources, zone: ZoneRules) {
        for refusal in sources.refusals { add(refusal, rule: "crontab-file", isFault: true) }
        let maker = CrontabTaskMaker(zones: machine.zones.rules, defaultZone: zone, host: host)
        let made = maker.tasks(of: sources.crontabs)
        for fault in made.faults { add(fault, rule: "crontab", isFault: true) }
        let tasks = Dictionary(
            made.tasks.compactMap { task in task.crontabLine.map { ($0, task) } },
            uniquingKeysWith: { first, _ in first }
        )
        var accounts: [String: Account?] = [:]
        for crontab in sources.crontabs {
            for (remarks, isFault) in [(crontab.faults, true), (crontab.warnings, false)] {
                for remark in remarks {
                    findings.append(
                        LintFinding(
                            path: crontab.path,
                            line: remark.line,
                            rule: "crontab",
                            isFault: isFault,
                            message: remark.message
                        )
                    )
                }
            }
            for entry in crontab.entries {
                let job = CronJob(entry, owner: crontab.owner) { name in
                    if let known = accounts[name] { return known }
                    let found = (try? host.accounts.account(named: name)) ?? nil
                    accounts[name] = .some(found)
                    return found
                }
                // Of a line that is not taken more has been said already.
                guard let task = tasks[CrontabLine(file: crontab.path, number: entry.line)] else { continue }
                jobs.append(LintJob(job, path: crontab.path, task: task, host: host))
            }
        }
    }

    /// Asks every rule. What is said of each line of a file in the same words is said once.
    mutating func run() {
        var perFile: Set<String> = []
        for job in jobs {
            for rule in LintRules.all {
                for message in rule.messages(for: job, circumstances) {
                    if rule is MailerRule || rule is LiteralVariableRule {
                        guard perFile.insert("\(job.path)\u{0}\(message)").inserted else { continue }
                    }
                    findings.append(
                        LintFinding(path: job.path, line: job.line, task: job.name, rule: rule.name, message: message)
                    )
                }
            }
        }
        findings += ClusterRule().findings(for: jobs, circumstances)
    }

    private mutating func add(_ fault: ConfigurationFault, rule: String, isFault: Bool) {
        let place = [fault.table.map { "[\($0)]" }, fault.key].compactMap(\.self).joined(separator: " ")
        findings.append(
            LintFinding(
                path: fault.path,
                line: fault.line,
                task: place.isEmpty ? nil : place,
                rule: rule,
                isFault: isFault,
                message: fault.message
            )
        )
    }
}

/// The lines on which the tables of tasks begin: `[tasks.NAME]`.
struct TaskLines {
    private var lines: [String: Int] = [:]

    init(of text: String) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let header = line.drop { $0 == " " || $0 == "\t" }
            guard header.hasPrefix("[tasks."), let end = header.lastIndex(of: "]") else { continue }
            let name = header[..<end].dropFirst("[tasks.".count).filter { $0 != "\"" && $0 != "'" }
            if lines[name] == nil { lines[name] = index + 1 }
        }
    }

    /// Nil where the task is written otherwise.
    subscript(name: String) -> Int? { lines[name] }
}
