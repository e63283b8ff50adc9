import AlmanacConfig
import ArgumentParser
import Glibc

/// `almanac import systemd`: timers with their services as tasks.
struct ImportSystemdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd",
        abstract: "Turn timers of systemd, with their services, into tasks.",
        discussion: """
            The tasks go to standard output, as text of almanac.toml, and the account of them to standard error: a line for each \
            setting whose meaning here is not exactly what it was, and one for each timer. No running systemd is asked; the \
            files are read, drop-ins included. The exit code is 1 if a timer could not be imported.
            """
    )

    @Argument(
        help: ArgumentHelp("The timer, by its name or the path of its file: 'fstrim.timer'.", valueName: "unit.timer")
    )
    var units: [String]

    @Flag(help: "Append the tasks to the configuration file in place of printing them.")
    var write = false

    @Flag(help: "Print one object of JSON: the tasks, their text and the account of them.")
    var json = false

    @OptionGroup var configuration: ConfigurationOptions

    func run() throws {
        let result = SystemdImport(units, folders: UnitFolders())
        let machine = Machine.current()
        var isComplete = result.account.failedSources == 0
        var lines = result.account.lines(noun: "timer", taskCount: result.configuration.tasks.count)
        var report: ImportReport.Written?
        if write {
            let path = configuration.path(on: machine)
            let written = try result.configuration.append(to: path, reader: ConfigurationReader(machine))
            lines += written.lines(path: path)
            report = ImportReport.Written(path: path, added: written.added, taken: written.taken)
            isComplete = isComplete && written.taken.isEmpty
        }
        lines += result.advice
        if json {
            try StepReport(json: true).print(
                ImportReport(
                    complete: isComplete,
                    tasks: result.configuration.tasks.map(\.name),
                    toml: write ? nil : result.configuration.text,
                    written: report,
                    account: lines
                )
            )
            if !isComplete { throw CommandFailure.silent(status: ExitStatus.failure) }
            return
        }
        if !write {
            var output = OutputBuffer(descriptor: STDOUT_FILENO)
            output.append(result.configuration.text)
            try output.flush()
        }
        for line in lines { tell(line) }
        if !isComplete { throw CommandFailure.silent(status: ExitStatus.failure) }
    }
}

extension ImportedConfiguration.Written {
    /// What became of the tasks, a line for each kind.
    func lines(path: String) -> [String] {
        var lines: [String] = []
        if !added.isEmpty { lines.append("added to \(path): \(added.joined(separator: ", "))") }
        if !taken.isEmpty {
            lines.append("not added, for \(path) has tasks of these names: \(taken.joined(separator: ", "))")
        }
        return lines.map(\.printable)
    }
}

/// The import of some timers.
struct SystemdImport {
    private(set) var configuration = ImportedConfiguration()
    private(set) var account = ImportAccount()
    private var imported: [String] = []

    init(_ units: [String], folders: UnitFolders) {
        for unit in units {
            do throws(UnitFolders.Fault) {
                try add(unit, folders)
            } catch {
                account.failed(unit, error.message)
            }
        }
    }

    private mutating func add(_ unit: String, _ folders: UnitFolders) throws(UnitFolders.Fault) {
        guard UnitName(unit).type == "timer" else {
            throw UnitFolders.Fault(message: "it is not a timer; expected a name or a path that ends in .timer")
        }
        let timer = try folders.unit(unit)
        let name = UnitName(timer.name)
        let specifiers = UnitSpecifiers(unit: name)
        let serviceName =
            timer.last("Timer", "Unit").map { specifiers.expanded($0.value).text } ?? "\(name.stem).service"
        guard UnitName(serviceName).type == "service" else {
            throw UnitFolders.Fault(message: "it starts \(serviceName), which is not a service")
        }
        let service: UnitFile
        do throws(UnitFolders.Fault) {
            service = try folders.unit(serviceName, beside: unit.contains("/") ? timer.path : nil)
        } catch {
            throw UnitFolders.Fault(message: "its unit \(serviceName): \(error.message)")
        }
        let result = TimerImport(timer, service: service, account: account) { unsafe access($0, R_OK) == 0 }
        account = result.account
        guard !result.tasks.isEmpty else {
            throw UnitFolders.Fault(message: "it names no time that can be had here")
        }
        let first = configuration.tasks.count
        for task in result.tasks { configuration.add(task) }
        account.imported(timer.name, as: configuration.tasks[first...].map(\.name))
        imported.append(timer.name)
    }

    /// What is to be done so that nothing runs twice.
    var advice: [String] {
        guard !imported.isEmpty else { return [] }
        return ["Once Almanac runs these tasks: systemctl disable --now \(imported.joined(separator: " "))".printable]
    }
}
