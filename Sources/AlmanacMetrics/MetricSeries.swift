import CoreMetrics
import Synchronization

/// The value of a counter or of a gauge.
final class ValueSeries: CounterHandler, FloatingPointCounterHandler, RecorderHandler, Sendable {
    private let storage = Mutex<Double>(0)

    var value: Double { storage.withLock(\.self) }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { storage.withLock { $0 += amount } }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { storage.withLock { $0 = value } }
    func reset() { record(0.0) }
}

/// How many durations there were in each bucket, and their sum.
final class HistogramSeries: TimerHandler, RecorderHandler, Sendable {
    struct Counts: Sendable {
        /// One for each bound, and one for what is over the last of them; not cumulative.
        var buckets: [UInt64]
        /// In seconds.
        var sum = 0.0
    }

    private let bounds: [Double]
    private let storage: Mutex<Counts>

    init(bounds: [Double]) {
        self.bounds = bounds
        storage = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1)))
    }

    var counts: Counts { storage.withLock(\.self) }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        storage.withLock { counts in
            counts.buckets[bucket] += 1
            counts.sum += value
        }
    }
}
