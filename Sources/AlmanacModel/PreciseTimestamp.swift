package import AlmanacCalendar

/// A point on the UTC line with the kernel's own precision: what a run's start, end and creation are told in.
///
/// The calendar counts in whole seconds (`Timestamp`); this type is for what has happened. Nanoseconds since
/// 1970-01-01T00:00:00Z, leap seconds not counted, from the year 1678 to 2262.
package struct PreciseTimestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let nanosecondsSinceEpoch: Int64

    package init(nanosecondsSinceEpoch: Int64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// The start of a whole second; clamped to the range of this type.
    package init(_ timestamp: Timestamp) {
        let (nanoseconds, overflow) = timestamp.secondsSinceEpoch.multipliedReportingOverflow(by: 1_000_000_000)
        nanosecondsSinceEpoch = overflow ? (timestamp.secondsSinceEpoch < 0 ? .min : .max) : nanoseconds
    }

    /// The whole second that this point lies in: rounded towards the past, before 1970 too.
    package var timestamp: Timestamp {
        Timestamp(secondsSinceEpoch: secondsSinceEpoch)
    }

    /// The nanoseconds past `timestamp`, 0 to 999,999,999.
    package var nanosecond: Int64 {
        let rest = nanosecondsSinceEpoch % 1_000_000_000
        return rest < 0 ? rest + 1_000_000_000 : rest
    }

    /// Milliseconds since 1970, rounded towards the past.
    package var millisecondsSinceEpoch: Int64 {
        secondsSinceEpoch * 1000 + nanosecond / 1_000_000
    }

    /// RFC 3339 in UTC, with a fraction of 3, 6 or 9 digits where there is one: `2026-03-29T01:00:00.250Z`.
    package var description: String {
        var writer = DigitWriter()
        CivilDateTime(wallSeconds: secondsSinceEpoch).write(to: &writer)
        let nanosecond = self.nanosecond.magnitude
        if nanosecond != 0 {
            writer.write(".")
            if nanosecond % 1_000_000 == 0 {
                writer.write(UInt(nanosecond / 1_000_000), width: 3)
            } else if nanosecond % 1000 == 0 {
                writer.write(UInt(nanosecond / 1000), width: 6)
            } else {
                writer.write(UInt(nanosecond), width: 9)
            }
        }
        writer.write("Z")
        return writer.text
    }

    package static func < (left: PreciseTimestamp, right: PreciseTimestamp) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }

    /// The time from another point to this one; negative where this one is earlier.
    package func duration(since other: PreciseTimestamp) -> Duration {
        .nanoseconds(nanosecondsSinceEpoch - other.nanosecondsSinceEpoch)
    }

    /// The point that much later; clamped to the range of this type.
    package func advanced(by duration: Duration) -> PreciseTimestamp {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = nanosecondsSinceEpoch.addingReportingOverflow(overflow ? 0 : whole)
        if overflow || carry { return PreciseTimestamp(nanosecondsSinceEpoch: seconds < 0 ? .min : .max) }
        return PreciseTimestamp(nanosecondsSinceEpoch: sum + attoseconds / 1_000_000_000)
    }

    private var secondsSinceEpoch: Int64 {
        let quotient = nanosecondsSinceEpoch / 1_000_000_000
        return nanosecondsSinceEpoch % 1_000_000_000 < 0 ? quotient - 1 : quotient
    }
}
