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

    /// The only years, ascending; nil for all.
    var years: [Int]?

    /// Whether the fields are those of a calendar event, whose days always match both.
    var isCalendarEvent = false

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
        if expression.isCalendarEvent {
            self.init(calendarEvent: expression.description)
        } else {
            self.init(cron: expression.description)
        }
    }

    private init?(cron text: String) {
        let words = text.split(separator: " ")
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

    /// The fields of a calendar event in its normalized form, without a zone: `Mon..Fri *-*-* 09:00:00`.
    private init(calendarEvent text: String) {
        var words = text.split(separator: " ")
        let time = words.removeLast().split(separator: ":")
        hours = Self.eventValues(time[0], in: 0...23)
        minutes = Self.eventValues(time[1], in: 0...59)
        seconds = Self.eventValues(time[2], in: 0...59)
        let date = words.removeLast()
        let parts = date.split { $0 == "-" || $0 == "~" }
        years = parts[0] == "*" ? nil : Self.eventValues(parts[0], in: 1970...2199)
        months = Self.eventValues(parts[1], in: 1...12)
        matchesEitherDay = false
        isCalendarEvent = true
        if date.contains("~") {
            monthDays.fromLast = Self.eventValues(parts[2], in: 1...28, isDescending: true).map { $0 - 1 }
        } else {
            monthDays.days = Self.eventValues(parts[2], in: 1...31)
        }
        weekdays.days = words.first.map(Self.eventWeekdays) ?? Array(0...6)
    }

    /// The values of normalized items: `*`, `a`, `a..b`, each but the first with or without `/n`.
    ///
    /// - Parameter isDescending: whether a step without an end leads down, as from the month's end.
    private static func eventValues(_ list: Substring, in range: ClosedRange<Int>, isDescending: Bool = false) -> [Int]
    {
        if list == "*" { return Array(range) }
        var result: Set<Int> = []
        for item in list.split(separator: ",") {
            let parts = item.split(separator: "/")
            let ends = parts[0].split(separator: ".").compactMap { Int($0) }
            let step = parts.count == 2 ? Int(parts[1]) ?? 1 : 1
            if ends.count == 1, parts.count == 2, isDescending {
                result.formUnion(stride(from: ends[0], through: range.lowerBound, by: -step))
            } else {
                let last = ends.count == 2 ? ends[1] : parts.count == 2 ? range.upperBound : ends[0]
                result.formUnion(stride(from: ends[0], through: last, by: step))
            }
        }
        return result.sorted()
    }

    /// `Mon,Wed..Fri`, in systemd's week from Monday to Sunday.
    private static func eventWeekdays(_ list: Substring) -> [Int] {
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        var result: Set<Int> = []
        for item in list.split(separator: ",") {
            let ends = item.split(separator: ".").compactMap { names.firstIndex(of: String($0)) }
            guard let first = ends.first, let last = ends.last else { continue }
            result.formUnion((first...last).map { ($0 + 1) % 7 })
        }
        return result.sorted()
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
