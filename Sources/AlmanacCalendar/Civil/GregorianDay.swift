/// Arithmetic of the proleptic Gregorian calendar on day numbers.
///
/// A day number counts from 0001-01-01, which is 0 and a Monday; 9999-12-31 is 3,652,058. The calendar repeats every 400 years,
/// which are 146,097 days and a whole number of weeks. The formulas are those of Neri and Schneider, "Euclidean affine functions
/// and their application to calendar algorithms" (2022).
enum GregorianDay {
    /// The days of 400 years.
    static let daysPerCycle: Int64 = 146_097

    /// The seconds of 400 years, after which days, weekdays and so every rule made of them repeat.
    static let secondsPerCycle: Int64 = daysPerCycle * 86_400

    /// The day number of 1970-01-01.
    static let epoch: UInt32 = 719_162

    /// The day number of 9999-12-31.
    static let maximum: UInt32 = 3_652_058

    /// Days from 0000-03-01, where the formulas start, to 0001-01-01.
    private static let daysBeforeYearOne: UInt32 = 306

    /// The date of a day number from 0 to about 2^28.
    @inline(__always)
    static func date(of day: UInt32) -> (year: UInt32, month: UInt32, day: UInt32) {
        let century = (4 &* (day &+ daysBeforeYearOne) &+ 3)
        let centuryDay = century % 146_097 / 4
        let product = UInt64(4 &* centuryDay &+ 3) &* 2_939_745
        let yearDay = UInt32(truncatingIfNeeded: product) / 2_939_745 / 4
        let monthDay = 2141 &* yearDay &+ 197_913
        let isNextYear: UInt32 = yearDay >= 306 ? 1 : 0
        return (
            year: 100 &* (century / 146_097) &+ UInt32(truncatingIfNeeded: product >> 32) &+ isNextYear,
            month: (monthDay >> 16) &- 12 &* isNextYear,
            day: (monthDay & 0xFFFF) / 2141 &+ 1
        )
    }

    /// The day number of a date in the years 1 to about 700,000.
    @inline(__always)
    static func number(year: UInt32, month: UInt32, day: UInt32) -> UInt32 {
        let isEarly: UInt32 = month <= 2 ? 1 : 0
        let marchYear = year &- isEarly
        let marchMonth = month &+ 12 &* isEarly
        let century = marchYear / 100
        let yearStart = 1461 &* marchYear / 4 &- century &+ century / 4
        let monthStart = (979 &* marchMonth &- 2919) / 32
        return yearStart &+ monthStart &+ day &- 1 &- daysBeforeYearOne
    }

    /// The weekday of a day number, 0 for Sunday to 6 for Saturday.
    @inline(__always)
    static func weekday(of day: UInt32) -> UInt32 {
        (day &+ 1) % 7
    }

    /// Whether the year has a 29 February.
    @inline(__always)
    static func isLeap(_ year: UInt32) -> Bool {
        year & 3 == 0 && (year % 100 != 0 || year & 15 == 0)
    }

    /// How many days the month has, 28 to 31.
    @inline(__always)
    static func days(inMonth month: UInt32, of year: UInt32) -> UInt32 {
        // 30 or 31 by the month's parity, which turns over in August.
        month == 2 ? (isLeap(year) ? 29 : 28) : 30 | (month ^ (month >> 3))
    }
}
