import AlmanacCalendar

/// What `almanac explain --json` prints.
struct ExplanationReport: Encodable {
    /// The task whose schedule it is; there with `--task` alone.
    struct Task: Encodable {
        let name: String
        let origin: String
        let held: String?
    }

    struct Change: Encodable {
        let at: String
        /// Whether any firing is made up for or held back.
        let touches: Bool
        let sentence: String
    }

    var task: Task?
    /// The schedule in words; not there for a task that has none.
    var sentence: String?
    var timezone: String?
    /// The next firings, UTC.
    var next: [String] = []
    var clockChanges: [Change] = []
    /// What is otherwise in a crontab, a sentence each.
    var crontab: [String] = []

    enum CodingKeys: String, CodingKey {
        case task, sentence, timezone, next, crontab
        case clockChanges = "clock_changes"
    }

    init(task: Task) {
        self.task = task
    }

    init(_ explanation: Explanation) {
        let schedule = explanation.schedule
        sentence = schedule.expression.sentence
        timezone = "\(schedule.zone.id)"
        guard !schedule.expression.isReboot else { return }
        next = schedule.firings(after: explanation.now, through: .maximum)
            .prefix(Explanation.firingCount).map { "\($0.at)" }
        clockChanges = ClockChange.upcoming(Explanation.changeCount, for: schedule, after: explanation.now)
            .map { Change(at: "\($0.transition.at)", touches: $0.touches, sentence: $0.sentence) }
    }
}
