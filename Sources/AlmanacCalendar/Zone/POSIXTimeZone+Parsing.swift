extension POSIXTimeZone {
    /// Reads a TZ string: POSIX.1-2024, 8.3, with times from -167 to 167 hours (RFC 9636, 3.3.1).
    init(bytes: [UInt8]) throws(POSIXTZError) {
        var parser = Parser(bytes: bytes)
        self = try parser.zone()
    }

    private struct Parser {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func zone() throws(POSIXTZError) -> POSIXTimeZone {
            let standardName = try abbreviation()
            let standardOffset = try offset()
            let standard = LocalTimeType(
                offset: Int32(standardOffset),
                isDaylightSaving: false,
                abbreviation: standardName
            )
            guard position < bytes.count else { return POSIXTimeZone(standard: standard, daylight: nil) }

            let name = try abbreviation()
            let offsetPosition = position
            let offset = next == nil || next == UInt8(ascii: ",") ? standardOffset + 3600 : try offset()
            guard UTCOffset.validSeconds.contains(offset) else {
                throw POSIXTZError(
                    reason: .outOfRange(what: "offset", expected: Self.offsetRange),
                    byteOffset: offsetPosition
                )
            }
            guard position < bytes.count else { throw POSIXTZError(reason: .noRule, byteOffset: position) }
            try take(",", "a comma")
            let start = try rule()
            try take(",", "a comma")
            let end = try rule()
            guard position == bytes.count else { throw expected("the end") }
            let type = LocalTimeType(offset: Int32(offset), isDaylightSaving: true, abbreviation: name)
            return POSIXTimeZone(standard: standard, daylight: Daylight(type: type, start: start, end: end))
        }

        static let offsetRange = "more than -26 hours and less than 25, west of UTC"

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        func expected(_ what: String) -> POSIXTZError {
            POSIXTZError(reason: .expected(what), byteOffset: position)
        }

        mutating func take(_ character: Unicode.Scalar, _ name: String) throws(POSIXTZError) {
            guard next == UInt8(ascii: character) else { throw expected(name) }
            position += 1
        }

        /// Letters, or between `<` and `>` letters, digits, plus and minus.
        mutating func abbreviation() throws(POSIXTZError) -> String {
            let isQuoted = next == UInt8(ascii: "<")
            if isQuoted { position += 1 }
            let start = position
            while let byte = next, isLetter(byte) || (isQuoted && isQuotable(byte)) { position += 1 }
            let end = position
            guard end > start else { throw expected("an abbreviation") }
            if isQuoted { try take(">", "a letter, a digit, plus, minus or >") }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }

        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & ~0x20)
        }

        func isQuotable(_ byte: UInt8) -> Bool {
            isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        }

        func isDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }

        /// An offset, turned round to seconds east of UTC.
        mutating func offset() throws(POSIXTZError) -> Int64 {
            let start = position
            let east = -(try time())
            guard UTCOffset.validSeconds.contains(east) else {
                throw POSIXTZError(reason: .outOfRange(what: "offset", expected: Self.offsetRange), byteOffset: start)
            }
            return east
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() throws(POSIXTZError) -> Int64 {
            var sign: Int64 = 1
            if next == UInt8(ascii: "-") { sign = -1 }
            if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { position += 1 }
            var seconds = try number("hours", in: 0...167) * 3600
            if next == UInt8(ascii: ":") {
                position += 1
                seconds += try number("minutes", in: 0...59) * 60
                if next == UInt8(ascii: ":") {
                    position += 1
                    seconds += try number("seconds", in: 0...59)
                }
            }
            return sign * seconds
        }

        /// One to three digits.
        mutating func number(_ what: String, in range: ClosedRange<Int>) throws(POSIXTZError) -> Int64 {
            let start = position
            var value = 0
            while let byte = next, isDigit(byte), position - start < 3 {
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
                position += 1
            }
            guard position > start else { throw expected("a digit") }
            guard range.contains(value) else {
                let reason = POSIXTZError.Reason.outOfRange(
                    what: what,
                    expected: "\(range.lowerBound) to \(range.upperBound)"
                )
                throw POSIXTZError(reason: reason, byteOffset: start)
            }
            return Int64(value)
        }

        mutating func rule() throws(POSIXTZError) -> Rule {
            let day: Rule.Day
            switch next {
            case UInt8(ascii: "J"):
                position += 1
                day = .julian(Int(try number("day", in: 1...365)))
            case UInt8(ascii: "M"):
                position += 1
                let month = try number("month", in: 1...12)
                try take(".", "a full stop")
                let week = try number("week", in: 1...5)
                try take(".", "a full stop")
                let weekday = try number("weekday", in: 0...6)
                day = .weekday(month: Int(month), week: Int(week), day: Int(weekday))
            case let byte? where isDigit(byte):
                day = .zeroBased(Int(try number("day", in: 0...365)))
            default:
                throw expected("J, M or a digit")
            }
            guard next == UInt8(ascii: "/") else { return Rule(day: day, time: 2 * 3600) }
            position += 1
            return Rule(day: day, time: try time())
        }
    }
}
