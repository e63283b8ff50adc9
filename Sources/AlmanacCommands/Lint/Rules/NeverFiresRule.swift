import AlmanacCalendar

/// A schedule whose times never come, or never again.
struct NeverFiresRule: LintRule {
    let name = "never-fires"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        // Of a line of a crontab whose times never come its reader has said so.
        guard let text = job.timeText, let schedule = job.schedule, !schedule.expression.isReboot,
            schedule.firing(after: circumstances.now) == nil
        else { return [] }
        return ["'\(text)' does not fire again; correct it, or remove the task"]
    }
}
