import AlmanacAPI
import AlmanacCalendar
import AlmanacTesting
import Testing

@Suite("The real daemon goes through the clock changes", .enabled(if: WallShim.works, "no C compiler here"))
struct ClockChangeTests {
    static let configuration = """
        [scheduler]
        timezone = "Europe/Berlin"
        [tasks.night]
        cron = "0,30 2 * * *"
        run = "true"
        [tasks.quarter]
        cron = "*/15 * * * *"
        run = "true"
        """

    /// What the runs of a daemon say of their ticks, oldest first.
    static func account(_ daemon: DaemonProcess, _ task: String) -> [String] {
        daemon.runs("task_name=\(task)").reversed().map { run in
            "\(run.scheduledAt ?? "") \(run.tick ?? "") \(run.endReason ?? run.status)"
        }
    }

    @Test("Into summer time: a tick in the gap runs at its end, the other one is dst_skipped")
    func gap() throws {
        let shim = WallShim(at: Timestamp("2026-03-29T00:59:57Z").secondsSinceEpoch)
        let daemon = DaemonProcess(Self.configuration, environment: shim.environment)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(eventually { Self.account(daemon, "night").count == 2 && Self.account(daemon, "quarter").count == 1 })
        #expect(
            eventually {
                Set(Self.account(daemon, "night")) == [
                    "2026-03-29T01:00:00Z 2026-03-29T02:00:00 success",
                    "2026-03-29T01:00:00Z 2026-03-29T02:30:00 dst_skipped",
                ]
            }
        )
        #expect(eventually { Self.account(daemon, "quarter") == ["2026-03-29T01:00:00Z 2026-03-29T03:00:00 success"] })
        let skipped = daemon.runs("status=dst_skipped")
        #expect(skipped.map(\.message) == ["a clock change jumped over this time"])
        #expect(skipped.map(\.exitCode) == [-1])
        let samples = daemon.get("/metrics").body.split(separator: "\n")
        #expect(samples.contains(#"almanac_dst_skipped_ticks_total{task="night"} 1"#), "\(samples)")
        #expect(samples.contains(#"almanac_dst_skipped_ticks_total{task="quarter"} 0"#), "\(samples)")
    }

    @Test("Out of it: a tick that comes again is dst_skipped, an hourly task goes on")
    func fold() throws {
        let shim = WallShim(at: Timestamp("2026-10-25T00:59:57Z").secondsSinceEpoch)
        let daemon = DaemonProcess(Self.configuration, environment: shim.environment)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(
            eventually { Self.account(daemon, "night") == ["2026-10-25T01:00:00Z 2026-10-25T02:00:00 dst_skipped"] }
        )
        #expect(
            daemon.runs("status=dst_skipped").map(\.message) == ["a clock change repeated this time, and it fires once"]
        )
        #expect(eventually { Self.account(daemon, "quarter") == ["2026-10-25T01:00:00Z 2026-10-25T02:00:00 success"] })
    }

    @Test("A clock set forward while the daemon sleeps: what was passed over is missed, and it goes on from there")
    func stepForward() throws {
        let shim = WallShim(at: Timestamp("2026-05-01T12:10:00Z").secondsSinceEpoch)
        let daemon = DaemonProcess(
            """
            [tasks.hourly]
            cron = "0 * * * *"
            timezone = "UTC"
            run = "true"
            """,
            environment: shim.environment
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        shim.set(Timestamp("2026-05-01T15:30:00Z").secondsSinceEpoch)
        #expect(eventually { !daemon.runs("status=missed").isEmpty })
        let missed = try #require(daemon.runs("status=missed").first)
        #expect(missed.scheduledAt == "2026-05-01T13:00:00Z")
        #expect(missed.missedUntil == "2026-05-01T15:00:00Z")
        #expect(missed.missedCount == 3)
        #expect(missed.exitCode == -1)
        #expect(missed.message == "nobody was there when it was due")
        shim.set(Timestamp("2026-05-01T15:59:58Z").secondsSinceEpoch)
        #expect(eventually { daemon.runs("status=success").contains { $0.scheduledAt == "2026-05-01T16:00:00Z" } })
    }

    @Test("A clock set back fires nothing twice")
    func stepBack() throws {
        let shim = WallShim(at: Timestamp("2026-05-01T12:59:58Z").secondsSinceEpoch)
        let daemon = DaemonProcess(
            """
            [tasks.hourly]
            cron = "0 * * * *"
            timezone = "UTC"
            run = "true"
            """,
            environment: shim.environment
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(eventually { daemon.runs("status=success").count == 1 })
        shim.set(Timestamp("2026-05-01T12:59:58Z").secondsSinceEpoch)
        // The second 13:00 has passed by the time that the second 14:00 brings a run.
        shim.set(Timestamp("2026-05-01T13:00:02Z").secondsSinceEpoch)
        shim.set(Timestamp("2026-05-01T13:59:58Z").secondsSinceEpoch)
        #expect(eventually { daemon.runs("status=success").count == 2 })
        #expect(
            daemon.runs().compactMap(\.scheduledAt) == ["2026-05-01T14:00:00Z", "2026-05-01T13:00:00Z"]
        )
    }
}
