/// A wall time: a date and a time of day, with no zone.
///
/// A zone maps it to one instant, to none where it lies in a gap, or to several where it lies in a fold
/// (``ZoneRules/instants(of:)``).
public struct CivilDateTime: Hashable, Sendable {
    /// The day.
    public let date: CivilDate

    /// The time of day.
    public let time: CivilTime

    /// A wall time of two parts.
    public init(date: CivilDate, time: CivilTime) {
        self.date = date
        self.time = time
    }

    /// A wall time in the years 1 to 9999; nil where it does not exist.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard let date = CivilDate(year: year, month: month, day: day),
            let time = CivilTime(hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(date: date, time: time)
    }

    /// Reads `2026-03-29T02:30:00`; nil for any other text.
    public init?(_ text: some StringProtocol) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.take("T"), let time = scanner.time(), scanner.isAtEnd else {
            return nil
        }
        self.init(date: date, time: time)
    }

    /// The wall time that a clock shows this many seconds after it showed 1970-01-01T00:00:00.
    public init(wallSeconds: Int64) {
        let (days, seconds) = wallSeconds.floorDivided(by: 86_400)
        self.init(date: CivilDate(daysSinceEpoch: days), time: CivilTime(secondsSinceMidnight: Int(seconds)))
    }

    /// Seconds from 1970-01-01T00:00:00 to this wall time on one and the same clock, that is, the instant if the clock shows UTC.
    public var wallSeconds: Int64 {
        date.secondsSinceEpoch.addingSaturating(Int64(time.secondsSinceMidnight))
    }

    /// The wall seconds of 0001-01-01T00:00:00.
    static let minimumSeconds: Int64 = -62_135_596_800

    /// The wall seconds of 9999-12-31T23:59:59.
    static let maximumSeconds: Int64 = 253_402_300_799

    /// The wall seconds of the years 1 to 9999.
    static let secondsRange = minimumSeconds...maximumSeconds
}

extension CivilDateTime: Comparable {
    public static func < (left: CivilDateTime, right: CivilDateTime) -> Bool {
        (left.date, left.time) < (right.date, right.time)
    }
}

extension CivilDateTime: CustomStringConvertible {
    /// `2026-03-29T02:30:00`.
    public var description: String {
        var writer = DigitWriter()
        write(to: &writer)
        return writer.text
    }

    package func write(to writer: inout DigitWriter) {
        date.write(to: &writer)
        writer.write("T")
        time.write(to: &writer)
    }
}
