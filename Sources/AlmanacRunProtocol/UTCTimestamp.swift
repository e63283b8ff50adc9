/// A point of time as the log writes it: `2026-03-29T01:00:00.123456789Z`, always 30 bytes.
///
/// RFC 3339 in UTC with nine digits of a second. Years below 0 and above 9999, which have no such form, are written as the nearest one that has.
package enum UTCTimestamp {
    package static let length = 30

    private static let nanosecondsPerSecond: Int64 = 1_000_000_000
    private static let secondsPerDay: Int64 = 86_400
    /// 0000-01-01 and 9999-12-31 in days since 1970. Nanoseconds since 1970 in 64 bits reach from 1677 to 2262.
    private static let days: ClosedRange<Int64> = -719_528...2_932_896

    /// The 30 bytes for that many nanoseconds since 1970.
    package static func bytes(nanosecondsSinceEpoch: Int64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe write(nanosecondsSinceEpoch: nanosecondsSinceEpoch, to: buffer)
        }
        return bytes
    }

    /// Writes the 30 bytes to the start of `buffer`, which must have room for them.
    static func write(nanosecondsSinceEpoch nanoseconds: Int64, to buffer: UnsafeMutableRawBufferPointer) {
        let (seconds, fraction) = flooredDivision(nanoseconds, nanosecondsPerSecond)
        let (day, secondOfDay) = flooredDivision(seconds, secondsPerDay)
        let date = civilDate(daysSinceEpoch: day)
        unsafe put(date.year, digits: 4, at: 0, in: buffer)
        unsafe buffer[4] = UInt8(ascii: "-")
        unsafe put(date.month, digits: 2, at: 5, in: buffer)
        unsafe buffer[7] = UInt8(ascii: "-")
        unsafe put(date.day, digits: 2, at: 8, in: buffer)
        unsafe buffer[10] = UInt8(ascii: "T")
        unsafe put(secondOfDay / 3600, digits: 2, at: 11, in: buffer)
        unsafe buffer[13] = UInt8(ascii: ":")
        unsafe put(secondOfDay / 60 % 60, digits: 2, at: 14, in: buffer)
        unsafe buffer[16] = UInt8(ascii: ":")
        unsafe put(secondOfDay % 60, digits: 2, at: 17, in: buffer)
        unsafe buffer[19] = UInt8(ascii: ".")
        unsafe put(fraction, digits: 9, at: 20, in: buffer)
        unsafe buffer[29] = UInt8(ascii: "Z")
    }

    /// The nanoseconds since 1970 that the 30 bytes stand for; nil where they are not of this form, no date, or beyond 64 bits.
    package static func nanosecondsSinceEpoch(_ bytes: some Collection<UInt8>) -> Int64? {
        let bytes = Array(bytes)
        guard bytes.count == length,
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "."),
            bytes[29] == UInt8(ascii: "Z"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            let fraction = number(bytes[20..<29]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = daysSinceEpoch(year: year, month: month, day: day)
        let seconds = days * secondsPerDay + hour * 3600 + minute * 60 + second
        // The second before the first that 64 bits hold may still have a fraction that they hold.
        let (whole, overflow) = (seconds + (seconds < 0 ? 1 : 0)).multipliedReportingOverflow(by: nanosecondsPerSecond)
        let (sum, overflowOfSum) = whole.addingReportingOverflow(fraction - (seconds < 0 ? nanosecondsPerSecond : 0))
        return overflow || overflowOfSum ? nil : sum
    }

    /// The proleptic Gregorian date, by years that begin in March, so that the leap day is the last of its year.
    private static func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = min(max(daysSinceEpoch, days.lowerBound), days.upperBound) + 719_468
        let (era, dayOfEra) = flooredDivision(shifted, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = flooredDivision(shiftedYear, 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func flooredDivision(_ dividend: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func put(_ number: Int64, digits: Int, at offset: Int, in buffer: UnsafeMutableRawBufferPointer) {
        var rest = number
        for index in stride(from: offset + digits - 1, through: offset, by: -1) {
            unsafe buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
