// A second implementation of `spec/occurrences.md`, slow and plain, that shares no code with the calendar: own civil arithmetic, own
// field reader, own zone file reader. It looks at every wall minute (or second) of a window.

/// A zone as its transitions, from the 64-bit data of a fat file. Good for the years that the file covers.
struct SlowZone {
    let firstOffset: Int
    let transitions: [(at: Int, offset: Int)]

    init(fatFile bytes: [UInt8]) {
        func number(_ position: Int, _ size: Int) -> Int {
            let value = bytes[position..<position + size].reduce(0) { $0 << 8 | Int($1) }
            return size == 4 && value >= 1 << 31 ? value - 1 << 32 : value
        }
        func counts(_ header: Int) -> [Int] { (0..<6).map { number(header + 20 + 4 * $0, 4) } }
        let first = counts(0)
        let header = 44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0]
        let second = counts(header)
        let times = header + 44
        let indexes = times + 8 * second[3]
        let types = indexes + second[3]
        firstOffset = number(types, 4)
        var transitions: [(at: Int, offset: Int)] = []
        for index in 0..<second[3] {
            let offset = number(types + 6 * Int(bytes[indexes + index]), 4)
            if offset != (transitions.last?.offset ?? firstOffset) {
                transitions.append((number(times + 8 * index, 8), offset))
            }
        }
        self.transitions = transitions
    }

    /// The spans that touch a window: start, end and offset of each.
    func spans(from start: Int, to end: Int) -> [(start: Int, end: Int, offset: Int)] {
        var result: [(start: Int, end: Int, offset: Int)] = []
        var spanStart = Int.min
        var offset = firstOffset
        for transition in transitions + [(at: Int.max, offset: 0)] {
            if transition.at > start, spanStart <= end { result.append((spanStart, transition.at, offset)) }
            spanStart = transition.at
            offset = transition.offset
        }
        return result
    }
}

/// What the evaluator has to know of an expression.
protocol SlowTicks {
    var seconds: [Bool] { get }
    var minutes: [Bool] { get }
    var hours: [Bool] { get }
    func matches(year: Int, month: Int, day: Int, weekday: Int, monthLength: Int) -> Bool
}

extension SlowTicks {
    var isHourly: Bool { hours.allSatisfy { $0 } }
}

/// A cron expression as its fields' text.
struct SlowExpression: SlowTicks {
    let fields: [String]
    let seconds: [Bool]
    let minutes: [Bool]
    let hours: [Bool]
    let days: [Bool]
    let months: [Bool]
    let weekdays: [Bool]

    init(_ text: String) {
        var fields = text.uppercased().split { $0 == " " || $0 == "\t" }.map(String.init)
        if fields.count == 5 { fields.insert("0", at: 0) }
        self.fields = fields
        seconds = Self.set(fields[0], 0, 59, [])
        minutes = Self.set(fields[1], 0, 59, [])
        hours = Self.set(fields[2], 0, 23, [])
        days = Self.set(fields[3], 1, 31, [])
        months = Self.set(fields[4], 1, 12, Self.monthNames)
        weekdays = Self.set(fields[5], 0, 6, Self.weekdayNames)
    }

    static let monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    static let weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

    /// The plain items of a field as a table from 0 to the last value.
    static func set(_ text: String, _ low: Int, _ high: Int, _ names: [String]) -> [Bool] {
        var result = Array(repeating: false, count: high + 1)
        func value(_ word: Substring) -> Int {
            Int(word) ?? names.firstIndex(of: String(word))! + low
        }
        for item in text.split(separator: ",") {
            // Special items are read where they are needed. (A month's name too may end in L.)
            if item.contains("#") || high != 12 && item.hasSuffix("L") || item.hasSuffix("W") || item.hasPrefix("L") {
                continue
            }
            let parts = item.split(separator: "/")
            let step = parts.count == 2 ? Int(parts[1])! : 1
            let ends = parts[0].split(separator: "-")
            var walk: [Int] = []
            if parts[0] == "*" || parts[0] == "?" {
                walk = Array(low...high)
            } else if ends.count == 2 {
                // A 7 at the front is a Sunday and so a 0; at the back it is the Sunday after Saturday.
                var first = value(ends[0])
                let last = value(ends[1])
                if first == 7, high == 6, last != 7 { first = 0 }
                if first == 7, last == 7, high == 6 {
                    walk = [0]
                } else {
                    walk = [first]
                    var current = first
                    while current != last, walk.count <= high + 1 {
                        current += 1
                        if current > high, !(high == 6 && last == 7) { current = low }
                        walk.append(current)
                    }
                }
            } else if parts.count == 2 {
                let first = value(ends[0])
                walk = Array((high == 6 && first == 7 ? 0 : first)...high)
            } else {
                walk = [value(ends[0])]
            }
            for (index, current) in walk.enumerated() where index % step == 0 {
                result[high == 6 && current == 7 ? 0 : current] = true
            }
        }
        return result
    }

