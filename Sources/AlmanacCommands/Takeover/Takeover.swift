import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Glibc

/// The steps of a takeover and of its undoing. Each tells on standard output what it has done.
///
/// The record is written before the first step, and what an undoing does follows from the record and from what it finds: so both can be
/// killed between any two steps and undone, or undone again.
struct Takeover {
    let systemd: SystemdControl
    let machine: Machine
    let report: StepReport

    /// How long the daemon has to take up the crontabs, and to let them go once cron has ended. The second ends well before the next minute.
    private static let secondsToLoad = 30
    private static let secondsToRelease = 10
    private static let serviceUnits = ServiceVariant.system.units

    private var socket: String { systemd.folders.socket }
    private var dataFolder: String { systemd.folders.data }

    // MARK: Taking over

    /// Carries a plan out; puts everything back where a step fails.
    func take(_ plan: TakeoverPlan) throws {
        ignoreTerminalSignals()
        makeDataFolder()
        var record = TakeoverRecord(
            units: plan.cron.units,
            configPath: plan.config,
            configExisted: plan.configExisted,
            change: plan.edit.change,
            installsService: plan.installsService,
            service: plan.service
                ?? TakeoverRecord.Unit(name: "almanac.service", wasActive: false, unitFileState: "not-found"),
            startedAt: "\(machine.now.timestamp)"
        )
        try record.write(in: dataFolder)
        do {
            try load(plan)
            try handOver(plan)
            record.state = .done
            try record.write(in: dataFolder)
        } catch {
            tell("Error: \(Self.text(of: error))")
            try say("putting everything back")
            try undo(record)
            throw CommandFailure("nothing was taken over: cron runs as before")
        }
        try say("Almanac runs the crontabs now: 'almanac list' shows them; 'almanac takeover --undo' puts cron back")
    }

    /// Has the daemon take up the crontabs, which it holds while cron runs.
    private func load(_ plan: TakeoverPlan) throws {
        if plan.edit.change != .none {
            try LocalFile.write(plan.edit.text, to: plan.config)
            try say("wrote [cron] crontabs = true to \(plan.config)")
        }
        if plan.installsService {
            try ServiceInstallation(
                variant: .system,
                program: ServiceInstallCommand.program(for: .system),
                systemd: systemd,
                report: report
            ).install()
        } else if plan.service?.wasActive == true {
            try systemd.systemctl(["reload", "almanac.service"])
            try say("the daemon has read \(plan.config)")
        } else {
            try systemd.systemctl(["--quiet", "enable"] + Self.serviceUnits)
            try systemd.systemctl(["start"] + Self.serviceUnits)
            try say("started \(Self.serviceUnits.joined(separator: ", "))")
        }
        let outcome = DaemonCrontabs.wait(socket: socket, seconds: Self.secondsToLoad) { $0.has(plan.taskNames) }
        guard outcome.isReached else {
            let missing = plan.taskNames.filter { outcome.last?.holds[$0] == nil }.sorted()
            throw CommandFailure(
                outcome.last == nil
                    ? "the daemon does not answer on \(socket); '\(systemd.journalCommand)' has more"
                    : "the daemon has not taken up \(missing.prefix(3).joined(separator: ", ")); '\(systemd.journalCommand)' has more"
            )
        }
    }

    /// Stops cron between two minutes, and sees that the daemon lets the lines go.
    private func handOver(_ plan: TakeoverPlan) throws {
        let units = plan.cron.units.filter { !$0.wasMasked }
        if units.contains(where: \.wasActive) { try waitForWindow() }
        for unit in units {
            if unit.wasActive { try systemd.systemctl(["stop", unit.name]) }
            try systemd.systemctl(["--quiet", "mask", unit.name])
            try say("\(unit.wasActive ? "stopped and masked" : "masked") \(unit.name)")
        }
        let outcome = DaemonCrontabs.wait(socket: socket, seconds: Self.secondsToRelease) { $0.runs(plan.taskNames) }
        guard outcome.isReached else {
            let reason = outcome.last?.holds.values.compactMap { $0 }.first
            throw CommandFailure(
                "the daemon is not ready to run the lines: \(reason ?? "it does not answer on \(socket)"); "
                    + "'\(systemd.journalCommand)' has more"
            )
        }
    }

    // MARK: Undoing

