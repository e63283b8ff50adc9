extension Duration {
    /// The duration as a person would say it: `350ms`, `4.2s`, `42s`, `5m 10s`, `1h 2m`, `3d 4h`, `2y 40d`.
    ///
    /// Two units at most; what is smaller is cut off. A day has 24 hours and a year 365 days. Negative durations are shown without
    /// their sign.
    var readable: String {
        let (seconds, attoseconds) = components
        let whole = seconds.magnitude
        switch whole {
        case 0:
            let milliseconds = attoseconds.magnitude / 1_000_000_000_000_000
            return milliseconds == 0 ? (attoseconds == 0 ? "0s" : "<1ms") : "\(milliseconds)ms"
        case 1..<10:
            let tenths = attoseconds.magnitude / 100_000_000_000_000_000
            return tenths == 0 ? "\(whole)s" : "\(whole).\(tenths)s"
        case 10..<60: return "\(whole)s"
        case 60..<3600: return Self.readable(whole / 60, "m", whole % 60, "s")
        case 3600..<86_400: return Self.readable(whole / 3600, "h", whole % 3600 / 60, "m")
        case 86_400..<(365 * 86_400): return Self.readable(whole / 86_400, "d", whole % 86_400 / 3600, "h")
        default: return Self.readable(whole / (365 * 86_400), "y", whole / 86_400 % 365, "d")
        }
    }

    private static func readable(_ large: UInt64, _ largeUnit: String, _ small: UInt64, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit) \(small)\(smallUnit)"
    }
}
