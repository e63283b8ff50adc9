/// Finds the wall times that match an expression's fields, in either direction.
///
/// Wall times are wall seconds, and those outside the years 1 to 9999 match nothing. Every search ends: an expression has a tick in
/// every 400 years, and no search leaves the years 1 to 9999. Nothing is allocated.
struct Ticks: Sendable {
    private let fields: CronFields
    private let matchesEveryDay: Bool

    /// Whether nothing matches but some 29 February: only leap years need a look.
    private let matchesLeapDaysOnly: Bool

    /// The first and the last time of a matching day, in seconds since midnight.
    private let firstTime: UInt32
    private let lastTime: UInt32

    /// What the searches answer where there is no tick.
    static let noneLater = Int64.max
    static let noneEarlier = Int64.min

    private static let none = UInt32.max

    init(_ fields: CronFields) {
        self.fields = fields
        matchesEveryDay = fields.matchesEveryDay
        matchesLeapDaysOnly =
            fields.months == 1 << 2 && (0...6).allSatisfy { fields.days(length: 28, firstWeekday: $0) == 0 }
        firstTime = Self.time(
            UInt32(fields.hours.trailingZeroBitCount),
            UInt32(fields.minutes.trailingZeroBitCount),
            UInt32(fields.seconds.trailingZeroBitCount)
        )
        lastTime = Self.time(
            UInt32(31 - fields.hours.leadingZeroBitCount),
            UInt32(63 - fields.minutes.leadingZeroBitCount),
            UInt32(63 - fields.seconds.leadingZeroBitCount)
        )
    }

    /// Every wall second.
    static let everySecond = Ticks(.everySecond)

    /// The month that was looked at last, so that a walk works out a month's days once.
    struct Month {
        fileprivate var year: UInt32 = 0
        fileprivate var month: UInt32 = 0
        /// The day number of the 1st.
        fileprivate var firstDay = UInt32.max
        /// The matching days, bits 1 to 31.
        fileprivate var days: UInt32 = 0
        fileprivate var length: UInt32 = 0
    }

    /// The first tick at or after a wall time, or ``noneLater``.
    @inline(__always)
    func first(from wall: Int64, _ month: inout Month) -> Int64 {
        guard wall <= CivilDateTime.maximumSeconds else { return Self.noneLater }
        let since = UInt64(bitPattern: max(wall, CivilDateTime.minimumSeconds) &- CivilDateTime.minimumSeconds)
        let day = UInt32(truncatingIfNeeded: since / 86_400)
        if matches(day: day, &month) {
            let time = firstTime(from: UInt32(truncatingIfNeeded: since &- UInt64(day) &* 86_400))
            if time != Self.none { return Self.wall(day, time) }
        }
        let next = firstDay(after: day, &month)
        return next == Self.none ? Self.noneLater : Self.wall(next, firstTime)
    }

    /// The first tick after another tick, or ``noneLater``.
    @inline(__always)
    func first(afterTick tick: Int64, _ month: inout Month) -> Int64 {
        guard firstTime == lastTime else { return first(from: tick &+ 1, &month) }
        // One time a day: the next tick is on another day.
        let day = UInt32(truncatingIfNeeded: UInt64(bitPattern: tick &- CivilDateTime.minimumSeconds) / 86_400)
        if !matchesEveryDay, day &- month.firstDay >= month.length { enterMonth(of: day, &month) }
        let next = firstDay(after: day, &month)
        return next == Self.none ? Self.noneLater : Self.wall(next, firstTime)
    }

