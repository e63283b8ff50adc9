/// A point on the UTC time line, in whole seconds.
///
/// Any 64-bit count is a value; text is read and results are given for the years 1 to 9999 only (``minimum`` to ``maximum``).
/// Leap seconds do not exist here, as in POSIX time.
///
/// ```swift
/// let start = Timestamp(rfc3339: "2026-03-29T03:00:00+02:00")!
/// print(start)                        // 2026-03-29T01:00:00Z
/// print(start.advanced(bySeconds: 90))  // 2026-03-29T01:01:30Z
/// ```
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    public let secondsSinceEpoch: Int64

    /// The instant that lies this many seconds after 1970-01-01T00:00:00Z.
    public init(secondsSinceEpoch: Int64) {
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// 0001-01-01T00:00:00Z, the first instant that text can name and that a schedule answers.
    public static let minimum = Timestamp(secondsSinceEpoch: CivilDateTime.minimumSeconds)

    /// 9999-12-31T23:59:59Z, the last instant that text can name and that a schedule answers.
    public static let maximum = Timestamp(secondsSinceEpoch: CivilDateTime.maximumSeconds)

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }

    /// The instant this many seconds later (earlier, where negative); it stays at the ends of the 64-bit range.
    public func advanced(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(secondsSinceEpoch: secondsSinceEpoch.addingSaturating(seconds))
    }

    /// Seconds from `earlier` to this instant, negative where that one is later; it stays at the ends of the 64-bit range.
    public func seconds(since earlier: Timestamp) -> Int64 {
        secondsSinceEpoch.subtractingSaturating(earlier.secondsSinceEpoch)
    }

    /// The instant this many seconds later, as ``advanced(bySeconds:)``.
    public static func + (instant: Timestamp, seconds: Int64) -> Timestamp {
        instant.advanced(bySeconds: seconds)
    }

    /// The instant this many seconds earlier, as ``advanced(bySeconds:)`` of the negated count.
    public static func - (instant: Timestamp, seconds: Int64) -> Timestamp {
        Timestamp(secondsSinceEpoch: instant.secondsSinceEpoch.subtractingSaturating(seconds))
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, `2026-03-29T01:00:00Z`; a year outside 1 to 9999 gets a sign and as many digits as it needs.
    public var description: String {
        var writer = DigitWriter()
        CivilDateTime(wallSeconds: secondsSinceEpoch).write(to: &writer)
        writer.write("Z")
        return writer.text
    }
}

extension Int64 {
    /// The sum, or the end of the range that it would pass.
    func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    /// The difference, or the end of the range that it would pass.
    func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The product, or the end of the range that it would pass.
    func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// The quotient rounded towards negative infinity and the remainder from 0 up to the positive divisor, not included.
    func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
