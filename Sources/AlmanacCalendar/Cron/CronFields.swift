/// The fields of an expression as bit masks: bit n stands for the value n.
///
/// At least one second, minute, hour and month is set, and there is a day that matches in some year.
struct CronFields: Hashable, Sendable {
    /// Seconds, bits 0 to 59.
    var seconds: UInt64 = 0

    /// Minutes, bits 0 to 59.
    var minutes: UInt64 = 0

    /// Hours, bits 0 to 23.
    var hours: UInt32 = 0

    /// Months, bits 1 to 12.
    var months: UInt32 = 0

    /// What day-of-month matches.
    var monthDays = MonthDays()

    /// What day-of-week matches.
    var weekdays = Weekdays()

    /// Whether a day that matches one of the two day fields matches: neither of them began with `*` or `?`. Otherwise it must
    /// match both (crontab(5)).
    var matchesEitherDay = false

    /// The day-of-month field.
    struct MonthDays: Hashable, Sendable {
        /// Plain days, bits 1 to 31.
        var days: UInt32 = 0
        /// `L-n`, bits 0 to 30; bit 0 is `L`.
        var fromLast: UInt32 = 0
        /// `nW`, bits 1 to 31.
        var nearestWeekdays: UInt32 = 0
        /// `LW`.
        var lastWeekday = false

        /// Whether there is anything but plain days.
        var hasSpecial: Bool { fromLast != 0 || nearestWeekdays != 0 || lastWeekday }

        static let allDays: UInt32 = 0xFFFF_FFFE
    }

    /// The day-of-week field.
    struct Weekdays: Hashable, Sendable {
        /// Plain weekdays, bits 0 (Sunday) to 6.
        var days: UInt32 = 0
        /// `d#k`, bits 7 * (k - 1) + d.
        var nth: UInt64 = 0
        /// `dL`, bits 0 (Sunday) to 6.
        var last: UInt32 = 0

        /// Whether there is anything but plain weekdays.
        var hasSpecial: Bool { nth != 0 || last != 0 }

        static let allDays: UInt32 = 0x7F
    }

    static let allMinutes: UInt64 = (1 << 60) - 1
    static let allHours: UInt32 = (1 << 24) - 1
    static let allMonths: UInt32 = 0x1FFE

    /// What `* * * * * *` matches.
    static let everySecond = CronFields(
        seconds: allMinutes,
        minutes: allMinutes,
        hours: allHours,
        months: allMonths,
        monthDays: MonthDays(days: MonthDays.allDays),
        weekdays: Weekdays(days: Weekdays.allDays)
    )

    /// Whether all 24 hours match.
    var isHourly: Bool { hours == Self.allHours }

    /// Whether every day of every year matches.
    var matchesEveryDay: Bool {
        guard months == Self.allMonths else { return false }
        let everyMonthDay = monthDays.days == MonthDays.allDays
        let everyWeekday = weekdays.days == Weekdays.allDays
        return matchesEitherDay ? everyMonthDay || everyWeekday : everyMonthDay && everyWeekday
    }
}

extension CronFields {
    /// The days of a month that match, bits 1 to 31, by the month's length and the weekday of its first day (0 is Sunday).
    ///
    /// That the month itself matches is for the caller to see to.
    @inline(__always)
    func days(length: UInt32, firstWeekday: UInt32) -> UInt32 {
        let inMonth = UInt32.max >> (31 &- length) & ~1
        var byMonthDay = monthDays.days & inMonth
        if monthDays.hasSpecial { byMonthDay |= specialMonthDays(length: length, firstWeekday: firstWeekday) }
        if weekdays.days == Weekdays.allDays {
            return matchesEitherDay ? inMonth : byMonthDay
        }
        var byWeekday = Self.monthDays(on: weekdays.days, firstWeekday: firstWeekday) & inMonth
        if weekdays.hasSpecial { byWeekday |= specialWeekdays(length: length, firstWeekday: firstWeekday) }
        return matchesEitherDay ? byMonthDay | byWeekday : byMonthDay & byWeekday
    }

    /// The days 1 to 31 that fall on one of the weekdays.
    @inline(__always)
    private static func monthDays(on weekdays: UInt32, firstWeekday: UInt32) -> UInt32 {
        // Turned so that bit 0 is the weekday of the 1st, then repeated for five weeks.
        let turned = (weekdays | weekdays << 7) >> firstWeekday & 0x7F
        return UInt32(truncatingIfNeeded: UInt64(turned) &* 0x1020_4081 << 1)
    }

    /// The days that `L`, `L-n`, `nW` and `LW` match.
    private func specialMonthDays(length: UInt32, firstWeekday: UInt32) -> UInt32 {
        var result: UInt32 = 0
        // Bit n of `fromLast` is day length - n: the mirrored mask, moved down.
        if monthDays.fromLast != 0 {
            result |= UInt32(truncatingIfNeeded: UInt64(monthDays.fromLast.bitReversed) >> (31 - length)) & ~1
        }
        var rest = monthDays.nearestWeekdays & (UInt32.max >> (31 - length))
        while rest != 0 {
            let day = UInt32(rest.trailingZeroBitCount)
            rest &= rest - 1
            result |= 1 << Self.nearestWeekday(to: day, length: length, firstWeekday: firstWeekday)
        }
        if monthDays.lastWeekday {
            result |= 1 << Self.nearestWeekday(to: length, length: length, firstWeekday: firstWeekday)
        }
        return result
    }

    /// The Monday to Friday nearest to a day, within the month.
    private static func nearestWeekday(to day: UInt32, length: UInt32, firstWeekday: UInt32) -> UInt32 {
        switch (firstWeekday + day - 1) % 7 {
        case 6: day == 1 ? 3 : day - 1
        case 0: day == length ? day - 2 : day + 1
        default: day
        }
    }

    /// The days that `d#k` and `dL` match.
    private func specialWeekdays(length: UInt32, firstWeekday: UInt32) -> UInt32 {
        var result: UInt32 = 0
        var nth = weekdays.nth
        while nth != 0 {
            let bit = UInt32(nth.trailingZeroBitCount)
            nth &= nth - 1
            let day = 1 + (bit % 7 + 7 - firstWeekday) % 7 + bit / 7 * 7
            if day <= length { result |= 1 << day }
        }
        var last = weekdays.last
        while last != 0 {
            let weekday = UInt32(last.trailingZeroBitCount)
            last &= last - 1
            let lastWeekday = (firstWeekday + length - 1) % 7
            result |= 1 << (length - (lastWeekday + 7 - weekday) % 7)
        }
        return result
    }

    /// Whether some day of some year matches.
    ///
    /// Every pair of a month's length and the weekday of its first day comes within the calendar's 400 years, so they are all
    /// there is to look at.
    var canMatch: Bool {
        for month in UInt32(1)...12 where months & 1 << month != 0 {
            for length in GregorianDay.days(inMonth: month, of: 2023)...GregorianDay.days(inMonth: month, of: 2024) {
                for weekday in UInt32(0)...6 where days(length: length, firstWeekday: weekday) != 0 { return true }
            }
        }
        return false
    }
}

extension UInt32 {
    /// The same bits in the opposite order.
    var bitReversed: UInt32 {
        var value = self
        value = (value >> 1) & 0x5555_5555 | (value & 0x5555_5555) << 1
        value = (value >> 2) & 0x3333_3333 | (value & 0x3333_3333) << 2
        value = (value >> 4) & 0x0F0F_0F0F | (value & 0x0F0F_0F0F) << 4
        return value.byteSwapped
    }
}
