import AlmanacCalendar

/// A schedule whose times never come, or never again.
struct NeverFiresRule: LintRule {
    let name = "never-fires"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let text = job.timeText, text != "@reboot" else { return [] }
        guard let schedule = job.schedule else {
            // Of a line of a user that does not exist something else is said.
            return job.isCrontab && job.task != nil
                ? ["'\(text)' names times that never come, and the command is never run; correct the time, or remove the line"] : []
        }
        guard !schedule.expression.isReboot, schedule.firing(after: circumstances.now) == nil else { return [] }
        return ["'\(text)' does not fire again; correct it, or remove the task"]
    }
}
