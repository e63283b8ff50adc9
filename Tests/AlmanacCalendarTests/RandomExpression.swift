/// Makes random expressions whose ticks are likely to lie in a window.
struct RandomExpression {
    var generator: SeededGenerator

    /// Text of five or six fields; now and then in other letter case and with other blanks.
    mutating func text(near hour: Int, day: Int, weekday: Int, month: Int, bySecond: Bool) -> String {
        var fields = [minutes(), hours(near: hour)]
        // Days are left open mostly, so that something happens at all.
        let dayKind = Int.random(in: 0..<10, using: &generator)
        let days = dayKind < 6 ? pick(["*", "*", "?"]) : list { $0.monthDay(near: day) }
        let weekdays = dayKind < 4 || dayKind == 6 ? pick(["*", "*", "?"]) : list { $0.weekday(near: weekday) }
        let months = Int.random(in: 0..<6, using: &generator) > 0 ? "*" : list { $0.month(near: month) }
        fields += [days, months, weekdays]
        if bySecond { fields.insert(list { $0.number(0, 59, near: 0) }, at: 0) }
        let text = fields.joined(separator: pick([" ", " ", "  ", "\t"]))
        return Int.random(in: 0..<5, using: &generator) == 0 ? text.lowercased() : text
    }

    private mutating func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &generator)! }

    private mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    /// One item mostly, up to three.
    private mutating func list(_ item: (inout RandomExpression) -> String) -> String {
        let count = pick([1, 1, 1, 1, 2, 2, 3])
        return (0..<count).map { _ in item(&self) }.joined(separator: ",")
    }

    private mutating func minutes() -> String {
        switch number(in: 0...7) {
        case 0: "*"
        case 1: "*/" + pick(["5", "10", "15", "20", "30", "7", "45"])
        case 2, 3: pick(["0", "30", "0,30", "59", "15", "45", "1"])
        default: list { $0.number(0, 59, near: 0) }
        }
    }

    private mutating func hours(near hour: Int) -> String {
        switch number(in: 0...9) {
        case 0, 1, 2: pick(["*", "*", "*", "0-23", "*/1", "5-4"])
        case 3: "*/" + String(number(in: 1...13))
        default: list { $0.number(0, 23, near: hour) }
        }
    }

    /// A value, a range, a wrap, with or without a step.
    fileprivate mutating func number(_ low: Int, _ high: Int, near: Int, names: [String] = []) -> String {
        func text(_ value: Int) -> String {
            names.isEmpty || !Bool.random(using: &generator) ? String(value) : names[value - low]
        }
        func close() -> Int {
            Bool.random(using: &generator)
                ? min(high, max(low, near + Int.random(in: -2...2, using: &generator)))
                : Int.random(in: low...high, using: &generator)
        }
        switch number(in: 0...8) {
        case 0: return "*"
        case 1: return "*/\(number(in: 1...high + 3))"
        case 2: return "\(text(close()))/\(number(in: 1...high + 3))"
        case 3: return "\(text(close()))-\(text(close()))"
        case 4: return "\(text(close()))-\(text(close()))/\(number(in: 1...9))"
        default: return text(close())
        }
    }

    private mutating func monthDay(near day: Int) -> String {
        switch number(in: 0...9) {
        case 0: return "L"
        case 1: return "L-\(number(in: 1...30))"
        case 2: return "LW"
        case 3, 4: return "\(min(31, max(1, day + number(in: -2...2))))W"
        default: return number(1, 31, near: day)
        }
    }

    private mutating func weekday(near weekday: Int) -> String {
        let names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "7"]
        func one() -> String {
            let value = Bool.random(using: &generator) ? weekday : Int.random(in: 0...7, using: &generator)
            return Bool.random(using: &generator) ? names[value] : String(value)
        }
        switch number(in: 0...9) {
        case 0: return one() + "L"
        case 1: return one() + "#\(number(in: 1...5))"
        case 2: return "\(one())-\(one())"
        case 3: return "\(one())-\(one())/\(number(in: 1...8))"
        case 4: return "\(one())/\(number(in: 1...8))"
        case 5: return "*/\(number(in: 1...8))"
        default: return one()
        }
    }

    private mutating func month(near month: Int) -> String {
        number(1, 12, near: month, names: SlowExpression.monthNames)
    }
}
