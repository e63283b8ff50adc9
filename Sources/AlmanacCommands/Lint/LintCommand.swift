import AlmanacCalendar
import AlmanacConfig
import AlmanacDaemon
import ArgumentParser
import Glibc

/// `almanac lint`: what in configurations and crontabs is likely not what somebody meant.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Warn of schedules and commands that do something else than they seem to, with the dates.",
        discussion: """
            Without a file, the configuration in force is looked at, and the crontabs that it runs; with --crontab, all that cron runs \
            on this machine. The exit code is 1 for faults, and with --strict for warnings too.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Configuration files, or with --crontab or --system crontabs; - is a crontab on standard input.",
            valueName: "file"
        ),
        completion: .file()
    )
    var files: [String] = []

    @Flag(help: "The files are crontabs.")
    var crontab = false

    @Flag(help: "The files are crontabs with a user column, as /etc/crontab has.")
    var system = false

    @Flag(help: "Exit with 1 for warnings too.")
    var strict = false

    @Flag(help: "Print one object of JSON.")
    var json = false

    func run() throws {
        let machine = Machine.current()
        let host = ConfigurationHost(processWith: machine.environment)
        let zone = try ProveCommand.machineZone(machine)
        var linter = Linter(machine: machine, host: host)
        if crontab || system {
            linter.add(
                files.isEmpty
                    ? CrontabSources(ofMachine: host)
                    : try CrontabSources(paths: files, isSystem: system, host: host),
                zone: zone
            )
        } else if files.isEmpty {
            let path = DefaultPaths(environment: machine.environment, userID: getuid()).config
            if let places = linter.addConfiguration(path: path)?.cron.places, !places.isEmpty {
                linter.add(CrontabSources(CrontabCollection.read(places, host: host)), zone: zone)
            }
        } else {
            for file in files { linter.addConfiguration(path: file) }
        }
        linter.run()
        let report = LintReport(findings: linter.findings, jobCount: linter.jobs.count)
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if json { report.appendJSON(to: &output) } else { report.write(to: &output) }
        try output.flush()
        if report.faultCount > 0 || strict && !report.findings.isEmpty {
            throw CommandFailure.silent(status: ExitStatus.failure)
        }
    }
}