    /// Whether a day matches the month field and the two day fields.
    func matches(year: Int, month: Int, day: Int, weekday: Int, monthLength: Int) -> Bool {
        guard months[month] else { return false }
        let byDay = days[day] || specialDays(day, weekday, monthLength)
        let byWeekday = weekdays[weekday] || specialWeekdays(day, weekday, monthLength)
        let star = [fields[3], fields[5]].contains { $0.hasPrefix("*") || $0.hasPrefix("?") }
        return star ? byDay && byWeekday : byDay || byWeekday
    }

    private func specialDays(_ day: Int, _ weekday: Int, _ length: Int) -> Bool {
        func weekdayOf(_ other: Int) -> Int { ((weekday + other - day) % 7 + 7) % 7 }
        func isWorkday(_ other: Int) -> Bool { (1...5).contains(weekdayOf(other)) }
        for item in fields[3].split(separator: ",") {
            if item == "L" {
                if day == length { return true }
            } else if item == "LW" {
                if day == (1...length).last(where: isWorkday) { return true }
            } else if item.hasPrefix("L-") {
                if day == length - Int(item.dropFirst(2))! { return true }
            } else if item.hasSuffix("W") {
                let wanted = Int(item.dropLast())!
                guard wanted <= length else { continue }
                // In order of preference: the day itself, its neighbours, and where those leave the month, the third.
                let nearest = [wanted, wanted - 1, wanted + 1, wanted + 2, wanted - 2].first {
                    (1...length).contains($0) && isWorkday($0)
                }
                if day == nearest { return true }
            }
        }
        return false
    }

    private func specialWeekdays(_ day: Int, _ weekday: Int, _ length: Int) -> Bool {
        func value(_ word: Substring) -> Int { (Int(word) ?? Self.weekdayNames.firstIndex(of: String(word))!) % 7 }
        for item in fields[5].split(separator: ",") {
            if item.contains("#") {
                let parts = item.split(separator: "#")
                let earlier = stride(from: day, to: 0, by: -7).count { _ in true }
                if value(parts[0]) == weekday, Int(parts[1]) == earlier { return true }
            } else if item.hasSuffix("L") {
                if value(item.dropLast()) == weekday, day + 7 > length { return true }
            }
        }
        return false
    }
}

/// Settles every tick of a window.
struct SlowEvaluator {
    var zone: SlowZone
    var skipsGaps = false
    /// `first`, `last` or `both`.
    var fold = "first"
    var hourlyRule = true

    /// One line for each occurrence, comparable with those of the calendar.
    struct Line: Equatable, CustomStringConvertible {
        var at: Int
        var isSkipped: Bool
        var tick: Int
        var reason: String

        var description: String { "\(at) \(isSkipped ? "skip" : "fire") \(tick) \(reason)" }
    }

