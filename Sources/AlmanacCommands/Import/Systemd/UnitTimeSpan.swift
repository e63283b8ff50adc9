/// Spans of time as systemd writes them: `15min`, `1h 30s`, `90` (systemd.time(7), "Parsing Time Spans").
enum UnitTimeSpan {
    private static let units: [(names: [String], milliseconds: Double)] = [
        (["usec", "us", "µs", "μs"], 0.001), (["msec", "ms"], 1), (["seconds", "second", "sec", "s"], 1000),
        (["minutes", "minute", "min", "m"], 60_000), (["hours", "hour", "hr", "h"], 3_600_000),
        (["days", "day", "d"], 86_400_000), (["weeks", "week", "w"], 604_800_000),
        (["months", "month", "M"], 2_629_800_000), (["years", "year", "y"], 31_557_600_000),
    ]

    /// The milliseconds of a text, rounded; nil for text that is no span of at most a hundred years, and for `infinity`.
    static func milliseconds(_ text: String) -> Int64? {
        var rest = text.trimmingBlanks[...]
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            guard let number = Double(digits), digits.count <= 20 else { return nil }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count).drop { $0 == " " }
            let unit = name.isEmpty ? 1000 : units.first { $0.names.contains(String(name)) }?.milliseconds
            guard let unit else { return nil }
            total += number * unit
        }
        return total <= 36_500 * 86_400_000 ? Int64(total.rounded()) : nil
    }

    /// A duration of `almanac.toml`: `1h30m`, `500ms`; `0s` for none.
    static func text(milliseconds: Int64) -> String {
        var rest = milliseconds
        var text = ""
        for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
            as [(String, Int64)]
        where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text.isEmpty ? "0s" : text
    }
}
