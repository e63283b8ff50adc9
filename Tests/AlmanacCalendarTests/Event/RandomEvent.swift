/// Makes random calendar events.
struct RandomEvent {
    var generator: SeededGenerator

    static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// A text in the grammar mostly, without a zone; some are refused, for a range that ends before it begins and the like.
    mutating func text(year: Int = 2026, month: Int? = nil, day: Int? = nil, hour: Int? = nil) -> String {
        if number(in: 0...19) == 0 {
            return pick([
                "minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "Annually",
            ])
        }
        var words: [String] = []
        if number(in: 0...3) == 0 { words.append(weekdayList()) }
        if number(in: 0...3) > 0 { words.append(date(year: year, month: month, day: day)) }
        if words.isEmpty || number(in: 0...5) > 0 { words.append(time(hour: hour)) }
        return words.joined(separator: pick([" ", " ", " ", "  "]))
    }

    /// A text with some characters that are others, doubled or gone, and now and then a zone.
    mutating func mutated() -> String {
        var characters = Array(text())
        if number(in: 0...3) == 0 {
            characters += pick([" UTC", " Europe/Berlin", " Asia/Kathmandu", " utc", " Nowhere"])
        }
        for _ in 0..<number(in: 0...2) {
            guard !characters.isEmpty else { break }
            let index = number(in: 0...characters.count - 1)
            switch number(in: 0...3) {
            case 0: characters[index] = pick(Array("0123456789-~*,./: @aM"))
            case 1: characters.insert(pick(Array("0123456789-~*,./: @")), at: index)
            case 2: characters.remove(at: index)
            default: characters.insert(characters[index], at: index)
            }
        }
        return String(characters)
    }

    private mutating func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &generator)! }

    private mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func weekdayList() -> String {
        let items = (0..<number(in: 1...3)).map { _ in
            let first = number(in: 0...6)
            guard number(in: 0...2) == 0 else { return Self.weekdays[first] }
            return Self.weekdays[first] + pick(["..", "-"]) + Self.weekdays[number(in: first...6)]
        }
        let text = items.joined(separator: ",")
        return pick([text, text, text.lowercased(), text.uppercased()])
    }

    private mutating func date(year: Int, month: Int?, day: Int?) -> String {
        let years = pick(["*", "*", "*", "*", list(1970, 2199, near: year), "\(year)/\(number(in: 1...5))"])
        let months = pick(["*", "*", list(1, 12, near: month)])
        let isFromLast = number(in: 0...4) == 0
        let days = pick(["*", list(1, isFromLast ? 28 : 31, near: isFromLast ? nil : day)])
        return (number(in: 0...4) == 0 ? "" : years + "-") + months + (isFromLast ? "~" : "-") + days
    }

    private mutating func time(hour: Int?) -> String {
        let hours = pick(["*", "*", list(0, 23, near: hour)])
        let minutes = pick(["*", "00", "30", list(0, 59, near: 0)])
        return "\(hours):\(minutes)" + pick(["", "", ":00", ":\(list(0, 59, near: 0))"])
    }

    /// One item mostly, up to three.
    private mutating func list(_ low: Int, _ high: Int, near: Int?) -> String {
        (0..<pick([1, 1, 1, 1, 2, 2, 3])).map { _ in item(low, high, near: near) }.joined(separator: ",")
    }

    private mutating func item(_ low: Int, _ high: Int, near: Int?) -> String {
        func value() -> Int {
            guard let near, Bool.random(using: &generator) else { return Int.random(in: low...high, using: &generator) }
            return min(high, max(low, near + Int.random(in: -2...2, using: &generator)))
        }
        let first = value()
        let text = Bool.random(using: &generator) && first < 10 ? "0\(first)" : "\(first)"
        switch number(in: 0...7) {
        case 0: return "\(text)/\(number(in: 1...max(1, (high - first) / 2 + 1)))"
        case 1: return "\(text)..\(number(in: first...high))"
        case 2: return "\(text)..\(number(in: first...high))/\(number(in: 1...9))"
        default: return text
        }
    }
}
