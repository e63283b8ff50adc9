/// The five time fields of a crontab line as Debian's cron (3.0pl1) reads them: a bit for each value, and what a field began with.
///
/// It is another grammar than that of ``CronExpression``: no `L`, `W`, `#`, `?` and no range that wraps (`22-2` matches nothing), and
/// what follows a field's last item up to the next blank is passed over (`*5` is `*`).
package struct CrontabFields: Hashable, Sendable {
    /// Bits 0 to 59; none where a range is backwards.
    package var minutes: UInt64 = 0
    /// Bits 0 to 23.
    package var hours: UInt32 = 0
    /// Bits 1 to 31.
    package var monthDays: UInt32 = 0
    /// Bits 1 to 12.
    package var months: UInt32 = 0
    /// Bits 0 (Sunday) to 6.
    package var weekdays: UInt32 = 0
    /// Whether the text of day-of-month, or of day-of-week, begins with `*`, or a descriptor says so.
    package var monthDaysBeginWithStar = false
    package var weekdaysBeginWithStar = false
    /// Whether the text of minute or of hour begins with `*`, and for `@hourly`: such a job follows the clock (a wildcard job of cron's).
    package var followsClock = false

    package init() {}
}
