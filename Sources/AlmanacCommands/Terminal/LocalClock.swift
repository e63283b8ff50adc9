import AlmanacCalendar

/// Shows instants as a zone's clocks do, for people: `Sun 2026-03-29 03:00:00 CEST`.
///
/// It asks the zone once for each quarter of an hour.
struct LocalClock {
    let zone: ZoneRules

    /// The stretch of instants that share what is below.
    private var stretch: Range<Int64> = 0..<0
    private var offset: Int64 = 0
    private var abbreviation: [UInt8] = []

    private static let weekdays = ["Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "].map { Array($0.utf8) }
    private var day: Int64 = .min
    private var dayText: [UInt8] = []

    init(zone: ZoneRules) {
        self.zone = zone
    }

    /// The instant as text.
    mutating func text(_ instant: Timestamp) -> String {
        var bytes: [UInt8] = []
        append(instant, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the instant as text.
    mutating func append(_ instant: Timestamp, to bytes: inout [UInt8]) {
        place(instant)
        let wall = CivilDateTime(wallSeconds: instant.secondsSinceEpoch + offset)
        let number = wall.date.daysSinceEpoch
        if number != day {
            day = number
            dayText = Self.weekdays[wall.date.weekday] + Array("\(wall.date) ".utf8)
        }
        bytes.append(contentsOf: dayText)
        TimeText.append(secondsSinceMidnight: wall.time.secondsSinceMidnight, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: abbreviation)
    }

    /// Sees to it that offset and abbreviation are those of the instant.
    ///
    /// An abbreviation can change where the offset does not, which no transition tells, so a stretch is a quarter of an hour.
    private mutating func place(_ instant: Timestamp) {
        let seconds = instant.secondsSinceEpoch
        guard !stretch.contains(seconds) else { return }
        offset = Int64(zone.offset(at: instant).seconds)
        abbreviation = Array(zone.abbreviation(at: instant).utf8)
        let start = seconds - (seconds % 900 + 900) % 900
        let change = zone.transition(after: instant)?.at.secondsSinceEpoch ?? .max
        stretch = seconds..<min(start + 900, change)
    }
}
