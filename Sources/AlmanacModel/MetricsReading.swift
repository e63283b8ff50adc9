/// How metrics are written.
package enum MetricsFormat: Sendable, CaseIterable {
    /// OpenMetrics 1.0.0.
    case openMetrics
    /// The text format of Prometheus, 0.0.4, which older tools read.
    case prometheusText

    package var mediaType: String {
        switch self {
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .prometheusText: "text/plain; version=0.0.4; charset=utf-8"
        }
    }
}

/// The figures on the daemon, as the server sees them.
package protocol MetricsReading: Sendable {
    /// All metrics as they are now, in UTF-8.
    func metrics(as format: MetricsFormat) async -> [UInt8]
}
