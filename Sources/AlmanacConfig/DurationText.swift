/// The durations of the file: `90s`, `1h30m`, `500ms`, `2d`.
///
/// One or more numbers, each with its unit: `w`, `d`, `h`, `m`, `s` or `ms`, from the largest to the smallest, each
/// at most once. A number may have a fraction of up to three digits, `1.5h`.
package enum DurationText {
    /// A hundred years of 365 days; any duration up to it fits an Int64 of nanoseconds.
    static let longest = Duration.seconds(36_500 * 86_400)

    package enum Fault: Error, Equatable {
        case malformed
        /// Digits without anything behind them.
        case missingUnit(digits: String)
        case unknownUnit(String)
        case misordered
        case tooLong

        /// What to do about it; nil where the rule says all.
        var advice: String? {
            switch self {
            case .malformed: nil
            case .missingUnit(let digits): #"write "\#(digits)s" if seconds are meant"#
            case .unknownUnit(let unit): "\(Quotation(unit)) is not a unit; the units are w, d, h, m, s and ms"
            case .misordered: "write the units from the largest to the smallest, each at most once"
            case .tooLong: "the longest is 36500d"
            }
        }
    }

    /// Largest first.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("w", 604_800_000_000_000),
        ("d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
    ]

    package static func duration(from text: String) throws(Fault) -> Duration {
        var rest = Substring(text).utf8
        var total = Duration.zero
        var nextUnit = 0
        repeat {
            let whole = takeDigits(&rest)
            guard !whole.isEmpty else { throw .malformed }
            var fraction = ""
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                fraction = takeDigits(&rest)
                guard (1...3).contains(fraction.utf8.count) else { throw .malformed }
            }
            let unitEnd = rest.firstIndex { !isLetter($0) } ?? rest.endIndex
            let name = String(rest[..<unitEnd]) ?? ""
            rest = rest[unitEnd...]
            guard !name.isEmpty else {
                throw rest.isEmpty && whole.utf8.count == text.utf8.count ? .missingUnit(digits: whole) : .malformed
            }
            guard let unit = units.firstIndex(where: { $0.name == name }) else { throw .unknownUnit(name) }
            guard unit >= nextUnit else { throw .misordered }
            nextUnit = unit + 1
            total += try amount(whole, fraction, of: units[unit].nanoseconds)
        } while !rest.isEmpty
        guard total <= longest else { throw .tooLong }
        return total
    }

    private static func amount(_ whole: String, _ fraction: String, of unit: Int64) throws(Fault) -> Duration {
        guard let whole = Int64(whole) else { throw .tooLong }
        let (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { throw .tooLong }
        // At most 999 weeks of nanoseconds before the division: it cannot overflow.
        let thousandths = Int64(fraction + String(repeating: "0", count: 3 - fraction.utf8.count)) ?? 0
        return .nanoseconds(nanoseconds) + .nanoseconds(thousandths * unit / 1000)
    }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> String {
        let end = rest.firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return String(rest[..<end]) ?? ""
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
