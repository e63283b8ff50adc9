extension Timestamp {
    /// Reads RFC 3339 date-time text with `Z` or a numeric offset, `2026-03-29T03:00:00.25+02:00`.
    ///
    /// A fraction of a second is cut off. `T` and `Z` may be small letters. The second `60` is taken where the text names the end of
    /// a UTC month, for the second after it, as POSIX counts.
    ///
    /// Answers nil for any other text, and for instants outside the years 1 to 9999 in UTC.
    public init?(rfc3339 text: some StringProtocol) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.take("T") || scanner.take("t"),
            let hour = scanner.number(digits: 2, in: 0...23), scanner.take(":"),
            let minute = scanner.number(digits: 2, in: 0...59), scanner.take(":"),
            let second = scanner.number(digits: 2, in: 0...60)
        else { return nil }
        if scanner.take(".") {
            guard scanner.skipDigits() else { return nil }
        }
        guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }

        let midnight = date.secondsSinceEpoch
        let instant = Timestamp(secondsSinceEpoch: midnight + Int64(hour * 3600 + minute * 60 + second - offset))
        guard instant >= .minimum, instant <= .maximum else { return nil }
        if second == 60 {
            let after = CivilDateTime(wallSeconds: instant.secondsSinceEpoch)
            guard after.date.day == 1, after.time == .midnight else { return nil }
        }
        self = instant
    }
}

/// Reads the fixed-width ASCII numbers of RFC 3339 text, byte by byte.
struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position == bytes.count }

    /// Steps over this character if it is next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Reads exactly this many digits, if they make a number in the range.
    mutating func number(digits: Int, in range: ClosedRange<Int>) -> Int? {
        guard position + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + digits] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard range.contains(value) else { return nil }
        position += digits
        return value
    }

    /// Steps over one or more digits.
    mutating func skipDigits() -> Bool {
        let start = position
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
            position += 1
        }
        return position > start
    }

    /// Reads `2026-03-29`, years 1 to 9999.
    mutating func date() -> CivilDate? {
        guard let year = number(digits: 4, in: 1...9999), take("-"),
            let month = number(digits: 2, in: 1...12), take("-"),
            let day = number(digits: 2, in: 1...31)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Reads `02:30:00`.
    mutating func time() -> CivilTime? {
        guard let hour = number(digits: 2, in: 0...23), take(":"),
            let minute = number(digits: 2, in: 0...59), take(":"),
            let second = number(digits: 2, in: 0...59)
        else { return nil }
        return CivilTime(hour: hour, minute: minute, second: second)
    }

    /// Reads `Z` or `+02:00` as seconds east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign: Int
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(digits: 2, in: 0...23), take(":"), let minutes = number(digits: 2, in: 0...59) else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }
}
