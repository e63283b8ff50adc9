import AlmanacCalendar
import AlmanacModel
import ArgumentParser
import Glibc

/// `almanac next`: when an expression fires; `spec/occurrences.md` section 5 to the letter.
struct NextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Show when an expression fires next.",
        discussion: """
            With --stdin every line of standard input is a request such as \
            {"expr":"30 2 * * *","zone":"Europe/Berlin","count":2}, answered by a line of JSON.
            """
    )

    @Argument(
        help: ArgumentHelp("A cron expression, in quotes: '30 2 * * *', '@daily', '@every 90s'.", valueName: "expr")
    )
    var expression: [String] = []

    @OptionGroup var schedule: ScheduleOptions

    @Option(help: ArgumentHelp("List what comes after this instant, RFC 3339; by default now.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("List what comes up to and including this instant, RFC 3339.", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "How many are listed, 1 to 1000000; by default 10, or all where --until is given.",
            valueName: "number"
        )
    )
    var count: Int?

    @Flag(help: "List the times too that a clock change takes away.")
    var skipped = false

    @Flag(help: "Print a line of JSON for each.")
    var json = false

    @Flag(help: "Answer requests from standard input, a line of JSON each.")
    var stdin = false

    func validate() throws {
        if stdin {
            let isAlone =
                expression.isEmpty && schedule.onCalendar == nil && schedule.timezone == nil && schedule.dstGap == nil
                && schedule.dstFold == nil
                && from == nil && until == nil && count == nil && !skipped
            guard isAlone else {
                throw ValidationError("With --stdin the requests say everything; only --json goes with it.")
            }
        } else if expression.isEmpty, schedule.onCalendar == nil {
            throw ValidationError("Missing expected argument '<expr>', or --on-calendar, or --stdin.")
        }
        try schedule.validate(expression)
    }

    func run() throws {
        let machine = Machine.current()
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if stdin {
            var lines = RequestLines(descriptor: STDIN_FILENO)
            try NextService(zones: machine.zones, withLocalTime: json).answer(&lines, into: &output) {
                Machine.currentTime().timestamp
            }
        } else {
            try answer(on: machine, into: &output)
        }
    }

    /// Answers the one question of the command line.
    private func answer(on machine: Machine, into output: inout OutputBuffer) throws {
        let now = machine.now.timestamp
        var query = schedule.query(expression)
        query.from = from
        query.until = until
        query.count = count
        query.includesSkipped = skipped
        let request: NextRequest
        do throws(NextFault) {
            request = try query.resolved(now: now, zones: machine.zones)
        } catch {
            guard json else { throw error.failure(words: schedule.words(expression)) }
            output.append { error.appendJSON(to: &$0) }
            output.appendLine()
            try output.flush()
            throw CommandFailure.silent(status: ExitStatus.usage)
        }
        if json {
            try request.writeLines(to: &output)
        } else {
            let colour = Colour(descriptor: STDOUT_FILENO, environment: machine.environment)
            output.appendLine(request.title(colour: colour, isSystemZone: query.namesNoZone))
            if try !request.writeTable(to: &output, now: now, colour: colour) {
                output.appendLine(request.emptiness)
            }
        }
        try output.flush()
    }
}

extension NextRequest {
    /// The line above the table.
    fileprivate func title(colour: Colour, isSystemZone: Bool) -> String {
        let zone = "\(schedule.zone.id)\(isSystemZone ? ", the system's zone" : "")"
        return colour.apply(.bold, to: "\(schedule.expression)") + " in " + zone
    }

    /// Why there is nothing to list.
    fileprivate var emptiness: String {
        if schedule.expression.isReboot {
            return "@reboot runs at each start of the daemon; it has no times of its own."
        }
        return "It does not fire between \(from) and \(until)."
    }
}
