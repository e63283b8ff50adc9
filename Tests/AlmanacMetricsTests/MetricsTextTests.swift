import AlmanacMetrics
import AlmanacModel
import Metrics
import Testing

@Suite("What is recorded through swift-metrics is written in two formats")
struct MetricsTextTests {
    private let registry = MetricsRegistry([
        MetricFamily("runs", .counter, "Runs."),
        MetricFamily("delay_seconds", .histogram([0.001, 0.5, 2]), "Delays."),
        MetricFamily("open", .gauge, "Open ones."),
        MetricFamily("build", .info, "The build."),
    ])

    private func text(_ format: MetricsFormat) -> String {
        String(decoding: registry.text(as: format), as: UTF8.self)
    }

    private func record() {
        Counter(label: "runs", dimensions: [("task", "b")], factory: registry).increment(by: 2)
        Counter(label: "runs", dimensions: [("task", "a")], factory: registry).increment()
        Counter(label: "runs", dimensions: [("task", "b")], factory: registry).increment()
        let delay = Timer(label: "delay_seconds", factory: registry)
        // A bound belongs to its bucket: OpenMetrics 1.0.0, "Histogram".
        for nanoseconds: Int64 in [0, 1_000_000, 1_000_001, 2_000_000_000, 2_500_000_000] {
            delay.recordNanoseconds(nanoseconds)
        }
        Gauge(label: "open", factory: registry).record(7)
        Gauge(label: "open", factory: registry).record(1.5)
        Gauge(label: "build", dimensions: [("version", "1")], factory: registry).record(1)
    }

    @Test("OpenMetrics: a counter's family has no _total, an info's no _info, and there is an end")
    func openMetrics() {
        record()
        #expect(
            text(.openMetrics) == """
                # HELP runs Runs.
                # TYPE runs counter
                runs_total{task="a"} 1
                runs_total{task="b"} 3
                # HELP delay_seconds Delays.
                # TYPE delay_seconds histogram
                delay_seconds_bucket{le="0.001"} 2
                delay_seconds_bucket{le="0.5"} 3
                delay_seconds_bucket{le="2.0"} 4
                delay_seconds_bucket{le="+Inf"} 5
                delay_seconds_count 5
                delay_seconds_sum 4.502000001
                # HELP open Open ones.
                # TYPE open gauge
                open 1.5
                # HELP build The build.
                # TYPE build info
                build_info{version="1"} 1
                # EOF

                """
        )
    }

    @Test("Prometheus' text format: each name is typed as it stands")
    func prometheusText() {
        record()
        let lines = text(.prometheusText).split(separator: "\n")
        #expect(
            lines.prefix(3) == ["# HELP runs_total Runs.", "# TYPE runs_total counter", "runs_total{task=\"a\"} 1"]
        )
        #expect(
            lines.suffix(4).prefix(3) == [
                "# HELP build_info The build.", "# TYPE build_info gauge", "build_info{version=\"1\"} 1",
            ]
        )
        #expect(
            text(.openMetrics).split(separator: "\n").filter { !$0.hasPrefix("#") }
                == lines.filter { !$0.hasPrefix("#") }
        )
    }

    @Test("A value of a label may have any characters")
    func escaping() {
        Counter(label: "runs", dimensions: [("task", "a\"b\\c\nd é")], factory: registry).increment()
        #expect(text(.openMetrics).contains("runs_total{task=\"a\\\"b\\\\c\\nd é\"} 1\n"))
    }

    @Test("What nothing was recorded of is left out")
    func empty() {
        #expect(text(.openMetrics) == "# EOF\n")
    }

    @Test("What has been made is there with its zero, however often it is made")
    func zero() {
        for _ in 0..<2 { _ = Counter(label: "runs", dimensions: [("task", "a")], factory: registry) }
        #expect(text(.openMetrics).contains("runs_total{task=\"a\"} 0\n"))
    }

    @Test("Series are forgotten by a label's values, and by family")
    func removal() {
        record()
        registry.remove(where: "task", isNotIn: ["a"])
        #expect(text(.openMetrics).contains("task=\"a\""))
        #expect(!text(.openMetrics).contains("task=\"b\""))
        #expect(text(.openMetrics).contains("open 1.5"))
        registry.remove(["open", "build"])
        #expect(!text(.openMetrics).contains("open"))
        #expect(!text(.openMetrics).contains("build"))
        #expect(text(.openMetrics).contains("delay_seconds_count 5"))
    }
}