    /// The occurrences at instants strictly after `start`, up to and including `end`, walking by minutes or seconds.
    func lines(_ expression: some SlowTicks, after start: Int, through end: Int, step: Int) -> [Line] {
        // Whatever is settled in the window has its wall time and all its instants within a few days of it.
        let margin = 120 * 3600
        let spans = zone.spans(from: start - margin, to: end + margin)
        let offsets = spans.map(\.offset)
        let reach = offsets.max()! - offsets.min()!
        var lines: [Line] = []
        var gaps: [Int: [Int]] = [:]
        let first = start + offsets.min()! - reach
        let last = end + offsets.max()! + reach
        for tick in ticks(expression, from: first, through: last, step: step) {
            let instants = spans.filter { $0.start <= tick - $0.offset && tick - $0.offset < $0.end }
                .map { (at: tick - $0.offset, offset: $0.offset) }
            if instants.isEmpty {
                for index in 1..<spans.count {
                    let transition = spans[index].start
                    if transition + spans[index - 1].offset <= tick, tick < transition + spans[index].offset {
                        gaps[index, default: []].append(tick)
                        break
                    }
                }
            } else {
                lines += settle(tick, instants, expression)
            }
        }
        for (index, ticks) in gaps {
            let transition = spans[index].start
            let shift = spans[index].offset - spans[index - 1].offset
            if hourlyRule, expression.isHourly, shift % 3600 == 0 { continue }
            let wallAtEnd = transition + spans[index].offset
            let isTickAtEnd = !self.ticks(expression, from: wallAtEnd, through: wallAtEnd, step: 1).isEmpty
            let fires = !skipsGaps && !isTickAtEnd
            for (number, tick) in ticks.enumerated() {
                lines.append(Line(at: transition, isSkipped: !(fires && number == 0), tick: tick, reason: "gap"))
            }
        }
        return lines.filter { $0.at > start && $0.at <= end }.sorted {
            ($0.at, $0.isSkipped ? 1 : 0, $0.tick) < ($1.at, $1.isSkipped ? 1 : 0, $1.tick)
        }
    }

    /// A tick that comes once or more.
    private func settle(_ tick: Int, _ instants: [(at: Int, offset: Int)], _ expression: some SlowTicks) -> [Line] {
        instants.indices.map { index in
            func isPassed(_ a: Int, _ b: Int) -> Bool {
                hourlyRule && expression.isHourly && (instants[a].offset - instants[b].offset) % 3600 == 0
            }
            let heldByEarlier = index > 0 && !isPassed(index - 1, index)
            let heldByLater = index + 1 < instants.count && !isPassed(index, index + 1)
            let isSkipped = fold == "first" && heldByEarlier || fold == "last" && heldByLater
            let reason = heldByEarlier || heldByLater ? "fold" : ""
            return Line(at: instants[index].at, isSkipped: isSkipped, tick: tick, reason: reason)
        }
    }

    /// Every matching wall time of a stretch.
    private func ticks(_ expression: some SlowTicks, from first: Int, through last: Int, step: Int) -> [Int] {
        var result: [Int] = []
        var day = Int((Double(first) / 86_400).rounded(.down)) * 86_400
        while day <= last {
            let date = Self.date(day / 86_400)
            if expression.matches(
                year: date.year,
                month: date.month,
                day: date.day,
                weekday: date.weekday,
                monthLength: Self.length(date.month, date.year)
            ) {
                for hour in 0..<24 where expression.hours[hour] {
                    for minute in 0..<60 where expression.minutes[minute] {
                        let time = day + hour * 3600 + minute * 60
                        if step == 60 {
                            if time >= first, time <= last { result.append(time) }
                        } else if time + 59 >= first, time <= last {
                            for second in 0..<60 where expression.seconds[second] {
                                if time + second >= first, time + second <= last { result.append(time + second) }
                            }
                        }
                    }
                }
            }
            day += 86_400
        }
        return result
    }

    // MARK: Civil arithmetic, by counting

    static func length(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 400 == 0 || year % 4 == 0 && year % 100 != 0 ? 29 : 28
        default: 31
        }
    }

    /// The date of a day since 1970-01-01, a Thursday.
    static func date(_ day: Int) -> (year: Int, month: Int, day: Int, weekday: Int) {
        var year = 1970
        var rest = day
        while rest < 0 {
            year -= 1
            rest += length(2, year) == 29 ? 366 : 365
        }
        while rest >= (length(2, year) == 29 ? 366 : 365) {
            rest -= length(2, year) == 29 ? 366 : 365
            year += 1
        }
        var month = 1
        while rest >= length(month, year) {
            rest -= length(month, year)
            month += 1
        }
        return (year, month, rest + 1, ((day % 7) + 7 + 4) % 7)
    }
}
