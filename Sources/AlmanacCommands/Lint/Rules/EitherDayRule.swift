import AlmanacCalendar

/// `0 0 13 * 5`, which is every 13th and also every Friday; and `0 0 */2 * 1`, which is not.
struct EitherDayRule: LintRule {
    let name = "either-day"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let texts = job.fields, let schedule = job.schedule, let fields = ScheduleFields(schedule.expression)
        else { return [] }
        let isGiven = !["*", "?"].contains(texts[2]) && !["*", "?"].contains(texts[4])
        guard isGiven else { return [] }
        var dates: [String] = []
        var instant = circumstances.now
        while dates.count < 4, let next = schedule.firing(after: instant) {
            if let date = next.tick?.date, dates.last != "\(date)" { dates.append("\(date)") }
            instant = next.at
        }
        let text = "'\(job.timeText ?? "")'"
        if fields.matchesEitherDay {
            let mend =
                job.isCrontab
                ? "let the command look at the date, or leave one of the two as *"
                : "for both at once begin one of the two with *, or use # (5#2 is the second Friday)"
            return [
                "\(text) runs on each day that matches day-of-month or day-of-week, not on those that match both, next on \(dates.listed); \(mend)"
            ]
        }
        guard !fields.monthDays.isEvery, !fields.weekdays.isEvery else { return [] }
        return [
            "\(text) runs on days that match day-of-month and day-of-week both, since one of the two begins with *, next on \(dates.listed); leave one of the two as * if that is not meant"
        ]
    }
}
