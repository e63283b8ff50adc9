import AlmanacCalendar

/// `0 0 31 * *`, which skips the months that have no such day.
struct MissingDayRule: LintRule {
    let name = "missing-day"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let schedule = job.schedule, let fields = ScheduleFields(schedule.expression),
            let first = fields.monthDays.days.first,
            first > 28, fields.weekdays.isEvery, fields.monthDays.fromLast.isEmpty,
            fields.monthDays.nearestWeekdays.isEmpty,
            !fields.monthDays.lastWeekday
        else { return [] }
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let short = fields.months.filter { lengths[$0 - 1] < first }
        let isLeapDay = first == 29 && fields.months.contains(2) && fields.months.count > 1
        guard !short.isEmpty || isLeapDay else { return [] }
        let skipped = short.map { Wording.months[$0 - 1] } + (isLeapDay ? ["February in all but leap years"] : [])
        let date = schedule.zone.wallTime(at: circumstances.now).date
        let next = nextMonth(after: date, among: short.isEmpty ? [2] : short, isLeapDay: short.isEmpty)
        let mend =
            job.isCrontab
            ? "for a month's last day let the command look at the date, or write L in almanac.toml"
            : "for a month's last day write L as the day"
        return [
            "'\(job.timeText ?? "")' skips \(skipped.listed), next \(next), since there is no \(Wording.ordinal(first)) in them; \(mend)"
        ]
    }

    /// `2027-02`
    private func nextMonth(after date: CivilDate, among months: [Int], isLeapDay: Bool) -> String {
        var (year, month) = (date.year, date.month)
        while !months.contains(month) || isLeapDay && year % 4 == 0 || (year, month) == (date.year, date.month) {
            month += 1
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        return "\(year)-\(Wording.twoDigits(month))"
    }
}
