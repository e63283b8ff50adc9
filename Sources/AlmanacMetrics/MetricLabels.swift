/// The labels of one metric, as both formats write them between braces.
struct MetricLabels: Hashable, Comparable, Sendable {
    /// `task="backup",end_reason="success"`; empty where there are none.
    let text: String

    init(_ labels: [(String, String)]) {
        var text = ""
        for (name, value) in labels {
            if !text.isEmpty { text += "," }
            text += "\(name)=\"\(Self.escape(value))\""
        }
        self.text = text
    }

    /// OpenMetrics 1.0.0, "escaped-string"; the Prometheus text format escapes the same characters in values of labels.
    private static func escape(_ value: String) -> String {
        guard value.utf8.contains(where: { [0x0A, 0x22, 0x5C].contains($0) }) else { return value }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\n": escaped += "\\n"
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func < (left: MetricLabels, right: MetricLabels) -> Bool { left.text < right.text }
}