    /// The last tick at or before a wall time, or ``noneEarlier``.
    @inline(__always)
    func last(through wall: Int64, _ month: inout Month) -> Int64 {
        guard wall >= CivilDateTime.minimumSeconds else { return Self.noneEarlier }
        let since = UInt64(bitPattern: min(wall, CivilDateTime.maximumSeconds) &- CivilDateTime.minimumSeconds)
        let day = UInt32(truncatingIfNeeded: since / 86_400)
        if matches(day: day, &month) {
            let time = lastTime(through: UInt32(truncatingIfNeeded: since &- UInt64(day) &* 86_400))
            if time != Self.none { return Self.wall(day, time) }
        }
        let previous = lastDay(before: day, &month)
        return previous == Self.none ? Self.noneEarlier : Self.wall(previous, lastTime)
    }

    /// Whether a wall time is a tick.
    func contains(_ wall: Int64, _ month: inout Month) -> Bool {
        first(from: wall, &month) == wall
    }

    // MARK: Days

    @inline(__always)
    private func matches(day: UInt32, _ month: inout Month) -> Bool {
        if matchesEveryDay { return true }
        if day &- month.firstDay >= month.length { enterMonth(of: day, &month) }
        return month.days >> (day &- month.firstDay &+ 1) & 1 != 0
    }

    /// Looks at the month that holds the day.
    @inline(__always)
    private func enterMonth(of day: UInt32, _ month: inout Month) {
        let date = GregorianDay.date(of: day)
        month.year = date.year
        month.month = date.month
        month.firstDay = day &- (date.day &- 1)
        month.length = GregorianDay.days(inMonth: date.month, of: date.year)
        // A month that does not match has no days that do.
        month.days = fields.months >> date.month & 1 == 0 ? 0 : matchingDays(month)
    }

    @inline(__always)
    private func matchingDays(_ month: Month) -> UInt32 {
        fields.days(length: month.length, firstWeekday: GregorianDay.weekday(of: month.firstDay))
    }

    /// The first matching day after one whose month was looked at last, or ``none``.
    @inline(__always)
    private func firstDay(after day: UInt32, _ month: inout Month) -> UInt32 {
        if matchesEveryDay { return day < GregorianDay.maximum ? day &+ 1 : Self.none }
        let later = month.days & ~(2 << (day &- month.firstDay &+ 1) &- 1)
        if later != 0 { return month.firstDay &+ UInt32(later.trailingZeroBitCount) &- 1 }
        repeat {
            let laterMonths = fields.months & ~(2 << month.month &- 1)
            if laterMonths == 0 {
                if fields.months == 1 << month.month {
                    enterNextYear(&month)
                    guard month.year <= 9999 else { return Self.none }
                    continue
                }
                guard month.year < 9999 else { return Self.none }
                month.year &+= 1
            }
            month.month = UInt32((laterMonths == 0 ? fields.months : laterMonths).trailingZeroBitCount)
            enterMonth(&month)
        } while month.days == 0
        return month.firstDay &+ UInt32(month.days.trailingZeroBitCount) &- 1
    }

    /// The last matching day before one whose month was looked at last, or ``none``.
    @inline(__always)
    private func lastDay(before day: UInt32, _ month: inout Month) -> UInt32 {
        if matchesEveryDay { return day > 0 ? day &- 1 : Self.none }
        let earlier = month.days & (1 << (day &- month.firstDay &+ 1) &- 1)
        if earlier != 0 { return month.firstDay &+ 30 &- UInt32(earlier.leadingZeroBitCount) }
        repeat {
            let earlierMonths = fields.months & (1 << month.month &- 1)
            if earlierMonths == 0 {
                month.year &-= 1
                while matchesLeapDaysOnly, !GregorianDay.isLeap(month.year) { month.year &-= 1 }
                guard month.year >= 1 else { return Self.none }
            }
            month.month = 31 &- UInt32((earlierMonths == 0 ? fields.months : earlierMonths).leadingZeroBitCount)
            enterMonth(&month)
        } while month.days == 0
        return month.firstDay &+ 30 &- UInt32(month.days.leadingZeroBitCount)
    }

