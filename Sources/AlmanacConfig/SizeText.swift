/// The sizes of the file: `100MB`, `1.5gb`, `64KiB`.
///
/// A number with a unit: `b`, `kb`, `mb`, `gb` or `tb`, in steps of 1000, or `kib` to `tib`, in steps of 1024; letter
/// case counts for nothing, nor do blanks before the unit, and `k` is `kb`. A number may have a fraction of up to
/// three digits. Zero needs no unit.
enum SizeText {
    enum Fault: Error, Equatable {
        case malformed
        /// Digits without anything behind them.
        case missingUnit(digits: String)
        case unknownUnit(String)
        case tooLarge

        /// What to do about it; nil where the rule says all.
        var advice: String? {
            switch self {
            case .malformed: nil
            case .missingUnit(let digits): #"write "\#(digits)b" if bytes are meant"#
            case .unknownUnit(let unit):
                "\(Quotation(unit)) is not a unit; the units are b, kb, mb, gb, tb and kib to tib"
            case .tooLarge: "the largest is 1000000tb"
            }
        }
    }

    /// In bytes.
    static let largest: Int64 = 1_000_000_000_000_000_000

    /// The number of bytes, a fraction of one left out; 0 to `largest`.
    static func bytes(from text: String) throws(Fault) -> Int64 {
        let utf8 = Array(text.utf8)
        let wholeEnd = utf8.firstIndex { !TOMLScalar.isDigit($0) } ?? utf8.endIndex
        guard wholeEnd > 0 else { throw .malformed }
        var fraction = utf8[wholeEnd..<wholeEnd]
        if wholeEnd < utf8.endIndex, utf8[wholeEnd] == UInt8(ascii: ".") {
            fraction = utf8[(wholeEnd + 1)...].prefix(while: TOMLScalar.isDigit)
            guard (1...3).contains(fraction.count) else { throw .malformed }
        }
        let rest = utf8[max(wholeEnd, fraction.endIndex)...].drop { $0 == UInt8(ascii: " ") }
        let digits = String(decoding: utf8[..<wholeEnd], as: UTF8.self)
        guard let whole = Int64(digits) else { throw .tooLarge }
        if rest.isEmpty {
            if whole == 0, fraction.isEmpty { return 0 }
            throw wholeEnd == utf8.endIndex ? .missingUnit(digits: digits) : .malformed
        }
        let unit = String(decoding: rest, as: UTF8.self)
        guard rest.allSatisfy({ ($0 | 0x20) >= UInt8(ascii: "a") }) else { throw .malformed }
        guard let factor = factor(of: unit.lowercased()) else { throw .unknownUnit(unit) }

        let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
        guard !overflow, product <= largest else { throw .tooLarge }
        var thousandths: Int64 = 0
        for digit in fraction { thousandths = thousandths * 10 + Int64(digit - UInt8(ascii: "0")) }
        for _ in fraction.count..<3 { thousandths *= 10 }
        let total = product + thousandths * factor / 1000
        guard total <= largest else { throw .tooLarge }
        return total
    }

    private static func factor(of unit: String) -> Int64? {
        switch unit {
        case "b": 1
        case "k", "kb": 1000
        case "m", "mb": 1_000_000
        case "g", "gb": 1_000_000_000
        case "t", "tb": 1_000_000_000_000
        case "ki", "kib": 1 << 10
        case "mi", "mib": 1 << 20
        case "gi", "gib": 1 << 30
        case "ti", "tib": 1 << 40
        default: nil
        }
    }
}
