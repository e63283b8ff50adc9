/// Reads one field: a list of items.
struct CronFieldParser {
    private let syntax: CronFieldSyntax
    private let bytes: [UInt8]
    private let word: Range<Int>
    private var item: Range<Int>
    private var position: Int

    /// The plain values, bit n for the value n.
    private(set) var values: UInt64 = 0

    /// The special days of a day-of-month field.
    private(set) var monthDays = CronFields.MonthDays()

    /// The special days of a day-of-week field.
    private(set) var weekdays = CronFields.Weekdays()

    /// Reads the field in a range of the expression's bytes, which is not empty.
    init(syntax: CronFieldSyntax, bytes: [UInt8], word: Range<Int>) {
        self.syntax = syntax
        self.bytes = bytes
        self.word = word
        item = word
        position = word.lowerBound
    }

    /// Whether the field's text begins with `*` or `?`.
    var isStar: Bool { bytes[word.lowerBound] == UInt8(ascii: "*") || bytes[word.lowerBound] == UInt8(ascii: "?") }

    /// Reads the items one after the other; throws at the first that is not in the grammar.
    mutating func parse() throws(CronExpressionError) {
        var start = word.lowerBound
        while true {
            let end = bytes[start..<word.upperBound].firstIndex(of: UInt8(ascii: ",")) ?? word.upperBound
            item = start..<end
            position = start
            try parseItem()
            if end == word.upperBound { return }
            start = end + 1
        }
    }

    // MARK: Items

    private mutating func parseItem() throws(CronExpressionError) {
        guard !item.isEmpty else {
            throw fault("there is nothing between the commas; expected \(syntax.expected)")
        }
        if take("?") {
            guard syntax.field == .dayOfMonth || syntax.field == .dayOfWeek else {
                throw fault("? stands in day-of-month and day-of-week only; write * here")
            }
            guard isAtEnd else { throw fault("\(text) is not an item; ? takes nothing after it") }
            insert(from: syntax.range.lowerBound, to: syntax.range.upperBound, step: 1)
        } else if take("*") {
            let step = try takeStep() ?? 1
            try expectEnd()
            insert(from: syntax.range.lowerBound, to: syntax.range.upperBound, step: step)
        } else if syntax.field == .dayOfMonth, take("L") {
            try parseLastDay()
        } else {
            try parseValues()
        }
    }

    /// `L`, `L-n` and `LW`, after the `L`.
    private mutating func parseLastDay() throws(CronExpressionError) {
        if take("W") {
            monthDays.lastWeekday = true
        } else if take("-") {
            guard let days = number(), isAtEnd, (1...30).contains(days) else {
                throw fault("\(text) is not \(syntax.noun); L- takes 1 to 30, the days before the last")
            }
            monthDays.fromLast |= 1 << UInt32(days)
        } else {
            monthDays.fromLast |= 1
        }
        try expectEnd()
    }

    /// `a`, `a-b`, `a/n`, `a-b/n`, `nW`, `d#k` and `dL`.
    private mutating func parseValues() throws(CronExpressionError) {
        let first = try value()
        if syntax.field == .dayOfMonth, first.isNumber, take("W") {
            try expectEnd()
            monthDays.nearestWeekdays |= 1 << UInt32(first.value)
        } else if syntax.field == .dayOfWeek, take("L") {
            try expectEnd()
            weekdays.last |= 1 << UInt32(first.value % 7)
        } else if syntax.field == .dayOfWeek, take("#") {
            guard let week = number(), isAtEnd, (1...5).contains(week) else {
                throw fault("\(text) is not \(syntax.noun); # takes 1 to 5, its place in the month")
            }
            weekdays.nth |= 1 << UInt64(7 * (week - 1) + first.value % 7)
        } else if take("-") {
            let last = try value()
            let step = try takeStep() ?? 1
            try expectEnd()
            insertRange(first: first.value, last: last.value, step: step)
        } else if let step = try takeStep() {
            try expectEnd()
            insert(from: normalized(first.value), to: syntax.range.upperBound, step: step)
        } else {
            try expectEnd()
            values |= 1 << UInt64(normalized(first.value))
        }
    }

    // MARK: Sets

    /// A range that wraps past the end where its first value is greater than its last.
    private mutating func insertRange(first: Int, last: Int, step: Int) {
        // 7 is Sunday: as a range's end it follows Saturday, as its start it is 0, and 7-7 is Sunday alone.
        let from = normalized(first)
        let to = first == 7 && last == 7 && syntax.field == .dayOfWeek ? 0 : last
        let size = syntax.range.count
        insert(from: from, to: to < from ? to + size : to, step: step)
    }

    /// Every n-th value from one to another, which may lie past the range's end and is then counted on from its start.
    private mutating func insert(from first: Int, to last: Int, step: Int) {
        var value = first
        while value <= last {
            let wrapped = value > syntax.range.upperBound ? value - syntax.range.count : value
            values |= 1 << UInt64(wrapped)
            value += step
        }
    }

    /// The value itself, and 0 for day-of-week's 7.
    private func normalized(_ value: Int) -> Int {
        value > syntax.range.upperBound ? value - syntax.range.count : value
    }

    // MARK: Tokens

    private var isAtEnd: Bool { position == item.upperBound }

    /// Steps over this character, whatever its case, if it is next.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard !isAtEnd else { return false }
        let byte = bytes[position]
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        guard (isLetter ? byte & ~0x20 : byte) == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Reads one to three digits.
    private mutating func number() -> Int? {
        let start = position
        var value = 0
        while !isAtEnd, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            guard position - start < 3 else { return nil }
            value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        return position > start ? value : nil
    }

    /// Reads a number in the field's range, or one of its names.
    private mutating func value() throws(CronExpressionError) -> (value: Int, isNumber: Bool) {
        let start = position
        if let number = number() {
            guard number >= syntax.range.lowerBound, number <= syntax.maximum else {
                throw fault("\(quoted(bytes[start..<position])) is not \(syntax.noun); expected \(expectedValue)")
            }
            return (number, true)
        }
        if position == start, item.upperBound - start >= 3, let named = syntax.value(named: bytes[start..<start + 3]) {
            position = start + 3
            return (named, false)
        }
        throw fault("\(text) is not \(syntax.noun); expected \(syntax.expected)")
    }

    /// What a number is expected to be, in messages.
    private var expectedValue: String { "\(syntax.range.lowerBound) to \(syntax.maximum)" }

    /// Reads `/n`, if there is one.
    private mutating func takeStep() throws(CronExpressionError) -> Int? {
        guard take("/") else { return nil }
        guard let step = number(), step >= 1 else {
            throw fault("\(text) has no step that can be taken; expected / and 1 to 999")
        }
        return step
    }

    private func expectEnd() throws(CronExpressionError) {
        guard isAtEnd else { throw fault("\(text) is not \(syntax.noun); expected \(syntax.expected)") }
    }

    // MARK: Errors

    /// The item, for a message.
    private var text: String { quoted(bytes[item]) }

    /// An error about the item.
    private func fault(_ message: String) -> CronExpressionError {
        let column = codePoints(in: bytes[..<item.lowerBound]) + 1
        return CronExpressionError(
            field: syntax.field,
            column: column,
            endColumn: column + codePoints(in: bytes[item]),
            message: message
        )
    }
}
