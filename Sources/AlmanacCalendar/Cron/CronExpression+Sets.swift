extension CronExpression {
    /// The expression of plain sets of values, in which bit n stands for the value n; its second is 0.
    ///
    /// For schedules that were read by another grammar than that of `spec/occurrences.md` 1. Bits outside of a field's range count for nothing.
    ///
    /// - Parameter matchesEitherDay: whether a day that matches one of the two day fields matches; otherwise it must match both.
    /// - Returns: nil where it can never match.
    package init?(
        minutes: UInt64,
        hours: UInt32,
        monthDays: UInt32,
        months: UInt32,
        weekdays: UInt32,
        matchesEitherDay: Bool
    ) {
        var fields = CronFields(
            seconds: 1,
            minutes: minutes & CronFields.allMinutes,
            hours: hours & CronFields.allHours,
            months: months & CronFields.allMonths,
            monthDays: CronFields.MonthDays(days: monthDays & CronFields.MonthDays.allDays),
            weekdays: CronFields.Weekdays(days: weekdays & CronFields.Weekdays.allDays),
            matchesEitherDay: matchesEitherDay
        )
        if matchesEitherDay, fields.monthDays.days == 0 || fields.weekdays.days == 0 {
            // The other one decides alone, which is the same as both where this one is full, and can be printed.
            if fields.monthDays.days == 0, fields.weekdays.days == 0 { return nil }
            if fields.monthDays.days == 0 { fields.monthDays.days = CronFields.MonthDays.allDays }
            if fields.weekdays.days == 0 { fields.weekdays.days = CronFields.Weekdays.allDays }
            fields.matchesEitherDay = false
        }
        guard fields.minutes != 0, fields.hours != 0, fields.months != 0, fields.canMatch else { return nil }
        kind = .fields(fields)
    }
}
