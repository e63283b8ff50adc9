import AlmanacCalendar

/// A kind of trouble that one job can have.
protocol LintRule: Sendable {
    /// A word or two, joined by `-`.
    var name: String { get }

    /// What is wrong with a job; one message for each trouble: what happens, when, and what to do.
    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String]
}

/// What the rules go by beside the job.
struct LintCircumstances {
    let now: Timestamp
    /// Whether there is a program that takes mail.
    let hasMailer: Bool
    /// Where the daemon's own PATH would be looked up.
    let daemonPath: String
}

/// All rules about single jobs, in the order in which a job's troubles are told.
enum LintRules {
    static let all: [any LintRule] = [
        NeverFiresRule(), ClockChangeRule(), RepeatedMinutesRule(), MissingDayRule(), EitherDayRule(), UnevenStepRule(),
        PercentRule(), ProgramRule(), LiteralVariableRule(), MailerRule(), RebootRule(), TimeLimitRule(), CatchUpRule(),
    ]
}
