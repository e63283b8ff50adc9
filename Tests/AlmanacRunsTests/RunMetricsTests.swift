import AlmanacCalendar
import AlmanacMetrics
import AlmanacModel
import Testing

@testable import AlmanacRuns

@Suite("Runs and ticks are counted by task")
struct RunMetricsTests {
    private let registry = MetricsRegistry([
        MetricFamily("almanac_runs_ended", .counter, "Ended."),
        MetricFamily("almanac_run_duration_seconds", .histogram([1, 10]), "Durations."),
        MetricFamily("almanac_run_start_delay_seconds", .histogram([1, 10, 100]), "Delays."),
        MetricFamily("almanac_missed_ticks", .counter, "Missed."),
        MetricFamily("almanac_dst_skipped_ticks", .counter, "Skipped."),
    ])
    private var metrics: RunMetrics { RunMetrics(registry) }

    private static func at(_ seconds: Int64) -> PreciseTimestamp {
        PreciseTimestamp(Timestamp(secondsSinceEpoch: seconds))
    }

    private func run(_ state: RunState = .pending, scheduledAt: Int64? = nil) -> Run {
        var ids = RunIDSequence()
        return Run(
            id: ids.next(at: Self.at(1000)),
            taskName: "job",
            trigger: .cron,
            createdAt: Self.at(1000),
            state: state,
            scheduled: scheduledAt.map { seconds in
                ScheduledTick(at: Timestamp(secondsSinceEpoch: seconds), tick: nil, zone: ZoneID("UTC"))
            }
        )
    }

    private func samples(_ prefix: String) -> [String] {
        String(decoding: registry.text(as: .openMetrics), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(prefix) }
    }

    @Test("An end counts with its reason, and its duration if a command ran")
    func ends() {
        metrics.noteEnd(
            of: run(.ended(RunEnd(reason: .failed, exitCode: 1, at: Self.at(1007), startedAt: Self.at(1002))))
        )
        metrics.noteEnd(of: run(.ended(.withoutCommand(.queueFull, at: Self.at(1000)))))
        #expect(
            samples("almanac_runs_ended") == [
                #"almanac_runs_ended_total{task="job",end_reason="failed"} 1"#,
                #"almanac_runs_ended_total{task="job",end_reason="queue_full"} 1"#,
            ]
        )
        #expect(samples("almanac_run_duration_seconds_sum") == [#"almanac_run_duration_seconds_sum{task="job"} 5"#])
        #expect(samples("almanac_run_duration_seconds_count") == [#"almanac_run_duration_seconds_count{task="job"} 1"#])
    }

    @Test("Ticks that nobody was there for count one by one, those of a pause do not")
    func ticks() {
        let stretch = MissedStretch(count: 40, until: Timestamp(secondsSinceEpoch: 900))
        metrics.noteMade(run(), for: .recordMissed(stretch))
        metrics.noteMade(run(), for: .recordPaused(stretch))
        metrics.noteMade(run(), for: .recordDSTSkipped(nil))
        metrics.noteMade(run(), for: .execute)
        #expect(samples("almanac_missed") == [#"almanac_missed_ticks_total{task="job"} 40"#])
        #expect(samples("almanac_dst") == [#"almanac_dst_skipped_ticks_total{task="job"} 1"#])
    }

    struct DelayRow: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var startedAt: Int64
        var scheduledAt: Int64?
        var isCatchUp = false
        var isRetry = false
        var seconds: Int
    }

    @Test(
        "A start is late by the time since the run was due",
        arguments: [
            DelayRow(testDescription: "by hand: since it was made", startedAt: 1004, seconds: 4),
            DelayRow(testDescription: "by cron: since its tick", startedAt: 1004, scheduledAt: 998, seconds: 6),
            DelayRow(
                testDescription: "caught up: since it was made",
                startedAt: 1004,
                scheduledAt: 1,
                isCatchUp: true,
                seconds: 4
            ),
            DelayRow(
                testDescription: "again: since its delay was over",
                startedAt: 1052,
                scheduledAt: 1,
                isRetry: true,
                seconds: 2
            ),
            DelayRow(testDescription: "the clock was set back", startedAt: 900, seconds: 0),
        ]
    )
    func delays(row: DelayRow) {
        var run = run(.running(startedAt: Self.at(row.startedAt)), scheduledAt: row.scheduledAt)
        run.isCatchUp = row.isCatchUp
        if row.isRetry {
            run.retryOf = run.id
            run.startAfter = Self.at(1050)
        }
        metrics.noteStart(of: run)
        let sum = "almanac_run_start_delay_seconds_sum"
        #expect(samples(sum) == ["\(sum){task=\"job\"} \(row.seconds)"])
    }
}
