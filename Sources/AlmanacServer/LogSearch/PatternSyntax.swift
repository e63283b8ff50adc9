/// A regular expression, read.
///
/// The language is a part of RE2's, without what no time that is linear in the line could do (back references, look-around):
///
///     x . [a-z] [^a-z] [[:alpha:]] \d \w \s \D \W \S      one character
///     xy x|y (x) (?:x) (?<name>x) (?i) (?i:x)              sequence, choice, group, flags i and s
///     x* x+ x? x{n} x{n,} x{n,m}                           repetition, n up to 1000; lazy forms find the same lines
///     ^ $ \A \z \b \B                                      begin and end of the line, of a word
///     \t \n \r \f \v \a \x7F \x{10FFFF} \. and so on       one character by its code, or without its meaning
indirect enum PatternSyntax: Hashable, Sendable {
    case empty
    case one(CharacterSet)
    case edge(Edge)
    case sequence([PatternSyntax])
    case choice([PatternSyntax])
    case repetition(PatternSyntax, least: Int, most: Int?)

    enum Edge: Hashable, Sendable {
        case begin, end, wordBoundary, noWordBoundary
    }

    /// A set of characters.
    struct CharacterSet: Hashable, Sendable {
        var ranges: [ClosedRange<UInt32>]
        var isInverted = false
        var ignoresCase = false

        func contains(_ character: Unicode.Scalar) -> Bool {
            let value = character.value
            var isIn = holds(value)
            if !isIn && ignoresCase {
                isIn = character.caseVariants.contains { holds($0) }
            }
            return isIn != isInverted
        }

        private func holds(_ value: UInt32) -> Bool {
            for range in ranges where range.contains(value) { return true }
            return false
        }
    }
}

extension Unicode.Scalar {
    /// Its lower-case and upper-case forms, where they are one character each and another than itself.
    var caseVariants: [UInt32] {
        if isASCII {
            switch value {
            case 0x41...0x5A: return [value + 0x20]
            case 0x61...0x7A: return [value - 0x20]
            default: return []
            }
        }
        return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
            let scalars = text.unicodeScalars
            return scalars.count == 1 && scalars.first != self ? scalars.first?.value : nil
        }
    }

    var isWordCharacter: Bool {
        switch value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }
}

/// What is wrong with a regular expression.
struct PatternError: Error, Hashable {
    /// Where, in characters (Unicode scalars) from 1.
    let column: Int
    let message: String
}
