import AlmanacCalendar
import AlmanacTesting
import Glibc
import Testing

/// What judges metrics, as `Tests/Debian/promtool` and `contrib/test` have fetched it.
private enum MetricsTools {
    static let promtool = "\(root)/.build/promtool/promtool"
    static let python = "\(root)/.build/venv/bin/python"

    static let hasPromtool = unsafe access(promtool, X_OK) == 0
    static let hasParser = ChildProcess.run([python, "-c", "import prometheus_client"])?.exitCode == 0

    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
}

@Suite("The daemon's metrics say what it has done, in the form that others read")
struct MetricsTests {
    static let configuration = """
        [metrics]
        listen = "127.0.0.1:0"
        [tasks.good]
        cron = "0 0 1 1 *"
        run = "true"
        [tasks.bad]
        run = "exit 3"
        [tasks.slow]
        run = "sleep 60"
        [tasks.quarter]
        cron = "*/15 * * * *"
        timezone = "UTC"
        run = "true"
        """

    /// A daemon that has done a little of everything.
    private func daemon(_ environment: [String: String] = [:]) throws -> DaemonProcess {
        let daemon = DaemonProcess(Self.configuration, environment: environment)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        for task in ["good", "good", "bad"] {
            #expect(daemon.post("/api/tasks/\(task)/run?wait=true").status == 201)
        }
        for _ in 0..<2 { #expect(daemon.post("/api/tasks/slow/run").status == 201) }
        return daemon
    }

    /// The address that metrics are for everyone at.
    private func address(of daemon: DaemonProcess) -> String {
        let line = daemon.child.standardError.split(separator: "\n").first { $0.contains("Serving the metrics") }
        return line.flatMap { $0.split { " \"=,".contains($0) }.first { $0.hasPrefix("127.0.0.1:") } }.map(String.init)
            ?? ""
    }

    private func samples(_ daemon: DaemonProcess) -> [String: Double] {
        let text = daemon.get("/metrics").body
        let pairs = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line -> (String, Double)? in
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                return nil
            }
            return (String(line[..<space]), value)
        }
        return Dictionary(pairs) { _, last in last }
    }

    @Test("Runs, ticks, requests, commits and the process")
    func values() throws {
        let daemon = try daemon()
        #expect(eventually { self.samples(daemon)[#"almanac_active_runs{task="slow"}"#] == 1 })
        let samples = self.samples(daemon)
        #expect(samples[#"almanac_runs_ended_total{task="good",end_reason="success"}"#] == 2)
        #expect(samples[#"almanac_runs_ended_total{task="good",end_reason="failed"}"#] == 0)
        #expect(samples[#"almanac_runs_ended_total{task="bad",end_reason="failed"}"#] == 1)
        #expect(samples[#"almanac_run_duration_seconds_count{task="good"}"#] == 2)
        #expect(samples[#"almanac_run_start_delay_seconds_count{task="slow"}"#] == 1)
        #expect(samples[#"almanac_queued_runs{task="slow"}"#] == 1)
        #expect(samples[#"almanac_queued_runs{task="good"}"#] == 0)
        #expect(samples[#"almanac_missed_ticks_total{task="good"}"#] == 0)
        #expect(samples[#"almanac_missed_ticks_total{task="bad"}"#] == nil)
        let next = samples[#"almanac_next_firing_timestamp_seconds{task="good"}"#] ?? 0
        #expect(next > Double(time(nil)) && next < Double(time(nil)) + 367 * 86_400)
        #expect(samples[#"almanac_next_firing_timestamp_seconds{task="bad"}"#] == nil)
        #expect(samples[#"almanac_api_requests_total{operation="triggerRun",status="201"}"#] == 5)
        #expect((samples[#"almanac_store_commits_total{outcome="committed"}"#] ?? 0) >= 10)
        #expect((samples["process_resident_memory_bytes"] ?? 0) > 1_000_000)
        #expect((samples["process_open_fds"] ?? 0) > 10)
        #expect(abs((samples["process_start_time_seconds"] ?? 0) - Double(time(nil))) < 300)
        let builds = samples.keys.filter { $0.hasPrefix("almanac_build_info{version=") }
        #expect(builds.count == 1 && builds[0].contains("tzdata_version=\"20"))
        #expect(daemon.almanac("pause", "good")?.exitCode == 0)
        #expect(self.samples(daemon)[#"almanac_next_firing_timestamp_seconds{task="good"}"#] == nil)
    }

    @Test("A stretch of missed ticks counts tick by tick", .enabled(if: WallShim.works, "no C compiler here"))
    func missed() throws {
        let shim = WallShim(at: Timestamp("2026-05-01T12:10:00Z").secondsSinceEpoch)
        let daemon = try daemon(shim.environment)
        shim.set(Timestamp("2026-05-01T15:20:00Z").secondsSinceEpoch)
        #expect(
            eventually { self.samples(daemon)[#"almanac_missed_ticks_total{task="quarter"}"#] == 13 },
            "\(daemon.get("/api/runs").body)"
        )
        #expect(samples(daemon)[#"almanac_runs_ended_total{task="quarter",end_reason="missed"}"#] == 1)
    }

    @Test("A task that is gone from the configuration is gone from the metrics, once its runs are")
    func removedTask() throws {
        let daemon = try daemon()
        #expect(eventually { self.samples(daemon)[#"almanac_active_runs{task="slow"}"#] == 1 })
        daemon.folder.write("[tasks.good]\nrun = \"true\"\n", to: "almanac.toml")
        #expect(daemon.post("/api/reload").status == 200)
        let samples = self.samples(daemon)
        #expect(samples[#"almanac_runs_ended_total{task="good",end_reason="success"}"#] == 2)
        #expect(samples.keys.allSatisfy { !$0.contains("task=\"bad\"") })
        #expect(samples[#"almanac_active_runs{task="slow"}"#] == 1)
    }

    @Test("promtool finds nothing to say", .enabled(if: MetricsTools.hasPromtool, "promtool is not here"))
    func promtool() throws {
        let daemon = try daemon()
        let path = daemon.folder.write(daemon.get("/metrics").body, to: "metrics")
        let outcome = try #require(
            ChildProcess.run(["sh", "-c", "'\(MetricsTools.promtool)' check metrics < '\(path)'"])
        )
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
        #expect(outcome.standardError.isEmpty && outcome.standardOutput.isEmpty)
    }

    @Test(
        "Prometheus' own parser of OpenMetrics reads all of it, from the listener that asks for no credentials",
        .enabled(if: MetricsTools.hasParser, "the Python package prometheus_client is not here")
    )
    func openMetrics() throws {
        let daemon = try daemon()
        let url = "http://\(address(of: daemon))"
        let script = """
            import sys, urllib.request, urllib.error
            from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
            from prometheus_client.parser import text_string_to_metric_families as parse_text
            request = urllib.request.Request(sys.argv[1] + "/metrics", headers={"Accept": "application/openmetrics-text"})
            answer = urllib.request.urlopen(request)
            assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0"), answer.headers
            families = {family.name: family for family in parse(answer.read().decode())}
            older = {family.name: family for family in parse_text(urllib.request.urlopen(sys.argv[1] + "/metrics").read().decode())}
            assert families["almanac_runs_ended"].type == "counter" and older["almanac_runs_ended"].type == "counter"
            assert families["almanac_run_duration_seconds"].type == "histogram"
            assert families["almanac_build"].type == "info"
            ends = {tuple(sorted(s.labels.items())): s.value for s in families["almanac_runs_ended"].samples}
            assert ends[(("end_reason", "success"), ("task", "good"))] == 2, ends
            assert all(family.documentation for family in families.values())
            try:
                urllib.request.urlopen(sys.argv[1] + "/api/tasks")
                sys.exit("more than the metrics is served")
            except urllib.error.HTTPError as error:
                assert error.code == 404, error
            """
        let outcome = try #require(ChildProcess.run([MetricsTools.python, "-c", script, url]))
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    @Test("An address that cannot be listened on keeps the daemon from starting, and its message names it")
    func addressInUse() throws {
        let daemon = try daemon()
        let address = address(of: daemon)
        let second = DaemonProcess("[metrics]\nlisten = \"\(address)\"\n")
        let outcome = try #require(second.child.wait(seconds: 30))
        #expect(outcome.exitCode == 1)
        #expect(outcome.standardError.contains("[metrics] listen: ") && outcome.standardError.contains(address))
    }
}