    /// Looks at the same month of the next year, or of the next leap year if only those can match.
    @inline(__always)
    private func enterNextYear(_ month: inout Month) {
        if matchesLeapDaysOnly {
            if month.length == 29 {
                // From one leap year to the next: four years, or eight across a century without one.
                let isNear = GregorianDay.isLeap(month.year &+ 4)
                month.firstDay &+= isNear ? 1461 : 2921
                month.year &+= isNear ? 4 : 8
                month.days = matchingDays(month)
            } else {
                month.year = (month.year | 3) &+ 1
                if !GregorianDay.isLeap(month.year) { month.year &+= 4 }
                enterMonth(&month)
            }
        } else {
            // The days to the next year's same month depend on the 29 February between the two.
            month.firstDay &+= GregorianDay.isLeap(month.month <= 2 ? month.year : month.year &+ 1) ? 366 : 365
            month.year &+= 1
            if month.month == 2 { month.length = GregorianDay.isLeap(month.year) ? 29 : 28 }
            month.days = matchingDays(month)
        }
    }

    /// Works out the month whose year and month have just been set.
    @inline(__always)
    private func enterMonth(_ month: inout Month) {
        month.firstDay = GregorianDay.number(year: month.year, month: month.month, day: 1)
        month.length = GregorianDay.days(inMonth: month.month, of: month.year)
        month.days = matchingDays(month)
    }

    // MARK: Times of day

    @inline(__always)
    private static func wall(_ day: UInt32, _ time: UInt32) -> Int64 {
        Int64(day) &* 86_400 &+ Int64(time) &+ CivilDateTime.minimumSeconds
    }

    @inline(__always)
    private static func time(_ hour: UInt32, _ minute: UInt32, _ second: UInt32) -> UInt32 {
        hour &* 3600 &+ minute &* 60 &+ second
    }

    /// The first matching time of day at or after one, or ``none``.
    @inline(__always)
    private func firstTime(from time: UInt32) -> UInt32 {
        let hour = time / 3600
        let minute = time / 60 &- hour &* 60
        let second = time % 60
        let firstSecond = UInt32(fields.seconds.trailingZeroBitCount)
        if fields.hours >> hour & 1 != 0 {
            if fields.minutes >> UInt64(minute) & 1 != 0 {
                let seconds = fields.seconds >> UInt64(second)
                if seconds != 0 { return time &+ UInt32(seconds.trailingZeroBitCount) }
            }
            let minutes = fields.minutes & ~(2 << UInt64(minute) &- 1)
            if minutes != 0 { return Self.time(hour, UInt32(minutes.trailingZeroBitCount), firstSecond) }
        }
        let hours = fields.hours & ~(2 << hour &- 1)
        if hours == 0 { return Self.none }
        return Self.time(UInt32(hours.trailingZeroBitCount), UInt32(fields.minutes.trailingZeroBitCount), firstSecond)
    }

    /// The last matching time of day at or before one, or ``none``.
    @inline(__always)
    private func lastTime(through time: UInt32) -> UInt32 {
        let hour = time / 3600
        let minute = time / 60 &- hour &* 60
        let second = time % 60
        let lastSecond = UInt32(63 &- fields.seconds.leadingZeroBitCount)
        if fields.hours >> hour & 1 != 0 {
            if fields.minutes >> UInt64(minute) & 1 != 0 {
                let seconds = fields.seconds & (2 << UInt64(second) &- 1)
                if seconds != 0 { return Self.time(hour, minute, UInt32(63 &- seconds.leadingZeroBitCount)) }
            }
            let minutes = fields.minutes & (1 << UInt64(minute) &- 1)
            if minutes != 0 { return Self.time(hour, UInt32(63 &- minutes.leadingZeroBitCount), lastSecond) }
        }
        let hours = fields.hours & (1 << hour &- 1)
        if hours == 0 { return Self.none }
        return Self.time(
            UInt32(31 &- hours.leadingZeroBitCount),
            UInt32(63 &- fields.minutes.leadingZeroBitCount),
            lastSecond
        )
    }
}
