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

    @Flag(help: "Explain it as the time of a crontab line, by cron's grammar and its rules about clock changes.")
    var crontab = false

    @Option(help: ArgumentHelp("Explain the schedule of a task of the daemon.", valueName: "name"), completion: .tasks)
    var task: String?

    @Flag(help: "Print one object of JSON.")
    var json = false

    @OptionGroup(title: "The daemon, for --task") var connection: ConnectionOptions

    func validate() throws {
        let given = [!expression.isEmpty, schedule.onCalendar != nil, task != nil].count { $0 }
        guard given > 0 else {
            throw ValidationError("Missing expected argument '<expr>', or --on-calendar, or --task.")
        }
        try schedule.validate(expression)
        guard given == 1 else {
            throw ValidationError("An expression and --task exclude each other; give one of the two.")
        }
        if crontab, expression.isEmpty { throw ValidationError("--crontab takes a cron expression.") }
    }

    func run() throws {
        let machine = Machine.current()
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        let now = machine.now.timestamp
        if let task {
            let explanation = try TaskExplanation.ask(for: task, of: connection, on: machine)
            if json {
                try StepReport(json: true).print(explanation.report(on: machine))
            } else {
                try explanation.write(to: &output, on: machine)
            }
            return try output.flush()
        }
        if crontab {
            try explainCrontab(machine, to: &output)
            return try output.flush()
        }
        let request: NextRequest
        do throws(NextFault) {
            request = try schedule.query(expression).resolved(now: now, zones: machine.zones)
        } catch {
            throw error.failure(words: schedule.words(expression))
        }
        if json {
            var report = ExplanationReport(Explanation(schedule: request.schedule, now: now))
            if schedule.onCalendar == nil {
                report.crontab = CrontabMeaning.differences(
                    of: request.schedule,
                    text: ScheduleOptions.expression(of: expression)
                )
            }
            return try StepReport(json: true).print(report)
        }
        let colour = Colour(descriptor: STDOUT_FILENO, environment: machine.environment)
        try Explanation(schedule: request.schedule, now: now).write(to: &output, colour: colour)
        if schedule.onCalendar == nil {
            let text = ScheduleOptions.expression(of: expression)
            Explanation.write(
                section: "In a crontab",
                CrontabMeaning.differences(of: request.schedule, text: text),
                to: &output,
                colour: colour
            )
        }
        try output.flush()
    }

    /// Explains the expression as the time of a crontab line.
    private func explainCrontab(_ machine: Machine, to output: inout OutputBuffer) throws {
        let text = ScheduleOptions.expression(of: expression)
        let meaning: CrontabMeaning
        do {
            let zone = try schedule.timezone.map { try machine.zones.rules(ZoneID($0)) } ?? machine.zones.systemRules()
            meaning = try CrontabMeaning(text, zone: zone)
        } catch let fault as CrontabMeaning.Fault {
            throw CommandFailure(fault.message, status: ExitStatus.usage)
        } catch {
            throw CommandFailure("zone: \(error)", status: ExitStatus.usage)
        }
        let colour = Colour(descriptor: STDOUT_FILENO, environment: machine.environment)
        guard let schedule = meaning.schedule else {
            throw CommandFailure("'\(text)' names times that never come: cron never runs it", status: ExitStatus.usage)
        }
        let keys = meaning.keys.listed
        let lines = [meaning.rule, keys.isEmpty ? nil : "A task of almanac.toml does the same with \(keys)."]
        let explanation = Explanation(schedule: schedule, now: machine.now.timestamp)
        if json {
            var report = ExplanationReport(explanation)
            report.crontab = lines.compactMap(\.self)
            return try StepReport(json: true).print(report)
        }
        try explanation.write(to: &output, colour: colour)
        Explanation.write(section: "In a crontab", lines.compactMap(\.self), to: &output, colour: colour)
    }
}

/// What an expression means, and what it will do in its zone.
struct Explanation {
    let schedule: Schedule
    let now: Timestamp

    static let firingCount = 5
    static let changeCount = 2

    /// Prints a section with its title; nothing where it has no lines.
    static func write(section title: String, _ lines: [String], to output: inout OutputBuffer, colour: Colour) {
        guard !lines.isEmpty else { return }
        output.appendLine()
        output.appendLine(colour.apply(.bold, to: title))
        for line in lines { output.appendLine(line.printable) }
    }

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
