import AlmanacCalendar
import AlmanacConfig
import ArgumentParser
import Glibc

/// `almanac simulate`: all that a configuration does in a window of time.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "List every firing of the configuration in a window of time, and its busiest minutes."
    )

    @OptionGroup var configuration: ConfigurationOptions

    @Option(help: ArgumentHelp("List what comes after this instant, RFC 3339.", valueName: "time"))
    var from: String

    @Option(help: ArgumentHelp("List what comes up to and including this instant, RFC 3339.", valueName: "time"))
    var until: String

    @Flag(help: "Print only the counts and the busiest minutes.")
    var summary = false

    @Flag(help: "Print a line of JSON for each occurrence, and one for the summary.")
    var json = false

    func run() throws {
        let machine = Machine.current()
        let from = try instant(from, option: "--from")
        let until = try instant(until, option: "--until")
        guard from <= until else {
            throw CommandFailure("--until lies before --from.", status: ExitStatus.usage)
        }
        let configuration = try configuration.read(on: machine)
        let report = SimulationReport(configuration: configuration, from: from, until: until)
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if json {
            try report.writeJSON(to: &output, listing: !summary)
        } else {
            let colour = Colour(descriptor: STDOUT_FILENO, environment: machine.environment)
            try report.write(to: &output, listing: !summary, colour: colour)
        }
        try output.flush()
    }

    private func instant(_ text: String, option: String) throws -> Timestamp {
        guard let instant = Timestamp(rfc3339: text) else {
            throw CommandFailure(
                "\(option): \(text.debugDescription) is not a time in the years 1 to 9999 as RFC 3339 has it; "
                    + "expected 2026-03-29T01:00:00Z or 2026-03-29T03:00:00+02:00.",
                status: ExitStatus.usage
            )
        }
        return instant
    }
}
