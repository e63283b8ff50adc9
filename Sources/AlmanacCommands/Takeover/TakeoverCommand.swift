import AlmanacConfig
import AlmanacDaemon
import AlmanacModel
import ArgumentParser
import Glibc

/// `almanac takeover`: puts the daemon in cron's place, or cron back in its own.
struct TakeoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "takeover",
        abstract: "Stop and mask cron, and run the same crontabs here; or undo that.",
        discussion: """
            It shows what it finds and what it would do, and asks once. Where a step fails or the daemon does not become ready, \
            everything is put back. No job runs twice and none is left out: cron is stopped between two minutes, and the daemon holds the \
            lines until it has ended.
            """
    )

    @Flag(help: "Show the plan, and change nothing.")
    var dryRun = false

    @Flag(help: "Put cron back as it was.")
    var undo = false

    @Flag(help: "Do it without asking.")
    var yes = false

    @Flag(help: "Print lines of JSON: the plan, then each step. It does not ask: it takes --yes or --dry-run.")
    var json = false

    func validate() throws {
        guard json, !yes, !dryRun else { return }
        throw ValidationError("--json does not ask: give --yes or --dry-run with it.")
    }

    private static let years = 10

    func run() throws {
        let machine = Machine.current()
        guard geteuid() == 0 else {
            throw CommandFailure(
                "a takeover takes root, which reads all users' crontabs and stops cron: sudo almanac takeover"
            )
        }
        let systemd = try Self.systemd(machine)
        if undo { return try runUndo(systemd, machine) }
        if let record = try TakeoverRecord.read(in: systemd.folders.data), !dryRun {
            throw CommandFailure(
                record.state == .done
                    ? "cron has been taken over at \(record.startedAt) already; 'almanac takeover --undo' puts it back"
                    : "a takeover of \(record.startedAt) was interrupted; 'almanac takeover --undo' puts cron back first"
            )
        }
        let plan = try Self.plan(systemd, machine)
        if json {
            try report.print(TakeoverPlan.Report(plan))
        } else {
            for line in plan.lines { try report.say(line) }
        }
        guard !dryRun else { return }
        try confirm(plan.proof.isEqual ? "Take over?" : "Take over, with the differences?")
        try Takeover(systemd: systemd, machine: machine, report: report).take(plan)
    }

    private var report: StepReport { StepReport(json: json) }

    private struct Planned: Encodable {
        let planned: String
    }

    /// Tells what is going to be done.
    private func plan(_ line: String) throws {
        if json { try report.print(Planned(planned: line)) } else { try report.say(line) }
    }

    private func runUndo(_ systemd: SystemdControl, _ machine: Machine) throws {
        guard let record = try TakeoverRecord.read(in: systemd.folders.data) else {
            throw CommandFailure(
                "nothing has been taken over: there is no \(TakeoverRecord.path(in: systemd.folders.data)); "
                    + "'systemctl unmask cron' and 'systemctl start cron' bring cron back"
            )
        }
        for unit in record.units {
            let state = unit.wasActive ? "running, \(unit.unitFileState)" : "not running, \(unit.unitFileState)"
            try plan("\(unit.name): back to what it was: \(state)")
        }
        if record.change != .none { try plan("\(record.configPath): without [cron] crontabs = true") }
        if record.installsService {
            try plan("almanac.service: taken away again, unless it has other tasks by now")
        }
        guard !dryRun else { return }
        try confirm("Put cron back?")
        try Takeover(systemd: systemd, machine: machine, report: report).undo(record)
    }

    private static func systemd(_ machine: Machine) throws(CommandFailure) -> SystemdControl {
        do {
            return try SystemdControl(isUser: false, environment: machine.environment, userID: geteuid())
        } catch {
            throw CommandFailure(
                "systemd does not run this machine. By hand: write [cron] crontabs = true into the configuration, start 'almanac daemon', "
                    + "which holds the lines while cron runs, then stop cron and see that it does not start at the next boot"
            )
        }
    }

    /// Asks on the terminal.
    ///
    /// - Throws: for any answer but yes, and where there is nobody to ask.
    private func confirm(_ question: String) throws {
        guard !yes else { return }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure("there is no terminal to ask on: look at the plan with --dry-run, then say --yes")
        }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        output.append("\(question) [y/N] ")
        try output.flush()
        let answer = (readLine() ?? "").lowercased()
        guard answer == "y" || answer == "yes" else { throw CommandFailure("nothing has been done") }
    }

    private static func plan(_ systemd: SystemdControl, _ machine: Machine) throws -> TakeoverPlan {
        let host = ConfigurationHost(processWith: machine.environment)
        let service = CronUnits.unit("almanac.service", systemd)?.unit
        let properties = systemd.properties(of: "almanac.service")
        if service != nil, let user = properties["User"], user != "root", !user.isEmpty {
            throw CommandFailure(
                "almanac.service runs as \(user), and only root can run the jobs of all users: "
                    + "'almanac service uninstall', then 'almanac service install', then take over"
            )
        }
        let config = systemd.folders.config
        let text = try LocalFile.read(config)
        let edit = CrontabsKey.set(in: text ?? "")
        let reader = ConfigurationReader(machine)
        do {
            if text != nil { _ = try reader.read(path: config) }
            let after = try reader.read(text: edit.text, path: config)
            guard CronSettings.standardPlaces.allSatisfy(after.cron.places.contains) else {
                throw CommandFailure(
                    "write crontabs = true into the table [cron] of \(config) by hand, and take over again"
                )
            }
        } catch let error as ConfigurationFaults {
            throw CommandFailure("\(error.description)\nmend the configuration first; nothing has been done")
        }
        let sources = CrontabSources(ofMachine: host)
        let zone = try ProveCommand.machineZone(machine)
        let maker = CrontabTaskMaker(zones: machine.zones.rules, defaultZone: zone, host: host)
        let now = machine.now.timestamp
        let proof = Proof(
            of: sources,
            tasks: nil,
            live: maker,
            machine: (zone, machine.zones.rules, host),
            from: now,
            until: now.advanced(byYears: years)
        )
        return TakeoverPlan(
            cron: CronUnits(systemd),
            sources: sources,
            taskNames: Set(maker.tasks(of: sources.crontabs).tasks.map(\.name)),
            proof: proof,
            years: years,
            config: config,
            configExisted: text != nil,
            edit: edit,
            service: service
        )
    }
}
