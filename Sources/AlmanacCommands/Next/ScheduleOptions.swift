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

    /// The words of an expression as one text; the shell may have split it.
    static func expression(of words: [String]) -> String {
        words.joined(separator: " ")
    }

    /// The question about an expression, its range of instants still open.
    func query(_ words: [String]) -> NextQuery {
        NextQuery(expression: Self.expression(of: words), zone: timezone, gap: dstGap, fold: dstFold)
    }
}

extension NextFault {
    /// The fault as the end of a command, with exit code 2.
    func failure(words: [String]) -> CommandFailure {
        var message = explained(expression: ScheduleOptions.expression(of: words))
        if words.count > 1 {
            message +=
                "\n\nThe expression came as \(words.count) words: put it in quotes, or the shell expands its stars to file names."
        }
        return CommandFailure(message, status: ExitStatus.usage)
    }
}
