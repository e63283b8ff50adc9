import AlmanacConfig
import ArgumentParser
import Glibc

/// `almanac check`: whether a configuration file is right, and what a reload would change.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration file and the crontabs that it names, and say what a reload would change.",
        discussion: """
            Every fault is listed, and the exit code is 1 if there is one. Where a daemon answers whose file this is, it is asked \
            what a reload would change: it compares the file with what is in force, and changes nothing. Without such a daemon \
            the file is checked all the same. What is wrong with a crontab is a warning: its good lines are run.
            """
    )

    @OptionGroup var configuration: ConfigurationOptions

    @Option(
        help: ArgumentHelp("The Unix socket of the daemon that is asked, as for other commands.", valueName: "path"),
        completion: .file()
    )
    var socket: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let machine = Machine.current()
        let path = configuration.path(on: machine)
        let socket = ConnectionOptions.socketPath(socket, environment: machine.environment, userID: getuid())
        let result = Result { () throws(ConfigurationFaults) in try ConfigurationReader(machine).read(path: path) }
        let report = CheckReport(
            path: path,
            result: result,
            crontabs: (try? result.get()).map { CrontabReading(of: $0, on: machine) } ?? CrontabReading(),
            socket: socket,
            preview: try waitForTask { await ReloadPreview.ask(socket: socket, about: path) }
        )
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if json {
            report.appendJSON(to: &output)
        } else {
            if !report.complaints.isEmpty { tell(report.complaints.map(\.printable).joined(separator: "\n")) }
            report.write(to: &output)
        }
        try output.flush()
        if report.hasFaults { throw CommandFailure.silent(status: ExitStatus.failure) }
    }
}
