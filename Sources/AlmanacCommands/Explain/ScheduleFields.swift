import AlmanacCalendar

/// The fields of an expression as sets of values, read from its canonical form.
///
/// The canonical form is the calendar's own rendering of what an expression means, so what is said about these sets is true of the
/// expression however it was written.
struct ScheduleFields: Equatable {
    var seconds: [Int] = [0]
    var minutes: [Int]
    var hours: [Int]
    var months: [Int]
    var monthDays = MonthDays()
    var weekdays = Weekdays()

    /// Whether a day that matches one of the two day fields matches; otherwise it has to match both.
    var matchesEitherDay: Bool

    /// The day-of-month field; every list is ascending.
    struct MonthDays: Equatable {
        var days: [Int] = []
        /// `L-n`; 0 is `L`.
        var fromLast: [Int] = []
        /// `nW`.
        var nearestWeekdays: [Int] = []
        /// `LW`.
        var lastWeekday = false

        var isEvery: Bool { days.count == 31 }
    }

    /// The day-of-week field; 0 is Sunday.
    struct Weekdays: Equatable {
        var days: [Int] = []
        /// `d#k`.
        var nth: [Nth] = []
        /// `dL`.
        var last: [Int] = []

        struct Nth: Equatable {
            let weekday: Int
            let place: Int
        }

        var isEvery: Bool { days.count == 7 }
    }

    /// The fields of an expression; nil for `@every` and `@reboot`, which have none.
    init?(_ expression: CronExpression) {
        let words = expression.description.split(separator: " ")
        guard words.count == 5 || words.count == 6, !words[0].hasPrefix("@") else { return nil }
        let fields = Array(words.suffix(5))
        if words.count == 6 { seconds = Self.values(words[0], in: 0...59) }
        minutes = Self.values(fields[0], in: 0...59)
        hours = Self.values(fields[1], in: 0...23)
        months = Self.values(fields[3], in: 1...12)
        matchesEitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        readMonthDays(fields[2])
        readWeekdays(fields[4])
    }

    private mutating func readMonthDays(_ field: Substring) {
        var plain: [Substring] = []
        for item in field.split(separator: ",") {
            if item == "LW" {
                monthDays.lastWeekday = true
            } else if item == "L" {
                monthDays.fromLast.append(0)
            } else if item.hasPrefix("L-"), let days = Int(item.dropFirst(2)) {
                monthDays.fromLast.append(days)
            } else if item.hasSuffix("W"), let day = Int(item.dropLast()) {
                monthDays.nearestWeekdays.append(day)
            } else {
                plain.append(item)
            }
        }
        monthDays.days = Self.values(plain, in: 1...31)
    }

    private mutating func readWeekdays(_ field: Substring) {
        var plain: [Substring] = []
        for item in field.split(separator: ",") {
            let parts = item.split(separator: "#")
            if parts.count == 2, let weekday = Int(parts[0]), let place = Int(parts[1]) {
                weekdays.nth.append(.init(weekday: weekday, place: place))
            } else if item.hasSuffix("L"), let weekday = Int(item.dropLast()) {
                weekdays.last.append(weekday)
            } else {
                plain.append(item)
            }
        }
        weekdays.days = Self.values(plain, in: 0...6)
    }

    private static func values(_ field: Substring, in range: ClosedRange<Int>) -> [Int] {
        values(field.split(separator: ","), in: range)
    }

    /// The values of canonical items: `*`, `a`, `a-b`, each with or without `/n`.
    private static func values(_ items: [Substring], in range: ClosedRange<Int>) -> [Int] {
        var result: Set<Int> = []
        for item in items {
            let parts = item.split(separator: "/")
            let bounds = parts[0].split(separator: "-").compactMap { Int($0) }
            let step = parts.count == 2 ? Int(parts[1]) : nil
            let first = bounds.first ?? range.lowerBound
            let last = bounds.count == 2 ? bounds[1] : bounds.isEmpty || step != nil ? range.upperBound : first
            result.formUnion(stride(from: first, through: last, by: step ?? 1))
        }
        return result.sorted()
    }
}
