/// A day of the proleptic Gregorian calendar, with no zone.
///
/// Dates that are made from numbers or text lie in the years 1 to 9999. Only the wall time of an instant outside them has another
/// year, where 0 is the year before 1.
public struct CivilDate: Hashable, Sendable {
    /// The year, 1 to 9999.
    public let year: Int

    /// The month, 1 to 12.
    public let month: Int

    /// The day of the month, 1 to 31.
    public let day: Int

    /// A date that exists, in the years 1 to 9999; nil for any other.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Int(GregorianDay.days(inMonth: UInt32(month), of: UInt32(year)))
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `2026-03-29`; nil for any other text and for dates that do not exist.
    public init?(_ text: some StringProtocol) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.isAtEnd else { return nil }
        self = date
    }

    /// The date this many days after 1970-01-01, of any year.
    public init(daysSinceEpoch: Int64) {
        let (cycles, dayOfCycle) = daysSinceEpoch.addingSaturating(Int64(GregorianDay.epoch))
            .floorDivided(by: GregorianDay.daysPerCycle)
        let date = GregorianDay.date(of: UInt32(dayOfCycle))
        year = Int(cycles * 400) + Int(date.year)
        month = Int(date.month)
        day = Int(date.day)
    }

    /// Days from 1970-01-01 to this date, negative before.
    public var daysSinceEpoch: Int64 {
        let (cycles, yearOfCycle) = (Int64(year) - 1).floorDivided(by: 400)
        let number = GregorianDay.number(year: UInt32(yearOfCycle) + 1, month: UInt32(month), day: UInt32(day))
        return cycles * GregorianDay.daysPerCycle + Int64(number) - Int64(GregorianDay.epoch)
    }

    /// The day of the week, 0 for Sunday to 6 for Saturday.
    public var weekday: Int {
        Int((daysSinceEpoch + 4).floorDivided(by: 7).remainder)
    }

    /// Seconds from 1970-01-01T00:00:00 to this date's midnight, on a clock that shows UTC.
    var secondsSinceEpoch: Int64 { daysSinceEpoch.multipliedSaturating(by: 86_400) }
}

extension CivilDate: Comparable {
    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension CivilDate: CustomStringConvertible {
    /// `2026-03-29`; a year outside 1 to 9999 gets a sign and as many digits as it needs.
    public var description: String {
        var writer = DigitWriter()
        write(to: &writer)
        return writer.text
    }

    func write(to writer: inout DigitWriter) {
        if year < 0 { writer.write("-") }
        if year > 9999 { writer.write("+") }
        writer.write(year.magnitude, width: 4)
        writer.write("-")
        writer.write(month.magnitude, width: 2)
        writer.write("-")
        writer.write(day.magnitude, width: 2)
    }
}
