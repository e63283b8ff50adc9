import AlmanacCalendar
import AlmanacModel
import ArgumentParser
import Glibc

/// `almanac explain`: what an expression means, in plain English.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say in plain English when an expression fires, and what the next clock changes do to it."
    )

    @Argument(
        help: ArgumentHelp("A cron expression, in quotes: '30 2 * * *', '@daily', '@every 90s'.", valueName: "expr")
    )
    var expression: [String] = []

    @OptionGroup var schedule: ScheduleOptions

    func validate() throws {
        guard !expression.isEmpty || schedule.onCalendar != nil else {
            throw ValidationError("Missing expected argument '<expr>', or --on-calendar.")
        }
        try schedule.validate(expression)
    }

    func run() throws {
        let machine = Machine.current()
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        let now = machine.now.timestamp
        let request: NextRequest
        do throws(NextFault) {
            request = try schedule.query(expression).resolved(now: now, zones: machine.zones)
        } catch {
            throw error.failure(words: schedule.words(expression))
        }
        let colour = Colour(descriptor: STDOUT_FILENO, environment: machine.environment)
        try Explanation(schedule: request.schedule, now: now).write(to: &output, colour: colour)
        try output.flush()
    }
}

/// What an expression means, and what it will do in its zone.
struct Explanation {
    let schedule: Schedule
    let now: Timestamp

    private static let firingCount = 5
    private static let changeCount = 2

    /// Prints the sentence, the next firings and the next clock changes.
    func write(to output: inout OutputBuffer, colour: Colour) throws(OutputError) {
        output.appendLine(schedule.expression.sentence)
        guard !schedule.expression.isReboot else { return }

        output.appendLine()
        output.appendLine(colour.apply(.bold, to: "Next in \(schedule.zone.id)"))
        let request = NextRequest(
            schedule: schedule,
            from: now,
            until: .maximum,
            limit: Self.firingCount,
            includesSkipped: false
        )
        if try !request.writeTable(to: &output, now: now, colour: colour) {
            output.appendLine("It does not fire again before the year 10000.")
        }

        output.appendLine()
        output.appendLine(colour.apply(.bold, to: "Clock changes"))
        let changes = ClockChange.upcoming(Self.changeCount, for: schedule, after: now)
        for change in changes {
            output.appendLine(change.sentence)
        }
        if changes.isEmpty {
            output.appendLine("The clocks in \(schedule.zone.id) do not change any more.")
        }
    }
}