    /// Puts back what a takeover has changed, however far it came.
    func undo(_ record: TakeoverRecord) throws {
        ignoreTerminalSignals()
        var record = record
        record.state = .undoing
        try record.write(in: dataFolder)
        try startCron(record)
        let existing = try LocalFile.read(record.configPath)
        let isPristine = try restoreConfiguration(record, existing)
        try restoreService(record, isPristine: isPristine)
        try LocalFile.remove(TakeoverRecord.path(in: dataFolder))
    }

    /// Starts cron between two minutes: it begins with the next one, and the daemon holds the lines before that.
    private func startCron(_ record: TakeoverRecord) throws {
        let now = record.units.compactMap { unit in CronUnits.unit(unit.name, systemd).map { (was: unit, is: $0.unit) }
        }
        let toStart = now.filter { $0.was.wasActive && !$0.is.wasActive }
        if !toStart.isEmpty { try waitForWindow() }
        for unit in now where unit.is.wasMasked && !unit.was.wasMasked {
            try systemd.systemctl(["--quiet", "unmask", unit.was.name])
            try say("unmasked \(unit.was.name)")
        }
        for unit in toStart {
            try systemd.systemctl(["start", unit.was.name])
            try say("started \(unit.was.name)")
        }
        guard !toStart.isEmpty else { return }
        let outcome = DaemonCrontabs.wait(socket: socket, seconds: 2) { $0.isHeldEverywhere }
        if !outcome.isReached, outcome.last != nil {
            // Without the lines in its configuration it cannot run them either.
            try say("the daemon does not hold the lines yet")
        }
    }

    /// Takes the key out of the configuration.
    ///
    /// - Returns: whether what is left is nobody's: the file was made by the takeover and has got nothing else.
    private func restoreConfiguration(_ record: TakeoverRecord, _ existing: String?) throws -> Bool {
        guard record.change != .none, let existing else { return false }
        guard let text = CrontabsKey.undo(record.change, in: existing) else {
            if existing.contains("crontabs") {
                tell(
                    "warning: \(record.configPath) has been changed since: remove crontabs = true from its table [cron], if it is there"
                )
            }
            return false
        }
        let isNobodys = !record.configExisted && text.allSatisfy(\.isWhitespace)
        if isNobodys {
            try LocalFile.remove(record.configPath)
            try say("removed \(record.configPath)")
        } else if text != existing {
            try LocalFile.write(text, to: record.configPath)
            try say("took [cron] crontabs = true out of \(record.configPath)")
        }
        return isNobodys
    }

    private func restoreService(_ record: TakeoverRecord, isPristine: Bool) throws {
        let isActive = CronUnits.unit("almanac.service", systemd)?.unit.wasActive ?? false
        if record.installsService, isPristine || !hasTasks(record.configPath) {
            try ServiceInstallation(
                variant: .system,
                program: ServiceInstallCommand.program(for: .system),
                systemd: systemd,
                report: report
            ).uninstall()
        } else if !record.service.wasActive, !record.installsService {
            if record.service.unitFileState != "enabled" {
                try systemd.systemctl(["--quiet", "disable"] + Self.serviceUnits)
            }
            try systemd.systemctl(["stop"] + Self.serviceUnits)
            try say("stopped \(Self.serviceUnits.joined(separator: ", "))")
        } else if isActive {
            try systemd.systemctl(["reload", "almanac.service"])
            try say("the daemon has read \(record.configPath)")
        }
    }

    /// Whether a configuration has tasks of its own, or might have.
    private func hasTasks(_ path: String) -> Bool {
        guard LocalFile.exists(path) else { return false }
        guard let configuration = try? ConfigurationReader(machine).read(path: path) else { return true }
        return !configuration.tasks.isEmpty || !configuration.cron.places.isEmpty
    }

    // MARK: -

    private func waitForWindow() throws {
        let wait = HandoverWindow.wait(from: Machine.currentTime().timestamp.secondsSinceEpoch)
        guard wait > 0 else { return }
        try say("waiting \(wait)s, until this minute's jobs have been started")
        while HandoverWindow.wait(from: Machine.currentTime().timestamp.secondsSinceEpoch) > 0 { usleep(100_000) }
    }

    /// A terminal that goes away, or an impatient finger, ends nothing half-way.
    private func ignoreTerminalSignals() {
        for number in [SIGINT, SIGHUP] { _ = signal(number, SIG_IGN) }
    }

    private func makeDataFolder() {
        // The unit gives it the same mode.
        _ = unsafe mkdir(dataFolder, 0o700)
    }

    private static func text(of error: any Error) -> String {
        (error as? CommandFailure)?.message ?? "\(error)"
    }

    private func say(_ line: String) throws {
        try report.say(line)
    }
}
