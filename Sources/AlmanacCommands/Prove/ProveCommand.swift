import AlmanacCalendar
import AlmanacConfig
import AlmanacDaemon
import AlmanacModel
import ArgumentParser
import Glibc

/// `almanac prove`: whether crontabs fire here as they do under cron.
struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Compare what cron would do with crontabs and what Almanac does, over the coming years.",
        discussion: """
            Every firing of the next years is compared, clock changes included, and with it the command, its user, its environment, \
            its input, its folder and its mail. Differences that are meant are explained; the exit code is 1 if there is any other. \
            Without a file, all crontabs that cron runs on this machine are compared.
            """
    )

    @Argument(help: ArgumentHelp("Crontabs; - is standard input.", valueName: "crontab"), completion: .file())
    var crontabs: [String] = []

    @Flag(help: "The files have a user column, as /etc/crontab has.")
    var system = false

    @Option(
        help: ArgumentHelp(
            "Compare with the tasks of this configuration file; by default with the crontabs as the daemon runs them.",
            valueName: "file"
        ),
        completion: .file(extensions: ["toml"])
    )
    var config: String?

    @Option(help: ArgumentHelp("How many years are compared, 1 to 100.", valueName: "count"))
    var years = 10

    @Flag(help: "Print one object of JSON.")
    var json = false

    func validate() throws {
        guard (1...100).contains(years) else { throw ValidationError("--years takes a number from 1 to 100.") }
        if crontabs.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input can be read once.") }
    }

    func run() throws {
        let machine = Machine.current()
        let host = ConfigurationHost(processWith: machine.environment)
        let sources =
            crontabs.isEmpty
            ? CrontabSources(ofMachine: host)
            : try CrontabSources(paths: crontabs, isSystem: system, host: host)
        let tasks = try config.map { try Self.tasks(of: $0, on: machine) }
        let zone = try Self.machineZone(machine)
        let now = machine.now.timestamp
        let proof = Proof(
            of: sources,
            tasks: tasks,
            live: CrontabTaskMaker(zones: machine.zones.rules, defaultZone: zone, host: host),
            machine: (zone, machine.zones.rules, host),
            from: now,
            until: now.advanced(byYears: years)
        )
        let report = ProofReport(proof: proof, years: years)
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if json {
            report.appendJSON(to: &output)
        } else {
            report.write(to: &output, colour: Colour(descriptor: STDOUT_FILENO, environment: machine.environment))
        }
        try output.flush()
        if !proof.isEqual { throw CommandFailure.silent(status: ExitStatus.failure) }
    }

    private static func tasks(of path: String, on machine: Machine) throws(CommandFailure) -> [TaskDefinition] {
        do {
            return try ConfigurationReader(machine).read(path: path).tasks
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// The zone that cron goes by.
    static func machineZone(_ machine: Machine) throws(CommandFailure) -> ZoneRules {
        do {
            return try machine.zones.systemRules()
        } catch {
            throw CommandFailure("the system's zone: \(error)")
        }
    }
}

extension Timestamp {
    /// The same date and time in UTC some years later; 29 February becomes 1 March.
    func advanced(byYears years: Int) -> Timestamp {
        let wall = CivilDateTime(wallSeconds: secondsSinceEpoch)
        let year = wall.date.year + years
        let date =
            CivilDate(year: year, month: wall.date.month, day: wall.date.day) ?? CivilDate(year: year, month: 3, day: 1)
        guard let date else { return .maximum }
        return Timestamp(secondsSinceEpoch: CivilDateTime(date: date, time: wall.time).wallSeconds)
    }
}
