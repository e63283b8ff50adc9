import AlmanacAPI
import HTTPTypes
import Metrics
import Synchronization

/// Counts requests, and measures how long their answers took, in swift-metrics.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        var operation: String
        var status: Int
    }

    private struct Instruments {
        var counter: Counter
        var timer: Timer
    }

    private let factory: any MetricsFactory
    /// Kept, as requests are many and their kinds few.
    private let instruments = Mutex<[Key: Instruments]>([:])

    init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    /// The head of an answer is there.
    ///
    /// - Parameters:
    ///   - operation: what was asked for; nil for what is none, and for callers who were turned away before that was looked at.
    ///   - duration: since the request's head came.
    func noteAnswer(to operation: APIOperation?, _ status: HTTPResponse.Status, after duration: Duration) {
        let key = Key(operation: operation?.id ?? "none", status: status.code)
        let instruments = instruments.withLock { instruments in
            if let known = instruments[key] { return known }
            let made = Instruments(
                counter: Counter(
                    label: "almanac_api_requests",
                    dimensions: [("operation", key.operation), ("status", "\(key.status)")],
                    factory: factory
                ),
                timer: Timer(
                    label: "almanac_api_request_duration_seconds",
                    dimensions: [("operation", key.operation)],
                    factory: factory
                )
            )
            instruments[key] = made
            return made
        }
        instruments.counter.increment()
        instruments.timer.record(duration: duration)
    }

    /// Somebody has tried credentials that are not known.
    func noteFailedAttempt() {
        Counter(label: "almanac_api_failed_attempts", factory: factory).increment()
    }

    /// So many streams of a kind are open now.
    func noteOpenStreams(_ counts: (runs: Int, logs: Int)) {
        for (kind, count) in [("runs", counts.runs), ("log", counts.logs)] {
            Gauge(label: "almanac_api_open_streams", dimensions: [("kind", kind)], factory: factory).record(count)
        }
    }
}
