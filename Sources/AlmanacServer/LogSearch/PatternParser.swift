/// Reads a regular expression.
struct PatternParser {
    private let pattern: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var ignoresCase: Bool

    /// The deepest nesting of groups.
    private static let deepest = 100
    private static let mostRepetitions = 1000

    private init(_ text: String, ignoresCase: Bool) {
        pattern = Array(text.unicodeScalars)
        self.ignoresCase = ignoresCase
    }

    /// - Throws: `PatternError`, which names the place.
    static func parse(_ text: String, ignoresCase: Bool) throws(PatternError) -> PatternSyntax {
        var parser = PatternParser(text, ignoresCase: ignoresCase)
        let syntax = try parser.choice()
        if parser.next != nil { throw parser.error("a ) without its (") }
        return syntax
    }

    // MARK: Structure

    private mutating func choice() throws(PatternError) -> PatternSyntax {
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence() throws(PatternError) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let next, next != "|", next != ")" {
            let start = position
            guard let part = try atom() else { continue }
            parts.append(try repetition(of: part, from: start))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repetition(of part: PatternSyntax, from start: Int) throws(PatternError) -> PatternSyntax {
        guard let (least, most) = try bounds() else { return part }
        // A lazy form finds the same lines.
        _ = take("?")
        if try bounds() != nil {
            throw PatternError(
                column: start + 1,
                message: "what is repeated already can be repeated again in a group only"
            )
        }
        return .repetition(part, least: least, most: most)
    }

    private mutating func bounds() throws(PatternError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{") else { return nil }
        let least = number()
        var most = least
        if take(",") { most = number() }
        let isOpen = pattern[start..<position].contains(",") && most == nil
        guard let least, most != nil || isOpen, take("}") else {
            // As in RE2, a brace that begins no repetition is a character.
            position = start
            return nil
        }
        guard least <= Self.mostRepetitions, (most ?? 0) <= Self.mostRepetitions, most.map({ $0 >= least }) ?? true
        else {
            throw PatternError(
                column: start + 1,
                message: "expected a repetition {n,m} with n up to m and m up to \(Self.mostRepetitions)"
            )
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let next, ("0"..."9").contains(next) {
            value = min((value ?? 0) * 10 + Int(next.value - 0x30), 1_000_000)
            position += 1
        }
        return value
    }

    /// - Returns: nil for flags, which match nothing by themselves.
    private mutating func atom() throws(PatternError) -> PatternSyntax? {
        let start = position
        guard let character = advance() else { return .empty }
        switch character {
        case ".": return .one(.init(ranges: [0x0A...0x0A], isInverted: true))
        case "^": return .edge(.begin)
        case "$": return .edge(.end)
        case "[": return .one(try characterClass(from: start))
        case "(": return try group(from: start)
        case "\\": return try escape(from: start)
        case "*", "+", "?":
            throw PatternError(column: start + 1, message: "there is nothing to repeat before \(character)")
        default: return one(character)
        }
    }

    private func one(_ character: Unicode.Scalar) -> PatternSyntax {
        .one(.init(ranges: [character.value...character.value], ignoresCase: ignoresCase))
    }

    // MARK: Groups

    private mutating func group(from start: Int) throws(PatternError) -> PatternSyntax? {
        let outer = ignoresCase
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw PatternError(column: start + 1, message: "groups are nested too deep")
        }
        if take("?"), try !groupKind(from: start) {
            // `(?i)`: the flags hold to the end of the group around.
            return nil
        }
        let inner = try choice()
        guard take(")") else { throw PatternError(column: start + 1, message: "a ( without its )") }
        ignoresCase = outer
        return inner
    }

    /// Reads what stands between `(?` and the group's content.
    ///
    /// - Returns: false where there is no content, and the flags have been set.
    private mutating func groupKind(from start: Int) throws(PatternError) -> Bool {
        _ = take("P")
        if take("<") {
            while let next, next.isWordCharacter { position += 1 }
            guard pattern[position - 1] != "<", take(">") else { throw error("expected the name of a group: (?<name>") }
            return true
        }
        var isOn = true
        while let flag = advance() {
            switch flag {
            case "i": ignoresCase = isOn
            case "s", "m", "U": break
            case "-" where isOn: isOn = false
            case ":": return true
            case ")": return false
            default:
                position -= 1
                throw error("expected (?:, (?i) or (?<name>; back references and look-around are not known")
            }
        }
        throw PatternError(column: start + 1, message: "a ( without its )")
    }

    // MARK: Characters

    private mutating func escape(from start: Int) throws(PatternError) -> PatternSyntax {
        guard let character = next else {
            throw PatternError(column: start + 1, message: "a \\ with nothing behind it")
        }
        switch character {
        case "b", "B", "A", "z":
            position += 1
            return .edge(
                character == "b" ? .wordBoundary : character == "B" ? .noWordBoundary : character == "A" ? .begin : .end
            )
        default:
            if let set = namedClass(character) {
                position += 1
                return .one(set)
            }
            return one(try code(from: start))
        }
    }

    private func namedClass(_ character: Unicode.Scalar) -> PatternSyntax.CharacterSet? {
        switch character {
        case "d", "D": .init(ranges: Self.digits, isInverted: character == "D")
        case "w", "W": .init(ranges: Self.word, isInverted: character == "W")
        case "s", "S": .init(ranges: Self.space, isInverted: character == "S")
        default: nil
        }
    }

    /// Reads what follows a backslash and means one character.
    private mutating func code(from start: Int) throws(PatternError) -> Unicode.Scalar {
        guard let character = advance() else {
            throw PatternError(column: start + 1, message: "a \\ with nothing behind it")
        }
        switch character {
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "f": return "\u{0C}"
        case "v": return "\u{0B}"
        case "a": return "\u{07}"
        case "x": return try hexadecimal(from: start)
        default:
            let isPlain = !character.isWordCharacter || character == "_"
            guard isPlain else {
                throw PatternError(column: start + 1, message: "\\\(character) is not known")
            }
            return character
        }
    }

    private mutating func hexadecimal(from start: Int) throws(PatternError) -> Unicode.Scalar {
        var digits = ""
        if take("{") {
            while let character = next, character != "}", digits.utf8.count < 8 {
                digits.unicodeScalars.append(character)
                position += 1
            }
            guard take("}") else { throw PatternError(column: start + 1, message: "expected a code as in \\x{10FFFF}") }
        } else {
            for _ in 0..<2 {
                if let character = advance() { digits.unicodeScalars.append(character) }
            }
            if digits.unicodeScalars.count < 2 { digits = "" }
        }
        let isHexadecimal = digits.utf8.allSatisfy {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x66) || (0x30...0x39).contains($0)
        }
        guard isHexadecimal, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw PatternError(column: start + 1, message: "expected a code as in \\x7F or \\x{10FFFF}")
        }
        return scalar
    }

    private mutating func characterClass(from start: Int) throws(PatternError) -> PatternSyntax.CharacterSet {
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let character = next, isFirst || character != "]" {
            isFirst = false
            let place = position
            if let named = try posixClass() {
                ranges += named
                continue
            }
            let (low, named) = try classMember()
            if let named {
                ranges += named
                continue
            }
            var high = low
            if next == "-", position + 1 < pattern.count, pattern[position + 1] != "]" {
                position += 1
                let (end, named) = try classMember()
                guard named == nil, end.value >= low.value else {
                    throw PatternError(column: place + 1, message: "expected a range of characters from low to high")
                }
                high = end
            }
            ranges.append(low.value...high.value)
        }
        guard take("]") else { throw PatternError(column: start + 1, message: "a [ without its ]") }
        return .init(ranges: ranges, isInverted: isInverted, ignoresCase: ignoresCase)
    }

    private mutating func classMember() throws(PatternError) -> (Unicode.Scalar, [ClosedRange<UInt32>]?) {
        let start = position
        guard let character = advance() else { throw error("a [ without its ]") }
        guard character == "\\" else { return (character, nil) }
        if let next, let set = namedClass(next) {
            position += 1
            return (next, set.isInverted ? Self.inverse(of: set.ranges) : set.ranges)
        }
        return (try code(from: start), nil)
    }

    /// Reads `[:alpha:]`; nil where there is none.
    private mutating func posixClass() throws(PatternError) -> [ClosedRange<UInt32>]? {
        guard next == "[", position + 1 < pattern.count, pattern[position + 1] == ":" else { return nil }
        let start = position
        position += 2
        let isInverted = take("^")
        var name = ""
        while let character = next, character != ":" {
            name.unicodeScalars.append(character)
            position += 1
        }
        guard take(":"), take("]"), let ranges = Self.posixClasses[name] else {
            throw PatternError(column: start + 1, message: "expected a class as in [:alpha:]")
        }
        return isInverted ? Self.inverse(of: ranges) : ranges
    }

    private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    private static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    private static let space: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]

    private static let posixClasses: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
        "alpha": [0x41...0x5A, 0x61...0x7A],
        "ascii": [0x00...0x7F],
        "blank": [0x09...0x09, 0x20...0x20],
        "cntrl": [0x00...0x1F, 0x7F...0x7F],
        "digit": digits,
        "graph": [0x21...0x7E],
        "lower": [0x61...0x7A],
        "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
        "space": space,
        "upper": [0x41...0x5A],
        "word": word,
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]

    /// - Parameter ranges: in order, none touching another.
    private static func inverse(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var inverse: [ClosedRange<UInt32>] = []
        var start: UInt32 = 0
        for range in ranges {
            if range.lowerBound > start { inverse.append(start...(range.lowerBound - 1)) }
            start = range.upperBound + 1
        }
        inverse.append(start...0x10FFFF)
        return inverse
    }

    // MARK: Reading

    private var next: Unicode.Scalar? { position < pattern.count ? pattern[position] : nil }

    private mutating func advance() -> Unicode.Scalar? {
        guard let character = next else { return nil }
        position += 1
        return character
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == character else { return false }
        position += 1
        return true
    }

    private func error(_ message: String) -> PatternError {
        PatternError(column: position + 1, message: message)
    }
}
