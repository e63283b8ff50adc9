import AlmanacCalendar
import AlmanacModel

/// `catch_up = "all"` of a frequent task, which starts a crowd after a pause.
struct CatchUpRule: LintRule {
    let name = "catch-up"

    /// From how many runs on it is worth a word.
    private static let crowd = 50

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let task = job.task, task.catchUp == .all, let schedule = job.schedule else { return [] }
        let day = schedule.firings(after: circumstances.now, through: circumstances.now + 86_400)
        let count = day.prefix(task.maxCatchUpRuns).reduce(0) { count, _ in count + 1 }
        guard count >= Self.crowd else { return [] }
        return [
            "catch_up = \"all\" makes \(count) runs at once after a day without the daemon; set max_catch_up_runs, or catch_up = \"latest\""
        ]
    }
}
