/// Reads cron expressions by the grammar of `spec/occurrences.md` 1, over ASCII bytes.
///
/// The work is linear in the length of the text.
struct CronParser {
    private let bytes: [UInt8]

    /// The fields, in the order of a six-field expression.
    private static let fields = [CronFieldSyntax.second, .minute, .hour, .dayOfMonth, .month, .dayOfWeek]

    static func parse(_ text: String) throws(CronExpressionError) -> CronExpression.Kind {
        try CronParser(bytes: Array(text.utf8)).expression()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func expression() throws(CronExpressionError) -> CronExpression.Kind {
        let words = words()
        guard let first = words.first, let last = words.last else {
            throw fault(
                "the expression is empty; expected five fields, six with seconds, or a descriptor such as @daily"
            )
        }
        if bytes[first.lowerBound] == UInt8(ascii: "@") {
            return try descriptor(first.lowerBound..<last.upperBound, words)
        }
        guard words.count == 5 || words.count == 6 else {
            let found = words.count == 1 ? "1 field" : "\(words.count) fields"
            throw fault(
                "expected five fields (minute hour day-of-month month day-of-week) or six with seconds first; found \(found)"
            )
        }
        return .fields(try fields(words))
    }

    /// The runs of bytes between spaces and tabs.
    private func words() -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
            if isBlank, let begun = start {
                result.append(begun..<index)
                start = nil
            } else if !isBlank, start == nil {
                start = index
            }
        }
        if let start { result.append(start..<bytes.count) }
        return result
    }

    private func fields(_ words: [Range<Int>]) throws(CronExpressionError) -> CronFields {
        var fields = CronFields(seconds: 1)
        var isStar = false
        for (syntax, word) in zip(Self.fields.suffix(words.count), words) {
            var parser = CronFieldParser(syntax: syntax, bytes: bytes, word: word)
            try parser.parse()
            let values = parser.values
            switch syntax.field {
            case .second: fields.seconds = values
            case .minute: fields.minutes = values
            case .hour: fields.hours = UInt32(values)
            case .month: fields.months = UInt32(values)
            case .dayOfMonth:
                fields.monthDays = parser.monthDays
                fields.monthDays.days = UInt32(values)
                isStar = isStar || parser.isStar
            case .dayOfWeek:
                fields.weekdays = parser.weekdays
                fields.weekdays.days = UInt32(values)
                isStar = isStar || parser.isStar
            case .expression: preconditionFailure("there is no such field")
            }
        }
        fields.matchesEitherDay = !isStar
        guard fields.canMatch else {
            throw fault("the expression never fires: no month that it names has a day that it names")
        }
        return fields
    }

    // MARK: Descriptors

    private func descriptor(_ text: Range<Int>, _ words: [Range<Int>]) throws(CronExpressionError)
        -> CronExpression.Kind
    {
        let name = lowercased(words[0])
        if name == "@every" { return .every(seconds: try every(words)) }
        var fields = CronFields(seconds: 1, minutes: 1, hours: 1, months: CronFields.allMonths)
        fields.monthDays.days = CronFields.MonthDays.allDays
        fields.weekdays.days = CronFields.Weekdays.allDays
        switch words.count == 1 ? name : "" {
        case "@reboot":
            return .reboot
        case "@yearly", "@annually":
            fields.months = 1 << 1
            fields.monthDays.days = 1 << 1
        case "@monthly":
            fields.monthDays.days = 1 << 1
        case "@weekly":
            fields.weekdays.days = 1 << 0
        case "@daily", "@midnight":
            break
        case "@hourly":
            fields.hours = CronFields.allHours
        default:
            throw fault(
                "\(quoted(bytes[text])) is not a descriptor; expected @yearly, @annually, @monthly, @weekly, @daily, @midnight, "
                    + "@hourly, @every with a duration, or @reboot"
            )
        }
        return .fields(fields)
    }

    /// The seconds of `@every 1d2h3m4s`.
    private func every(_ words: [Range<Int>]) throws(CronExpressionError) -> Int64 {
        let expected =
            "@every takes one duration of days, hours, minutes and seconds, in that order, such as 90s, 1h30m or 2d"
        guard words.count == 2 else { throw fault(expected) }
        let units: [(letter: Unicode.Scalar, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
        var remaining = units[...]
        var total: Int64 = 0
        var number: Int64 = 0
        var digits = 0
        for byte in bytes[words[1]] {
            if let digit = digit(byte) {
                digits += 1
                guard digits <= 9 else { throw fault("a number after @every has at most nine digits") }
                number = number * 10 + Int64(digit)
            } else {
                guard digits > 0, let unit = remaining.firstIndex(where: { UInt8(ascii: $0.letter) == byte | 0x20 })
                else {
                    throw fault("\(quoted(bytes[words[1]])) is not a duration; \(expected)")
                }
                total += number * remaining[unit].seconds
                remaining = remaining[(unit + 1)...]
                (number, digits) = (0, 0)
            }
        }
        guard digits == 0 else { throw fault("\(quoted(bytes[words[1]])) is not a duration; \(expected)") }
        guard total > 0 else { throw fault("\(quoted(bytes[words[1]])) is no time at all; expected 1 second or more") }
        return total
    }

    private func digit(_ byte: UInt8) -> UInt8? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? byte - UInt8(ascii: "0") : nil
    }

    /// The text in small letters; ASCII ones alone.
    private func lowercased(_ range: Range<Int>) -> String {
        String(
            decoding: bytes[range].map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 },
            as: UTF8.self
        )
    }

    /// An error about the expression as a whole.
    private func fault(_ message: String) -> CronExpressionError {
        CronExpressionError(field: .expression, column: 1, endColumn: codePoints(in: bytes[...]) + 1, message: message)
    }
}

/// How many Unicode code points the UTF-8 bytes hold.
func codePoints(in bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 & 0xC0 != 0x80 }
}

/// The text for a message: control characters are replaced, and what is long is cut.
func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    let limit = 40
    var result = ""
    for (index, scalar) in String(decoding: bytes, as: UTF8.self).unicodeScalars.enumerated() {
        if index == limit { return result + "…" }
        let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
    }
    return result
}
