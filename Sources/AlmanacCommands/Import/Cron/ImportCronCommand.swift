import AlmanacConfig
import AlmanacDaemon
import AlmanacModel
import ArgumentParser
import Glibc

/// `almanac import cron`: the lines of crontabs as tasks.
struct ImportCronCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron",
        abstract: "Turn the lines of crontabs into tasks.",
        discussion: """
            The tasks go to standard output, as text of almanac.toml, and the account of them to standard error: what became of each \
            line, each doubt, and a count of all lines. The tasks run the same commands at the same times, clock changes included, \
            as the crontabs' lines under cron. The exit code is 1 if a line could not be imported.

            Files in /var/spool/cron/crontabs are those of the users that they are named after, and /etc/crontab and the files of \
            /etc/cron.d have a user column.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The crontab, or - for standard input; by default your own, with --system those of /etc.",
            valueName: "file"
        ),
        completion: .file()
    )
    var files: [String] = []

    @Flag(help: "The lines have a user column, as in /etc/crontab.")
    var system = false

    @Flag(help: "Append the tasks to the configuration file in place of printing them.")
    var write = false

    @Flag(help: "Print one object of JSON: the tasks, their text and the account of them.")
    var json = false

    @OptionGroup var configuration: ConfigurationOptions

    func run() throws {
        let machine = Machine.current()
        let host = ConfigurationHost(processWith: machine.environment)
        let reader = ConfigurationReader(machine)
        let maker = CrontabTaskMaker(zones: machine.zones.rules, defaultZone: machine.localZone(), host: host)
        let result = CronImport(try sources(host), maker: maker)

        var lines = result.account
        var toml: String?
        var report: ImportReport.Written?
        var names: [String] = []
        if write {
            let path = configuration.path(on: machine)
            let isNew = try LocalFile.read(path) == nil
            let imported =
                isNew
                ? result.configuration(.newFile)
                : result.configuration(.appended, beside: try configuration.read(on: machine).tasks)
            let written = try imported.append(to: path, reader: reader)
            names = imported.tasks.map(\.name)
            report = ImportReport.Written(path: path, added: written.added, taken: written.taken)
            lines += written.lines(path: path)
            lines += result.differences(in: try configuration.read(on: machine), of: imported)
            if !written.added.isEmpty { lines.append("Let the daemon take them: almanac reload") }
        } else {
            let imported = result.configuration(.text)
            do throws(ConfigurationFaults) {
                lines += result.differences(
                    in: try reader.read(text: imported.text, path: "almanac.toml"),
                    of: imported
                )
            } catch {
                throw CommandFailure(
                    "the tasks that were made have faults, which is a fault of this program:\n\(error)"
                )
            }
            names = imported.tasks.map(\.name)
            toml = imported.text
        }
        if json {
            try StepReport(json: true).print(
                ImportReport(
                    complete: result.isComplete,
                    tasks: names,
                    toml: toml,
                    written: report,
                    account: lines + result.summary
                )
            )
            if !result.isComplete { throw CommandFailure.silent(status: ExitStatus.failure) }
            return
        }
        if let toml {
            var output = OutputBuffer(descriptor: STDOUT_FILENO)
            output.append(toml)
            try output.flush()
        }
        for line in lines + result.summary { tell(line.printable) }
        if !result.isComplete { throw CommandFailure.silent(status: ExitStatus.failure) }
    }

    /// The crontabs that the arguments name.
    private func sources(_ host: ConfigurationHost) throws(CommandFailure) -> CrontabSources {
        if !files.isEmpty { return try CrontabSources(paths: files, isSystem: system, host: host) }
        if system {
            let places = CronSettings.standardPlaces.filter { $0.kind != .spool }
            return CrontabSources(CrontabCollection.read(places, host: host))
        }
        guard let account = try? host.accounts.account(withID: host.userID) else {
            throw CommandFailure(
                "there is no user with the number \(host.userID), whose crontab it would be; name a file"
            )
        }
        if host.userID == 0 {
            let place = "/var/spool/cron/crontabs/\(account.name)"
            guard unsafe access(place, F_OK) == 0 else {
                throw CommandFailure("there is no crontab of \(account.name) (\(place)); name a file, or give --system")
            }
            return try CrontabSources(paths: [place], isSystem: false, host: host)
        }
        // The spool can be read by root alone, and by crontab(1).
        let listing = SystemTool.run(["crontab", "-l"], capturing: true)
        guard listing.exitCode == 0 else {
            throw CommandFailure(
                "'crontab -l' gives no crontab of \(account.name) (exit code \(listing.exitCode)); name a file"
            )
        }
        let crontab = Crontab(parsing: Array(listing.output.utf8), path: "crontab -l", owner: .user(account.name))
        return CrontabSources(CrontabCollection(crontabs: [crontab]))
    }
}
