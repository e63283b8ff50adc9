package import AlmanacModel

extension MetricsRegistry {
    /// All that has been recorded, in UTF-8; families without series are left out.
    package func text(as format: MetricsFormat) -> [UInt8] {
        var text = MetricsText(format: format)
        for family in families { text.write(family, series(of: family)) }
        text.end()
        return text.bytes
    }
}

/// Writes metrics in one of the formats.
///
/// They differ in two places: OpenMetrics names a counter's family without `_total`, an info's without `_info`, and has types for
/// them; the Prometheus text format types each name as it stands.
private struct MetricsText {
    let format: MetricsFormat
    private(set) var bytes: [UInt8] = []

    init(format: MetricsFormat) {
        self.format = format
    }

    mutating func write(_ family: MetricFamily, _ series: [(labels: MetricLabels, series: MetricsRegistry.Series)]) {
        if series.isEmpty { return }
        let (suffix, type) =
            switch family.kind {
            case .counter: ("_total", "counter")
            case .gauge: ("", "gauge")
            case .histogram: ("", "histogram")
            case .info: ("_info", format == .openMetrics ? "info" : "gauge")
            }
        let name = family.name + suffix
        let described = format == .openMetrics ? family.name : name
        line("# HELP \(described) \(family.help)")
        line("# TYPE \(described) \(type)")
        for (labels, series) in series {
            switch (series, family.kind) {
            case (.value(let series), _): sample(name, labels.text, series.value)
            case (.histogram(let series), .histogram(let bounds)): write(series, bounds, name, labels)
            case (.histogram, _): preconditionFailure("\(name) has no buckets")
            }
        }
    }

    private mutating func write(_ series: HistogramSeries, _ bounds: [Double], _ name: String, _ labels: MetricLabels) {
        let counts = series.counts
        let prefix = labels.text.isEmpty ? "" : labels.text + ","
        var total: UInt64 = 0
        for (index, count) in counts.buckets.enumerated() {
            total += count
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            sample("\(name)_bucket", "\(prefix)le=\"\(bound)\"", Double(total))
        }
        sample("\(name)_count", labels.text, Double(total))
        sample("\(name)_sum", labels.text, counts.sum)
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        let labels = labels.isEmpty ? "" : "{\(labels)}"
        let number = Int64(exactly: value).map { "\($0)" } ?? "\(value)"
        line("\(name)\(labels) \(number)")
    }

    mutating func end() {
        // In the other format it is a comment.
        line("# EOF")
    }

    private mutating func line(_ text: String) {
        bytes += text.utf8
        bytes.append(UInt8(ascii: "\n"))
    }
}
