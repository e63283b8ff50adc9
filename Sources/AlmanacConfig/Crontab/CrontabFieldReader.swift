/// Reads one time field by the rules of Debian's cron (entry.c of 3.0pl1), its oddities included.
///
/// A list is items with commas between them. An item is `*`, a number, or two numbers with `-` between them; the first and the last may have
/// `/` and a step behind them. What follows the last item up to the next blank is passed over: `*5` is `*`, and `1-5-7` is `1-5`. A number is
/// all letters and digits that stand together; a name is one that has three letters, in any case.
struct CrontabFieldReader {
    struct Field: Sendable {
        let name: String
        let range: ClosedRange<Int>
        /// By their values, from the lower bound on.
        let names: [String]

        static let minute = Field(name: "minute", range: 0...59, names: [])
        static let hour = Field(name: "hour", range: 0...23, names: [])
        static let monthDay = Field(name: "day-of-month", range: 1...31, names: [])
        static let month = Field(
            name: "month",
            range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        )
        /// 7 is Sunday too.
        static let weekday = Field(
            name: "day-of-week",
            range: 0...7,
            names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        )

        var expectation: String {
            let range = "\(range.lowerBound) to \(range.upperBound)"
            guard let first = names.first, let last = names.last else { return range }
            return "\(range) or a name, \(first) to \(last)"
        }
    }

    /// The longest run of letters and digits that cron reads.
    private static let longestNumber = 999

    private let field: Field
    private let text: ArraySlice<UInt8>
    private var position: Int
    /// Bit n stands for the value n.
    private(set) var set: UInt64 = 0
    /// The first range whose end lies before its beginning, which matches nothing.
    private(set) var backwardRange: ClosedRange<Int>?

    /// Reads a field.
    ///
    /// - Parameter text: what stands between two blanks; not empty.
    init(_ field: Field, _ text: ArraySlice<UInt8>) throws(CrontabFault) {
        self.field = field
        self.text = text
        position = text.startIndex
        repeat { try readItem() } while take(UInt8(ascii: ","))
    }

    /// Whether the field begins with `*`, of which cron makes much.
    var beginsWithStar: Bool { text.first == UInt8(ascii: "*") }

    private mutating func readItem() throws(CrontabFault) {
        var first = field.range.lowerBound
        var last = field.range.upperBound
        let start = position
        if !take(UInt8(ascii: "*")) {
            first = try number()
            guard take(UInt8(ascii: "-")) else {
                if next == UInt8(ascii: "/") { throw stepWithoutRange(from: first, start: start) }
                return try add(first)
            }
            last = try number()
        }
        var step = 1
        if take(UInt8(ascii: "/")) {
            let start = position
            step = try number(isStep: true)
            guard step > 0 else {
                throw fault("\(CrontabByte.quoted(text[start..<position])) is not a step; expected 1 or more")
            }
        }
        // cron takes a byte of 0xFF behind an item for the end of the file.
        guard next != 0xFF else { throw fault("found the byte 0xFF; remove it") }
        try check(first)
        try check(last)
        // With a step of nearly 2^31 cron's counting overflows.
        guard first > last || first + step <= Int(Int32.max) else { throw fault("\(step) is too large a step") }
        if first > last, backwardRange == nil { backwardRange = last...first }
        for value in stride(from: first, through: last, by: step) { set |= 1 << UInt64(value) }
    }

    /// A number, or a name's; the value may be out of range.
    private mutating func number(isStep: Bool = false) throws(CrontabFault) -> Int {
        let names = isStep ? [] : field.names
        let start = position
        while let byte = next, CrontabByte.isAlphanumeric(byte) { position += 1 }
        let token = text[start..<position]
        guard !token.isEmpty else {
            let expected = "expected \(names.isEmpty ? "a number" : "a number or a name")"
            guard next != nil else { throw fault("\(expected), found nothing behind \(CrontabByte.quoted(text))") }
            throw fault("\(expected), found \(CrontabByte.quoted(text[start...]))")
        }
        guard token.count <= Self.longestNumber, next != 0xFF else {
            throw fault("\(CrontabByte.quoted(token)) is not a \(field.name); expected \(field.expectation)")
        }
        if token.count == 3,
            let index = names.firstIndex(where: { $0.utf8.elementsEqual(token.lazy.map { $0 | 0x20 }) })
        {
            return field.range.lowerBound + index
        }
        guard token.allSatisfy(CrontabByte.isDigit) else {
            let expectation = isStep ? "a step; expected 1 or more" : "a \(field.name); expected \(field.expectation)"
            throw fault("\(CrontabByte.quoted(token)) is not \(expectation)")
        }
        return Self.atoi(token)
    }

    /// What atoi(3) makes of digits: their value, at most that of a long, cut to 32 bits.
    private static func atoi(_ digits: ArraySlice<UInt8>) -> Int {
        var value = 0
        for digit in digits {
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(Int(digit - 0x30))
            if overflows || overflowsToo { return Int(Int32(truncatingIfNeeded: Int.max)) }
            value = sum
        }
        return Int(Int32(truncatingIfNeeded: value))
    }

    private mutating func add(_ value: Int) throws(CrontabFault) {
        try check(value)
        set |= 1 << UInt64(value)
    }

    private func check(_ value: Int) throws(CrontabFault) {
        guard field.range.contains(value) else {
            throw fault("\(value) is not a \(field.name); expected \(field.expectation)")
        }
    }

    private func stepWithoutRange(from value: Int, start: Int) -> CrontabFault {
        let step = text[(position + 1)...].prefix { CrontabByte.isAlphanumeric($0) }
        let found = CrontabByte.quoted(text[start..<step.endIndex])
        let mend = CrontabByte.quoted("\(value)-\(field.range.upperBound)/".utf8 + step)
        return fault("cron knows no step without a range, found \(found); write \(mend)")
    }

    private func fault(_ message: String) -> CrontabFault {
        CrontabFault("\(field.name): \(message)")
    }

    private var next: UInt8? { position < text.endIndex ? text[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }
}

extension CrontabByte {
    fileprivate static func quoted(_ bytes: [UInt8]) -> String {
        quoted(bytes[...])
    }
}
