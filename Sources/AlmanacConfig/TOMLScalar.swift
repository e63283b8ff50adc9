/// The forms of numbers, booleans, dates and times (TOML 1.0), not their ranges: `99:99:99` has that of a time.
enum TOMLScalar {
    static func isWellFormed(_ token: ArraySlice<UInt8>) -> Bool {
        token.elementsEqual("true".utf8) || token.elementsEqual("false".utf8) || isNumber(token)
            || isPrefixedInteger(token) || isDateOrTime(token)
    }

    /// `+1_000`, `-0.5e-3`, `inf`. A leading zero is for TOMLKit to refuse: it says so.
    private static func isNumber(_ token: ArraySlice<UInt8>) -> Bool {
        var rest = Rest(token)
        _ = rest.skip("+") || rest.skip("-")
        if rest.skipWord("inf") || rest.skipWord("nan") { return rest.isEmpty }
        guard rest.skipDigits(isDigit) else { return false }
        if rest.skip(".") {
            guard rest.skipDigits(isDigit) else { return false }
        }
        if rest.skip("e") || rest.skip("E") {
            _ = rest.skip("+") || rest.skip("-")
            guard rest.skipDigits(isDigit) else { return false }
        }
        return rest.isEmpty
    }

    /// `0xDEAD_beef`, `0o755`, `0b1010`.
    private static func isPrefixedInteger(_ token: ArraySlice<UInt8>) -> Bool {
        var rest = Rest(token)
        if rest.skipWord("0x") { return rest.skipDigits(isHexDigit) && rest.isEmpty }
        if rest.skipWord("0o") { return rest.skipDigits { isDigit($0) && $0 < UInt8(ascii: "8") } && rest.isEmpty }
        if rest.skipWord("0b") { return rest.skipDigits { isDigit($0) && $0 < UInt8(ascii: "2") } && rest.isEmpty }
        return false
    }

    /// `1979-05-27`, `07:32:00.5`, and both with `T` or a blank between them and perhaps an offset.
    private static func isDateOrTime(_ token: ArraySlice<UInt8>) -> Bool {
        var rest = Rest(token)
        if rest.skipPattern("dddd-dd-dd") {
            if rest.isEmpty { return true }
            guard rest.skip("T") || rest.skip("t") || rest.skip(" "), skipTime(&rest) else { return false }
            if rest.skip("Z") || rest.skip("z") { return rest.isEmpty }
            if rest.skip("+") || rest.skip("-") { return rest.skipPattern("dd:dd") && rest.isEmpty }
            return rest.isEmpty
        }
        return skipTime(&rest) && rest.isEmpty
    }

    private static func skipTime(_ rest: inout Rest) -> Bool {
        guard rest.skipPattern("dd:dd:dd") else { return false }
        guard rest.skip(".") else { return true }
        guard rest.skipPattern("d") else { return false }
        rest.skipAll(isDigit)
        return true
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    /// What of a token has not been recognized yet. Whatever skips something answers whether it was there.
    private struct Rest {
        private var bytes: ArraySlice<UInt8>

        init(_ token: ArraySlice<UInt8>) {
            bytes = token
        }

        var isEmpty: Bool { bytes.isEmpty }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes.removeFirst()
            return true
        }

        mutating func skipWord(_ word: String) -> Bool {
            guard bytes.starts(with: word.utf8) else { return false }
            bytes.removeFirst(word.utf8.count)
            return true
        }

        /// Skips digits where the pattern has `d`, and else what the pattern has.
        mutating func skipPattern(_ pattern: String) -> Bool {
            guard bytes.count >= pattern.utf8.count,
                zip(pattern.utf8, bytes).allSatisfy({ $0 == UInt8(ascii: "d") ? isDigit($1) : $0 == $1 })
            else { return false }
            bytes.removeFirst(pattern.utf8.count)
            return true
        }

        /// Skips one digit or more, which single underscores may part.
        mutating func skipDigits(_ isDigit: (UInt8) -> Bool) -> Bool {
            repeat {
                guard let first = bytes.first, isDigit(first) else { return false }
                skipAll(isDigit)
            } while skip("_")
            return true
        }

        /// Skips bytes as long as they are such.
        mutating func skipAll(_ belongs: (UInt8) -> Bool) {
            bytes = bytes.drop(while: belongs)
        }
    }
}
