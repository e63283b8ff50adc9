/// Reads one part of a calendar event: `*` or a list of items.
struct EventListParser {
    private let syntax: EventFieldSyntax
    private let bytes: [UInt8]
    private let part: Range<Int>
    private var item: Range<Int>
    private var position: Int

    /// The most items that a list may have, as systemd has it.
    private static let itemLimit = 241

    /// The part in a range of the text's bytes.
    init(_ syntax: EventFieldSyntax, bytes: [UInt8], part: Range<Int>) {
        self.syntax = syntax
        self.bytes = bytes
        self.part = part
        item = part
        position = part.lowerBound
    }

    /// Reads the items one after the other; throws at the first that is not in the grammar.
    mutating func parse() throws(CalendarEventError) -> EventChain {
        if part.count == 1, bytes[part.lowerBound] == UInt8(ascii: "*") { return .any }
        var components: [EventComponent] = []
        var start = part.lowerBound
        while true {
            let end = bytes[start..<part.upperBound].firstIndex(of: UInt8(ascii: ",")) ?? part.upperBound
            item = start..<end
            position = start
            components.append(try component())
            if end == part.upperBound { break }
            guard components.count < Self.itemLimit else {
                throw fault("a list has at most \(Self.itemLimit) items")
            }
            start = end + 1
        }
        // Of whole seconds `0/1` is all there are; systemd writes it as `*`, whatever stands beside it.
        if syntax.field == .second, components.contains(EventComponent(first: 0, last: nil, step: 1)) { return .any }
        return EventChain(components)
    }

    private mutating func component() throws(CalendarEventError) -> EventComponent {
        guard !item.isEmpty else {
            throw fault(
                "\(part.isEmpty ? "it is missing" : "a list has an empty item"); expected \(syntax.expected) or *"
            )
        }
        guard bytes[item.lowerBound] != UInt8(ascii: "*") else {
            let start = syntax.range.lowerBound
            throw fault("\(text) is not \(syntax.noun); * stands alone, with a step write \(start)/2")
        }
        let first = try value()
        var result = EventComponent(first: first, last: nil, step: 0)
        if take("..") {
            result.last = try value()
            result.step = 1
        }
        if take("/") {
            result.step = try number()
            guard result.step > 0 else { throw fault("\(text) has a step of 0; expected 1 or more") }
        }
        guard position == item.upperBound else {
            throw fault("\(text) is not \(syntax.noun); expected \(syntax.expected), a..b, a/n, a..b/n or *")
        }
        return try checked(result.normalized)
    }

    /// Sees to it that values are in range and that a step leads somewhere.
    private func checked(_ component: EventComponent) throws(CalendarEventError) -> EventComponent {
        let (first, last, step) = (component.first, component.last, component.step)
        for value in [first, last ?? first] where !syntax.range.contains(value) {
            throw fault("\(value) is not \(syntax.noun); expected \(syntax.expected)")
        }
        if let last, last < first { throw fault("\(text) ends before it begins; ranges do not wrap") }
        if last == nil, step > 0 {
            let reached =
                syntax.isFromLast ? first - step >= syntax.range.lowerBound : first + step <= syntax.range.upperBound
            guard reached else { throw fault("\(text) has a step that leads to no second value; write \(first)") }
        }
        return component
    }

    // MARK: Tokens

    private mutating func take(_ token: StaticString) -> Bool {
        let length = token.utf8CodeUnitCount
        guard position + length <= item.upperBound else { return false }
        let isNext = token.withUTF8Buffer { token in
            unsafe zip(token, bytes[position..<position + length]).allSatisfy { $0 == $1 }
        }
        if isNext { position += length }
        return isNext
    }

    /// Reads a value; years of two digits are those from 1970 to 2069.
    private mutating func value() throws(CalendarEventError) -> Int {
        let value = try number()
        guard syntax.field == .year else { return value }
        switch value {
        case 0..<70: return value + 2000
        case 70..<100: return value + 1900
        default: return value
        }
    }

    /// Reads digits, and for seconds a fraction that comes to nothing.
    private mutating func number() throws(CalendarEventError) -> Int {
        let limit = syntax.field == .second ? 2147 : Int(Int32.max)
        guard let digit = nextDigit() else {
            throw fault("\(text) is not \(syntax.noun); expected \(syntax.expected), a..b, a/n, a..b/n or *")
        }
        var value = digit
        while let digit = nextDigit() {
            value = min(value * 10 + digit, limit + 1)
        }
        guard value <= limit else { throw fault("\(text) has a number that is too large; expected \(syntax.expected)") }
        if syntax.field == .second { try takeFraction() }
        return value
    }

    private mutating func takeFraction() throws(CalendarEventError) {
        let isPoint = position < item.upperBound && bytes[position] == UInt8(ascii: ".")
        let isRange = position + 1 < item.upperBound && bytes[position + 1] == UInt8(ascii: ".")
        guard isPoint, !isRange else { return }
        position += 1
        guard let first = nextDigit() else {
            throw fault("\(text) is not a second; expected digits after the point")
        }
        var isZero = first == 0
        while let digit = nextDigit() { isZero = isZero && digit == 0 }
        guard isZero else { throw fault("\(text) has a fraction of a second; Almanac's times are whole seconds") }
    }

    private mutating func nextDigit() -> Int? {
        guard position < item.upperBound, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        defer { position += 1 }
        return Int(bytes[position] - UInt8(ascii: "0"))
    }

    // MARK: Errors

    /// The item, for a message.
    private var text: String { quoted(bytes[item]) }

    /// An error about the item.
    private func fault(_ message: String) -> CalendarEventError {
        let column = codePoints(in: bytes[..<item.lowerBound]) + 1
        return CalendarEventError(
            field: syntax.field,
            column: column,
            endColumn: column + codePoints(in: bytes[item]),
            message: message
        )
    }
}
