import AlmanacCalendar

/// Writes instants and wall times as RFC 3339 has them, several times faster than their descriptions do.
///
/// It remembers the texts of the day and of the offset that it wrote last, since lists of occurrences keep to them for long.
struct InstantText {
    private var day: Int64 = .min
    private var dayText: [UInt8] = []
    private var offset = UTCOffset.zero
    private var offsetText = Array("+00:00".utf8)

    /// Appends `2026-03-29T01:00:00Z`.
    @inline(__always)
    mutating func append(_ instant: Timestamp, to bytes: inout [UInt8]) {
        append(wallSeconds: instant.secondsSinceEpoch, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Appends `2026-03-29T02:30:00`.
    @inline(__always)
    mutating func append(_ wall: CivilDateTime, to bytes: inout [UInt8]) {
        append(wallSeconds: wall.wallSeconds, to: &bytes)
    }

    /// Appends the instant on the zone's clocks with its offset, `2026-03-29T03:00:00+02:00`.
    mutating func appendLocal(_ instant: Timestamp, in zone: ZoneRules, to bytes: inout [UInt8]) {
        let offset = zone.offset(at: instant)
        append(wallSeconds: instant.secondsSinceEpoch + Int64(offset.seconds), to: &bytes)
        if offset != self.offset {
            self.offset = offset
            offsetText = Array(offset.description.utf8)
        }
        bytes.append(contentsOf: offsetText)
    }

    private mutating func append(wallSeconds: Int64, to bytes: inout [UInt8]) {
        var (newDay, second) = wallSeconds.quotientAndRemainder(dividingBy: 86_400)
        if second < 0 {
            newDay -= 1
            second += 86_400
        }
        if newDay != day {
            day = newDay
            dayText = Array(CivilDate(daysSinceEpoch: newDay).description.utf8)
            dayText.append(UInt8(ascii: "T"))
        }
        bytes.append(contentsOf: dayText)
        TimeText.append(secondsSinceMidnight: Int(truncatingIfNeeded: second), to: &bytes)
    }
}

/// Writes times of day.
enum TimeText {
    /// Two digits for each number from 0 to 59.
    private static let pairs: [(tens: UInt8, ones: UInt8)] = (UInt8(0)..<60).map { number in
        (tens: UInt8(ascii: "0") + number / 10, ones: UInt8(ascii: "0") + number % 10)
    }

    /// Appends `02:30:00`.
    @inline(__always)
    static func append(secondsSinceMidnight seconds: Int, to bytes: inout [UInt8]) {
        append(pair: seconds / 3600, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(pair: seconds / 60 % 60, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(pair: seconds % 60, to: &bytes)
    }

    @inline(__always)
    private static func append(pair number: Int, to bytes: inout [UInt8]) {
        let (tens, ones) = pairs[number]
        bytes.append(tens)
        bytes.append(ones)
    }
}
