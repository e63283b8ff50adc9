/// Prints expressions in their canonical form.
///
/// Values are numbers in ascending order, neighbours are joined to ranges and even distances to steps. The form depends on the
/// meaning alone, so equal expressions print alike, and it reads back as an equal value: whether a day field begins with `*` is
/// chosen so that the rule about the two day fields stays the same.
enum CronPrinter {
    static func text(of fields: CronFields) -> String {
        var parts: [String] = []
        if fields.seconds != 1 { parts.append(text(fields.seconds, in: 0...59)) }
        parts.append(text(fields.minutes, in: 0...59))
        parts.append(text(UInt64(fields.hours), in: 0...23))

        let days = UInt64(fields.monthDays.days)
        let weekdays = UInt64(fields.weekdays.days)
        let months = text(UInt64(fields.months), in: 1...12)
        let isEither = fields.matchesEitherDay
        // If both days must match, one field has to begin with a star: one that is full does, else the first that holds its
        // range's first value, which every field begun with a star does.
        let isAnyFull = isFull(days, 1...31) || isFull(weekdays, 0...6)
        let forcesDays = !isEither && !isAnyFull && days & 2 != 0
        let forcesWeekdays = !isEither && !isAnyFull && !forcesDays
        parts.append(
            dayText(days, in: 1...31, special: special(fields.monthDays), allowsStar: !isEither, forcesStar: forcesDays)
        )
        parts.append(months)
        parts.append(
            dayText(
                weekdays,
                in: 0...6,
                special: special(fields.weekdays),
                allowsStar: !isEither,
                forcesStar: forcesWeekdays
            )
        )
        return parts.joined(separator: " ")
    }

    static func text(ofEvery seconds: Int64) -> String {
        // Each number has at most nine digits; what is more spills over into the next smaller unit.
        let limit: Int64 = 999_999_999
        var rest = seconds
        var text = "@every "
        for (letter, unit) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(String, Int64)] {
            let count = min(rest / unit, limit)
            rest -= count * unit
            if count > 0 { text += "\(count)\(letter)" }
        }
        return text
    }

    // MARK: Sets

    private static func isFull(_ set: UInt64, _ range: ClosedRange<Int>) -> Bool {
        set.nonzeroBitCount == range.count
    }

    /// A field of plain values, not empty.
    private static func text(_ set: UInt64, in range: ClosedRange<Int>) -> String {
        if isFull(set, range) { return "*" }
        let all = values(set)
        if all.count > 2, let step = step(of: all), step > 1, let first = all.first, let last = all.last {
            if last + step <= range.upperBound { return "\(first)-\(last)/\(step)" }
            return first == range.lowerBound ? "*/\(step)" : "\(first)/\(step)"
        }
        return ranges(set)
    }

    /// A day field: its plain values, then its special items.
    private static func dayText(
        _ set: UInt64,
        in range: ClosedRange<Int>,
        special: [String],
        allowsStar: Bool,
        forcesStar: Bool
    ) -> String {
        var items: [String] = []
        if forcesStar {
            items = starred(set, in: range)
        } else if set != 0 {
            let plain = text(set, in: range)
            if allowsStar || !plain.hasPrefix("*") {
                items = [plain]
            } else {
                // `*` would turn the rule about days round: the same set, written as a range.
                items = ["\(range.lowerBound)-\(range.upperBound)" + plain.dropFirst()]
            }
        }
        return (items + special).joined(separator: ",")
    }

    /// The values as a list that begins with `*/n`, with the smallest n whose values all belong to the set.
    private static func starred(_ set: UInt64, in range: ClosedRange<Int>) -> [String] {
        for step in 2...range.count {
            let steps = stride(from: range.lowerBound, through: range.upperBound, by: step).reduce(UInt64(0)) {
                $0 | 1 << UInt64($1)
            }
            if steps & ~set == 0 {
                let rest = set & ~steps
                return ["*/\(step)"] + (rest == 0 ? [] : [ranges(rest)])
            }
        }
        preconditionFailure("a field that begins with a star holds its range's first value")
    }

    private static func values(_ set: UInt64) -> [Int] {
        (0..<64).filter { set & 1 << UInt64($0) != 0 }
    }

    /// The distance between neighbours, where it is the same for all.
    private static func step(of values: [Int]) -> Int? {
        let distances = zip(values.dropFirst(), values).map { $0 - $1 }
        guard let step = distances.first else { return nil }
        return distances.allSatisfy { $0 == step } ? step : nil
    }

    /// `1,3-5,8`: runs of three and more are ranges.
    private static func ranges(_ set: UInt64) -> String {
        var items: [String] = []
        var rest = values(set)[...]
        while let first = rest.first {
            var last = first
            while rest.first == last || rest.first == last + 1 { last = rest.removeFirst() }
            switch last - first {
            case 0: items.append("\(first)")
            case 1: items += ["\(first)", "\(last)"]
            default: items.append("\(first)-\(last)")
            }
        }
        return items.joined(separator: ",")
    }

    // MARK: Special items

    private static func special(_ days: CronFields.MonthDays) -> [String] {
        let fromLast = values(UInt64(days.fromLast)).map { $0 == 0 ? "L" : "L-\($0)" }
        let nearest = values(UInt64(days.nearestWeekdays)).map { "\($0)W" }
        return fromLast + nearest + (days.lastWeekday ? ["LW"] : [])
    }

    private static func special(_ weekdays: CronFields.Weekdays) -> [String] {
        values(weekdays.nth).map { "\($0 % 7)#\($0 / 7 + 1)" } + values(UInt64(weekdays.last)).map { "\($0)L" }
    }
}
