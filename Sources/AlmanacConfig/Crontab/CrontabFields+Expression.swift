package import AlmanacCalendar

extension CrontabFields {
    /// The same times as an expression; nil where they never come.
    ///
    /// A day must match both fields where one of them begins with `*`, crontab(5).
    package var expression: CronExpression? {
        CronExpression(
            minutes: minutes,
            hours: hours,
            monthDays: monthDays,
            months: months,
            weekdays: weekdays,
            matchesEitherDay: !monthDaysBeginWithStar && !weekdaysBeginWithStar
        )
    }
}
