/// A calendar event as its parts' text: a reader of its own, that shares no code with the calendar.
///
/// It looks at each value and asks whether the text names it. The text is in the grammar and has no zone.
struct SlowEvent: SlowTicks {
    private var weekdays: String?
    private var years = "*"
    private var months = "*"
    private var days = "*"
    private var isFromLast = false
    let seconds: [Bool]
    let minutes: [Bool]
    let hours: [Bool]

    private static let shorthands = [
        "minutely": "*-*-* *:*:00", "hourly": "*-*-* *:00:00", "daily": "*-*-* 00:00:00",
        "weekly": "Mon *-*-* 00:00:00",
        "monthly": "*-*-01 00:00:00", "quarterly": "*-01,04,07,10-01 00:00:00", "semiannually": "*-01,07-01 00:00:00",
        "yearly": "*-01-01 00:00:00", "annually": "*-01-01 00:00:00",
    ]

    init(_ text: String) {
        let text = Self.shorthands[text.lowercased()] ?? text
        var time = ["0", "0", "0"]
        for word in text.split(separator: " ") {
            if word.first!.isLetter {
                weekdays = word.lowercased()
            } else if word.contains(":") {
                let parts = word.split(separator: ":").map(String.init)
                time = parts.count == 2 ? parts + ["0"] : parts
            } else {
                isFromLast = word.contains("~")
                let parts = word.split { $0 == "-" || $0 == "~" }.map(String.init)
                days = parts.last!
                months = parts[parts.count - 2]
                years = parts.count == 3 ? parts[0] : "*"
            }
        }
        seconds = (0...59).map { Self.names(time[2], $0, last: 59) }
        minutes = (0...59).map { Self.names(time[1], $0, last: 59) }
        hours = (0...23).map { Self.names(time[0], $0, last: 23) }
    }

    func matches(year: Int, month: Int, day: Int, weekday: Int, monthLength: Int) -> Bool {
        guard Self.names(years, year, last: 2199, isYear: true), Self.names(months, month, last: 12) else {
            return false
        }
        guard matches(weekday: (weekday + 6) % 7) else { return false }
        if !isFromLast || days == "*" { return Self.names(days, day, last: 31) }
        // systemd turns what is counted from the end into days of this month, and counts its steps upward.
        return days.split(separator: ",").contains { item in
            let (first, last, step) = Self.parts(item)
            var range = monthLength - first + 1...(step > 0 && last == nil ? monthLength : monthLength - first + 1)
            if let last { range = monthLength - (last - (last - first) % max(step, 1)) + 1...monthLength - first + 1 }
            return range.contains(day) && (step == 0 || (day - range.lowerBound) % step == 0)
        }
    }

    /// By its place in the week, Monday being 0.
    private func matches(weekday: Int) -> Bool {
        guard let weekdays else { return true }
        let names = RandomEvent.weekdays.map { $0.lowercased() }
        return weekdays.split(separator: ",").contains { item in
            let ends = item.split { $0 == "." || $0 == "-" }.map { names.firstIndex(of: String($0.prefix(3)))! }
            return (ends.first!...ends.last!).contains(weekday)
        }
    }

    private static func names(_ list: String, _ value: Int, last maximum: Int, isYear: Bool = false) -> Bool {
        list == "*"
            || list.split(separator: ",").contains { item in
                let (first, last, step) = parts(item)
                if step == 0 { return value == first }
                return value >= first && value <= last ?? maximum && (value - first) % step == 0
            }
    }

    /// First value, last value of a range, and step; 0 for a single value.
    private static func parts(_ item: Substring) -> (first: Int, last: Int?, step: Int) {
        let halves = item.split(separator: "/")
        let ends = halves[0].split(separator: ".").map { Int($0)! }
        return (ends[0], ends.count == 2 ? ends[1] : nil, halves.count == 2 ? Int(halves[1])! : ends.count == 2 ? 1 : 0)
    }
}
