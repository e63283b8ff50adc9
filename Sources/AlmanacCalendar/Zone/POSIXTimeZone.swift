/// A zone as a POSIX TZ string says it, `CET-1CEST,M3.5.0,M10.5.0/3`, with the extensions of RFC 9636, 3.3.1.
///
/// The sign of its offsets is turned round while reading: here they are east of UTC, like all others.
struct POSIXTimeZone: Hashable, Sendable {
    /// Standard time.
    let standard: LocalTimeType

    /// Daylight saving time and its rules, where there is one.
    let daylight: Daylight?

    /// A daylight saving time that comes every year.
    struct Daylight: Hashable, Sendable {
        let type: LocalTimeType
        /// When it begins, on clocks that show standard time.
        let start: Rule
        /// When it ends, on clocks that show daylight saving time.
        let end: Rule
    }

    /// A day of the year and a time on it.
    struct Rule: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// `Jn`, 1 to 365: 29 February is never counted.
            case julian(Int)
            /// `n`, 0 to 365: 29 February is counted where there is one.
            case zeroBased(Int)
            /// `Mm.w.d`: the w-th weekday d (0 is Sunday) of month m; the fifth is the last.
            case weekday(month: Int, week: Int, day: Int)
        }

        let day: Day

        /// Seconds from that day's midnight, from -167 hours to 167 hours and 59:59.
        let time: Int64

        /// The wall seconds of the rule's moment in a year from 1 to 700,000.
        func wallSeconds(in year: UInt32) -> Int64 {
            let dayNumber: UInt32
            switch day {
            case .julian(let number):
                let leap: UInt32 = GregorianDay.isLeap(year) && number >= 60 ? 1 : 0
                dayNumber = GregorianDay.number(year: year, month: 1, day: 1) + UInt32(number) - 1 + leap
            case .zeroBased(let number):
                dayNumber = GregorianDay.number(year: year, month: 1, day: 1) + UInt32(number)
            case .weekday(let month, let week, let weekday):
                let first = GregorianDay.number(year: year, month: UInt32(month), day: 1)
                let toWeekday = (UInt32(weekday) + 7 - GregorianDay.weekday(of: first)) % 7
                let days = GregorianDay.days(inMonth: UInt32(month), of: year)
                var offset = toWeekday + 7 * UInt32(week - 1)
                if offset >= days { offset -= 7 }
                dayNumber = first + offset
            }
            return (Int64(dayNumber) - Int64(GregorianDay.epoch)) * 86_400 + time
        }
    }

    /// A change between standard and daylight saving time.
    struct Change {
        var at: Int64
        var isDaylightSaving: Bool
    }

    /// The changes that the rules make in a range of years, ascending, and what holds before the first of them.
    ///
    /// A year's daylight saving time ends before it starts where the summer spans the new year. Where one year's end and the
    /// next one's start coincide, or overlap, daylight saving time holds all the time (RFC 9636, 3.3.1) and there is no change.
    func changes(in years: ClosedRange<UInt32>) -> (first: Bool, changes: [Change]) {
        guard let daylight else { return (false, []) }
        var steps: [(at: Int64, step: Int)] = []
        steps.reserveCapacity(2 * years.count)
        for year in years {
            steps.append((daylight.start.wallSeconds(in: year) - Int64(standard.offset), 1))
            steps.append((daylight.end.wallSeconds(in: year) - Int64(daylight.type.offset), -1))
        }
        // The number of summers that are on; one that began in an earlier year is on where the first year ends it first.
        var depth = steps[1].at < steps[0].at ? 1 : 0
        let first = depth > 0
        steps.sort { $0.at < $1.at }

        var changes: [Change] = []
        changes.reserveCapacity(steps.count)
        var isDaylightSaving = first
        var index = 0
        while index < steps.count {
            let at = steps[index].at
            while index < steps.count, steps[index].at == at {
                depth += steps[index].step
                index += 1
            }
            if (depth > 0) != isDaylightSaving {
                isDaylightSaving.toggle()
                changes.append(Change(at: at, isDaylightSaving: isDaylightSaving))
            }
        }
        return (first, changes)
    }
}
