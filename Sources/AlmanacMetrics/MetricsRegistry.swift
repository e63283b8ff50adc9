package import CoreMetrics
import Synchronization

/// Keeps what is recorded through swift-metrics, for others to read.
///
/// A counter, a timer or a recorder that is made with this factory is the one of its label and its dimensions, however often
/// it is made; a timer is a histogram in seconds. What is recorded is of a family that is known here.
package final class MetricsRegistry: MetricsFactory {
    enum Series: Sendable {
        case value(ValueSeries)
        case histogram(HistogramSeries)
    }

    private struct Entry {
        var dimensions: [(String, String)]
        var series: Series
    }

    /// In the order in which they are written.
    let families: [MetricFamily]
    private let kinds: [String: MetricFamily.Kind]
    private let entries: Mutex<[String: [MetricLabels: Entry]]>

    package init(_ families: [MetricFamily]) {
        self.families = families
        kinds = Dictionary(uniqueKeysWithValues: families.map { ($0.name, $0.kind) })
        entries = Mutex([:])
    }

    // MARK: Recording

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        value(label, dimensions)
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        value(label, dimensions)
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        switch series(label, dimensions) {
        case .value(let series): series
        case .histogram(let series): series
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        guard case .histogram(let series) = series(label, dimensions) else {
            preconditionFailure("\(label) is no histogram")
        }
        return series
    }

    // What has been recorded stays: only `remove` takes it away.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func value(_ label: String, _ dimensions: [(String, String)]) -> ValueSeries {
        guard case .value(let series) = series(label, dimensions) else {
            preconditionFailure("\(label) is a histogram")
        }
        return series
    }

    private func series(_ name: String, _ dimensions: [(String, String)]) -> Series {
        guard let kind = kinds[name] else { preconditionFailure("nobody has said what \(name) is") }
        let labels = MetricLabels(dimensions)
        return entries.withLock { entries in
            if let entry = entries[name]?[labels] { return entry.series }
            let series: Series =
                switch kind {
                case .counter, .gauge, .info: .value(ValueSeries())
                case .histogram(let bounds): .histogram(HistogramSeries(bounds: bounds))
                }
            entries[name, default: [:]][labels] = Entry(dimensions: dimensions, series: series)
            return series
        }
    }

    // MARK: Reading

    /// The series of a family, in the order of their labels.
    func series(of family: MetricFamily) -> [(labels: MetricLabels, series: Series)] {
        let found = entries.withLock { $0[family.name] ?? [:] }
        return found.map { ($0.key, $0.value.series) }.sorted { $0.0 < $1.0 }
    }

    /// Forgets all series of some families.
    package func remove(_ names: [String]) {
        entries.withLock { entries in
            for name in names { entries[name] = nil }
        }
    }

    /// Forgets the series, of any family, that have a label with a value that is not wanted any more.
    package func remove(where label: String, isNotIn values: Set<String>) {
        entries.withLock { entries in
            for name in entries.keys {
                entries[name] = entries[name]?.filter { _, entry in
                    entry.dimensions.allSatisfy { $0.0 != label || values.contains($0.1) }
                }
            }
        }
    }
}
