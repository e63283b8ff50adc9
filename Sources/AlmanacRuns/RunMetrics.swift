import AlmanacModel
import Metrics

/// Counts runs and what became of ticks, in swift-metrics.
struct RunMetrics: Sendable {
    private let factory: any MetricsFactory

    init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    /// A run has been made, and its row stands.
    func noteMade(_ run: Run, for purpose: RunRequest.Purpose) {
        switch purpose {
        case .recordMissed(let stretch):
            counter("almanac_missed_ticks", [("task", run.taskName)]).increment(by: Int64(stretch.count))
        case .recordDSTSkipped:
            counter("almanac_dst_skipped_ticks", [("task", run.taskName)]).increment()
        case .execute, .recordPaused: break
        }
    }

    /// The start of a run's command stands.
    func noteStart(of run: Run) {
        guard let startedAt = run.state.startedAt else { return }
        record("almanac_run_start_delay_seconds", startedAt.duration(since: run.dueAt), of: run)
    }

    /// A run's end stands.
    func noteEnd(of run: Run) {
        guard let end = run.state.end else { return }
        counter("almanac_runs_ended", [("task", run.taskName), ("end_reason", end.reason.rawValue)]).increment()
        guard let startedAt = end.startedAt else { return }
        record("almanac_run_duration_seconds", end.at.duration(since: startedAt), of: run)
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> Counter {
        Counter(label: label, dimensions: dimensions, factory: factory)
    }

    /// - Parameter duration: on the wall clock, which may have been set back meanwhile.
    private func record(_ label: String, _ duration: Duration, of run: Run) {
        Timer(label: label, dimensions: [("task", run.taskName)], factory: factory)
            .record(duration: max(.zero, duration))
    }
}

extension Run {
    /// When its command was to start: at its tick, and what has none, or a tick of the past, when it was made; a retry after its
    /// delay.
    fileprivate var dueAt: PreciseTimestamp {
        if let startAfter { return startAfter }
        guard let scheduled, retryOf == nil, !isCatchUp else { return createdAt }
        return PreciseTimestamp(scheduled.at)
    }
}
