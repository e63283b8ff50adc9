import AlmanacCalendar

/// What a key's value may be, and how it becomes a value of the program.
struct ValueFormat<Value> {
    /// Whether a string is taken as the file has it, `${NAME}` and all.
    let isVerbatim: Bool
    let read: (LocatedValue) throws(ValueFault) -> Value

    init(isVerbatim: Bool = false, _ read: @escaping (LocatedValue) throws(ValueFault) -> Value) {
        self.isVerbatim = isVerbatim
        self.read = read
    }
}

extension ValueFormat<String> {
    /// Any string.
    static var text: Self {
        string("a string") { _ in true }
    }

    /// A string that is not blank.
    static var name: Self {
        string("a name", where: isNotBlank)
    }

    /// A string for the shell to run, which has a `${NAME}` of its own.
    static var command: Self {
        string("a command for the shell", isVerbatim: true, where: isNotBlank)
    }

    static func string(
        _ expectation: String,
        isVerbatim: Bool = false,
        where isValid: @escaping (String) -> Bool
    ) -> Self {
        Self(isVerbatim: isVerbatim) { (value) throws(ValueFault) in
            guard case .string(let text) = value.content, isValid(text) else {
                throw value.mismatch(expectation, advice: value.adviceToQuote)
            }
            return text
        }
    }

    private static func isNotBlank(_ text: String) -> Bool {
        text.unicodeScalars.contains { !$0.properties.isWhitespace }
    }
}

extension ValueFormat<Bool> {
    static var boolean: Self {
        Self { (value) throws(ValueFault) in
            switch value.content {
            case .boolean(let boolean): return boolean
            case .string("true"), .string("false"):
                throw value.mismatch("true or false", advice: "remove the quotes")
            default: throw value.mismatch("true or false")
            }
        }
    }
}

extension ValueFormat<Int> {
    static func integer(in range: ClosedRange<Int>) -> Self {
        let expectation =
            range.upperBound == .max
            ? "a whole number of at least \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return Self { (value) throws(ValueFault) in
            switch value.content {
            case .integer(let number) where range.contains(number): return number
            case .string(let text) where Int(text) != nil:
                throw value.mismatch(expectation, advice: "remove the quotes")
            default: throw value.mismatch(expectation)
            }
        }
    }
}

extension ValueFormat<Duration> {
    /// A duration above zero.
    static var duration: Self {
        duration(orZero: false)
    }

    static var durationOrZero: Self {
        duration(orZero: true)
    }

    private static func duration(orZero: Bool) -> Self {
        let expectation = #"a duration such as "90s" or "1h30m""#
        return Self { (value) throws(ValueFault) in
            switch value.content {
            case .string(let text):
                do throws(DurationText.Fault) {
                    let duration = try DurationText.duration(from: text)
                    if duration > .zero || orZero { return duration }
                } catch {
                    throw value.mismatch(expectation, advice: error.advice)
                }
                throw value.mismatch("a duration above zero")
            case .integer(let number) where number >= 0:
                throw value.mismatch(expectation, advice: #"write "\#(number)s" if seconds are meant"#)
            default: throw value.mismatch(expectation)
            }
        }
    }
}

extension ValueFormat where Value: RawRepresentable<String> & CaseIterable {
    /// One of an enumeration's raw values.
    static var choice: Self {
        let names = Value.allCases.map(\.rawValue)
        return Self { (value) throws(ValueFault) in
            guard case .string(let text) = value.content, let choice = Value(rawValue: text) else {
                throw value.mismatch(Choice.list(names), advice: value.suggestion(among: names))
            }
            return choice
        }
    }
}

extension ValueFormat<ZoneRules> {
    /// The name of a zone that can be looked up.
    static func zone(_ lookup: @escaping (ZoneID) throws -> ZoneRules) -> Self {
        Self { (value) throws(ValueFault) in
            guard case .string(let name) = value.content else {
                throw value.mismatch(#"a zone's name such as "Europe/Berlin""#)
            }
            do {
                return try lookup(ZoneID(name))
            } catch {
                if value.isConcealed { throw value.mismatch(#"a zone's name such as "Europe/Berlin""#) }
                throw ValueFault("\(error)", at: value.offset)
            }
        }
    }
}

/// An expression with the text that it was written as.
struct CronText {
    let text: String
    let expression: CronExpression
    /// The zone that the text names.
    var zone: ZoneRules?
}

extension ValueFormat<CronText> {
    static var cron: Self {
        Self { (value) throws(ValueFault) in
            guard case .string(let text) = value.content else {
                throw value.mismatch(#"a cron expression such as "30 2 * * *""#)
            }
            do throws(CronExpressionError) {
                return CronText(text: text, expression: try CronExpression(text))
            } catch {
                if value.isConcealed { throw value.mismatch(#"a cron expression such as "30 2 * * *""#) }
                throw ValueFault(error.message, at: value.offset(ofColumn: error.column))
            }
        }
    }
}

extension ValueFormat<CronText> {
    /// systemd's notation, whose zone can be looked up.
    static func onCalendar(_ lookup: @escaping (ZoneID) throws -> ZoneRules) -> Self {
        let expectation = #"a calendar event such as "Mon..Fri *-*-* 09:00""#
        return Self { (value) throws(ValueFault) in
            guard case .string(let text) = value.content else {
                let isList = if case .array = value.content { true } else { false }
                throw value.mismatch(expectation, advice: isList ? "make a task for each, with the same run" : nil)
            }
            let event: CalendarEvent
            do throws(CalendarEventError) {
                event = try CalendarEvent(text)
            } catch {
                if value.isConcealed { throw value.mismatch(expectation) }
                throw ValueFault(error.message, at: value.offset(ofColumn: error.column))
            }
            do {
                return CronText(text: text, expression: event.expression, zone: try event.zone.map(lookup))
            } catch {
                if value.isConcealed { throw value.mismatch(expectation) }
                throw ValueFault("\(error)", at: value.offset)
            }
        }
    }
}

/// How a message lists what there is to choose from.
enum Choice {
    /// `"a", "b" or "c"`.
    static func list(_ names: [String], quoted: Bool = true) -> String {
        let names = quoted ? names.map { "\"\($0)\"" } : names
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }
}

extension LocatedValue {
    /// Where a number or a boolean stands for a string: what to write.
    var adviceToQuote: String? {
        switch content {
        case .integer, .float, .boolean, .date: "put it in quotes"
        case .string, .array, .table: nil
        }
    }

    func suggestion(among names: [String]) -> String? {
        guard case .string(let text) = content, let nearest = NearestName.nearest(to: text, among: names) else {
            return nil
        }
        return #"did you mean "\#(nearest)"?"#
    }
}
