import AlmanacMetrics
import AlmanacModel

/// The metrics that the server itself counts.
struct CountedMetrics: MetricsReading {
    let registry = MetricsRegistry([
        MetricFamily("almanac_api_requests", .counter, "Requests."),
        MetricFamily("almanac_api_request_duration_seconds", .histogram([1]), "Durations."),
        MetricFamily("almanac_api_failed_attempts", .counter, "Attempts."),
        MetricFamily("almanac_api_open_streams", .gauge, "Streams."),
    ])

    func metrics(as format: MetricsFormat) async -> [UInt8] { registry.text(as: format) }

    /// The value of a sample as it is now: `almanac_api_failed_attempts_total`, with its labels; nil where there is none.
    func value(_ sample: String) -> Double? {
        String(decoding: registry.text(as: .openMetrics), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(sample + " ") }
            .flatMap { Double($0.dropFirst(sample.utf8.count + 1)) }
    }
}
