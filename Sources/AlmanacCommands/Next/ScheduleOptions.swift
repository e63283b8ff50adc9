import ArgumentParser

/// What the commands about one expression have in common.
struct ScheduleOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The zone whose clocks count; by default the system's.", valueName: "zone"))
    var timezone: String?

    @Option(
        help: ArgumentHelp(
            "What becomes of times that do not exist: run (once, after the gap) or skip.",
            valueName: "policy"
        )
    )
    var dstGap: String?

    @Option(help: ArgumentHelp("When times that come twice fire: first, last or both.", valueName: "policy"))
    var dstFold: String?

    @Option(
        help: ArgumentHelp(
            "An expression in systemd's notation, in place of a cron expression: 'Mon..Fri 09:00 Europe/Berlin'.",
            valueName: "event"
        )
    )
    var onCalendar: String?

    /// The expression of the command line, and with it what is said where there is none, or two.
    func validate(_ words: [String]) throws {
        if onCalendar != nil, !words.isEmpty {
            throw ValidationError("A cron expression and --on-calendar exclude each other; give one of the two.")
        }
    }

    /// The words of an expression as one text; the shell may have split it.
    static func expression(of words: [String]) -> String {
        words.joined(separator: " ")
    }

    /// The words that a fault is shown in.
    func words(_ words: [String]) -> [String] {
        onCalendar.map { [$0] } ?? words
    }

    /// The question about an expression, its range of instants still open.
    func query(_ words: [String]) -> NextQuery {
        NextQuery(
            expression: onCalendar ?? Self.expression(of: words),
            isCalendarEvent: onCalendar != nil,
            zone: timezone,
            gap: dstGap,
            fold: dstFold
        )
    }
}

extension NextFault {
    /// The fault as the end of a command, with exit code 2.
    ///
    /// - Parameter words: those of the expression; one for a calendar event.
    func failure(words: [String]) -> CommandFailure {
        var message = explained(expression: ScheduleOptions.expression(of: words))
        if words.count > 1 {
            message +=
                "\n\nThe expression came as \(words.count) words: put it in quotes, or the shell expands its stars to file names."
        }
        return CommandFailure(message, status: ExitStatus.usage)
    }
}
