// cron's rule about changes of the clocks, written out by hand from cron(8) and cron.c of Debian's cron 3.0pl1: "local time changes of
// less than three hours, such as those caused by the Daylight Saving changes, are handled in a special way. [...] If time was adjusted
// one hour forward, those jobs that would have run in the interval that has been skipped will be run immediately. Conversely, if time was
// adjusted backward, running the same job twice is avoided." It looks at every minute, has its own zone reader, its own calendar and its
// own reader of fields, and shares no code with the project.

/// A zone as the offsets of its coming years, in minutes, from the 64-bit data of a fat zone file.
struct RuleZone: Hashable {
    /// The changes of the offset in ascending order: the minute since 1970 in UTC, and the minutes east of UTC from then on.
    let changes: [Change]
    let firstOffset: Int

    struct Change: Hashable {
        let minute: Int
        let offset: Int
    }

    /// The changes in a stretch of minutes; nil for a file whose data are none of whole minutes, or do not reach so far.
    init?(fatFile bytes: [UInt8], from start: Int, to end: Int) {
        func number(_ position: Int, _ size: Int) -> Int {
            let value = bytes[position..<position + size].reduce(0) { $0 << 8 | Int($1) }
            return value >= 1 << (size * 8 - 1) ? value - 1 << (size * 8) : value
        }
        func wide(_ position: Int) -> Int {
            Int(Int64(bitPattern: bytes[position..<position + 8].reduce(0) { $0 << 8 | UInt64($1) }))
        }
        guard bytes.count > 44, bytes[4] >= UInt8(ascii: "2") else { return nil }
        func counts(_ header: Int) -> [Int] { (0..<6).map { number(header + 20 + 4 * $0, 4) } }
        let first = counts(0)
        let header = 44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0]
        let second = counts(header)
        let (times, indexes) = (header + 44, header + 44 + 8 * second[3])
        let types = indexes + second[3]
        var changes: [Change] = []
        // From the end, so that what lies before the stretch need not be looked at.
        for index in (0..<second[3]).reversed() {
            let time = wide(times + 8 * index)
            guard time <= end * 60 else { continue }
            let offset = number(types + 6 * Int(bytes[indexes + index]), 4)
            let before = index == 0 ? number(types, 4) : number(types + 6 * Int(bytes[indexes + index - 1]), 4)
            changes.append(Change(minute: time / 60, offset: offset / 60))
            if time < start * 60 { break }
            guard time % 60 == 0, offset % 60 == 0, before % 60 == 0 else { return nil }
            if offset == before { changes.removeLast() }
        }
        changes.reverse()
        // Daylight saving time that goes on for ever has to be in the data to the end of the stretch.
        if let last = changes.last, last.minute < end - 400 * 1440, bytes.suffix(64).contains(UInt8(ascii: ",")) {
            return nil
        }
        firstOffset = changes.first.map { $0.minute < start ? $0.offset : 0 } ?? number(types, 4) / 60
        self.changes = changes.filter { $0.minute >= start }
    }

    func offset(at minute: Int) -> Int {
        changes.last { $0.minute <= minute }?.offset ?? firstOffset
    }
}

/// The times of a crontab line, as tables of what matches.
struct RuleTimes {
    let text: String
    let fields: [String]
    let minutes: [Bool]
    let hours: [Bool]
    let days: [Bool]
    let months: [Bool]
    let weekdays: [Bool]
    /// Whether one of the day fields begins with `*`.
    let needsBothDays: Bool

    init(_ text: String) {
        self.text = text
        fields = text.split(separator: " ").map(String.init)
        minutes = Self.values(fields[0], 0, 59)
        hours = Self.values(fields[1], 0, 23)
        days = Self.values(fields[2], 1, 31)
        months = Self.values(fields[3], 1, 12)
        var weekdays = Self.values(fields[4], 0, 7)
        if weekdays[7] { weekdays[0] = true }
        self.weekdays = weekdays
        needsBothDays = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
    }

    /// A wildcard job: `*` at the beginning of minute or hour.
    var isWildcard: Bool { fields[0].hasPrefix("*") || fields[1].hasPrefix("*") }

    private static func values(_ field: String, _ low: Int, _ high: Int) -> [Bool] {
        var result = Array(repeating: false, count: high + 1)
        for item in field.split(separator: ",") {
            let parts = item.split(separator: "/")
            let ends = parts[0] == "*" ? [low, high] : parts[0].split(separator: "-").map { Int($0)! }
            var value = ends[0]
            while value <= ends[ends.count - 1] {
                result[value] = true
                value += parts.count == 2 ? Int(parts[1])! : 1
            }
        }
        return result
    }

    /// Whether a minute of wall time since 1970-01-01 matches.
    func matches(_ wall: Int) -> Bool {
        guard minutes[wall % 60], hours[wall % 1440 / 60] else { return false }
        let date = Self.date(wall / 1440)
        let (day, weekday) = (days[date.day], weekdays[date.weekday])
        return months[date.month] && (needsBothDays ? day && weekday : day || weekday)
    }

    /// The date of a day since 1970-01-01, a Thursday, by counting years and months from 2026 on.
    static func date(_ day: Int) -> (month: Int, day: Int, weekday: Int) {
        func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
        var (year, month, rest) = (2026, 1, day - 20_454)
        while rest >= (isLeap(year) ? 366 : 365) {
            rest -= isLeap(year) ? 366 : 365
            year += 1
        }
        let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        while rest >= lengths[month - 1] {
            rest -= lengths[month - 1]
            month += 1
        }
        return (month, rest + 1, (day + 4) % 7)
    }
}

/// Goes through every minute of a stretch and says what cron starts in it.
struct CronRule {
    let zone: RuleZone

    /// A minute in UTC, and the minutes of wall time for which the job is started then, one start for each.
    struct Start: Equatable {
        let minute: Int
        let walls: [Int]
    }

    /// What is started from one minute up to another, not included, by a cron that has been running since an hour before.
    func starts(_ times: RuleTimes, from first: Int, to end: Int) -> [Start] {
        var result: [Start] = []
        // The minute of wall time up to which fixed jobs have been seen to.
        var settled = first - 60 + zone.offset(at: first - 60)
        var offset = zone.offset(at: first - 59)
        let changes = zone.changes.filter { $0.minute >= first - 59 && $0.minute < end }
        for minute in (first - 59)..<end {
            if !changes.isEmpty, let change = changes.first(where: { $0.minute == minute }) { offset = change.offset }
            let wall = minute + offset
            var walls: [Int] = []
            if times.isWildcard {
                // They go by what the clock shows. (Changes of five minutes and less, and of more than three hours, are none of these years.)
                walls = [wall]
                if wall > settled { settled = wall }
            } else if wall - settled > 180 || settled - wall >= 180 {
                walls = [wall]
                settled = wall
            } else if wall > settled {
                walls = Array(settled + 1...wall)
                settled = wall
            }
            walls = walls.filter(times.matches)
            if !walls.isEmpty, minute >= first { result.append(Start(minute: minute, walls: walls)) }
        }
        return result
    }
}
