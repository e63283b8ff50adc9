import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("Clock troubles that happened to others do not happen here")
struct ClockTroubleTests {
    /// A task that is lived through a change of its zone's clocks.
    struct Row: CustomTestStringConvertible {
        var name: String
        var zone: String
        var cron: String
        var from: String
        var until: String
        /// What it brings: the instants of firings, `dst_skipped` before those of the ticks that do not fire.
        var brings: [String]

        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "systemd 5595: a daily 02:00 never ran on the spring-forward day",
            zone: "America/New_York",
            cron: "0 2 * * *",
            from: "2017-03-11T12:00:00Z",
            until: "2017-03-13T12:00:00Z",
            brings: ["2017-03-12T07:00:00Z", "2017-03-13T06:00:00Z"]
        ),
        Row(
            name: "systemd 13745: the gap cancelled the rest of the day",
            zone: "Australia/Sydney",
            cron: "30 2/4 * * *",
            from: "2019-10-05T14:00:00Z",
            until: "2019-10-06T12:00:00Z",
            brings: [
                "2019-10-05T16:00:00Z", "2019-10-05T19:30:00Z", "2019-10-05T23:30:00Z", "2019-10-06T03:30:00Z",
                "2019-10-06T07:30:00Z", "2019-10-06T11:30:00Z",
            ]
        ),
        Row(
            name: "systemd 32039: many starts a second at midnight on the day of the change",
            zone: "Europe/London",
            cron: "0 0 * * *",
            from: "2024-03-30T12:00:00Z",
            until: "2024-03-31T12:00:00Z",
            brings: ["2024-03-31T00:00:00Z"]
        ),
        Row(
            name: "cronie 124: jobs of 01:00-01:59 UTC never ran on a host in London",
            zone: "UTC",
            cron: "30 1 * * *",
            from: "2022-10-29T12:00:00Z",
            until: "2022-10-31T12:00:00Z",
            brings: ["2022-10-30T01:30:00Z", "2022-10-31T01:30:00Z"]
        ),
        Row(
            name: "kubernetes 121594, xen-orchestra 4024: 02:00 ran twice",
            zone: "Europe/Berlin",
            cron: "0 2 * * *",
            from: "2023-10-28T12:00:00Z",
            until: "2023-10-30T12:00:00Z",
            brings: ["2023-10-29T00:00:00Z", "dst_skipped 2023-10-29T01:00:00Z", "2023-10-30T01:00:00Z"]
        ),
        Row(
            name: "nomad 5410, 7289: 02:00 was evaluated until out of memory",
            zone: "America/Los_Angeles",
            cron: "0 2 * * *",
            from: "2019-03-09T12:00:00Z",
            until: "2019-03-11T12:00:00Z",
            brings: ["2019-03-10T10:00:00Z", "2019-03-11T09:00:00Z"]
        ),
        Row(
            name: "quartz 1138: Casablanca will never fire",
            zone: "Africa/Casablanca",
            cron: "30 2 * * *",
            from: "2025-02-22T12:00:00Z",
            until: "2025-02-24T12:00:00Z",
            brings: ["2025-02-23T01:30:00Z", "dst_skipped 2025-02-23T02:30:00Z", "2025-02-24T02:30:00Z"]
        ),
        Row(
            name: "quartz 1352: a later day was skipped",
            zone: "Europe/Amsterdam",
            cron: "30 2 * * *",
            from: "2026-03-28T12:00:00Z",
            until: "2026-03-31T12:00:00Z",
            brings: ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"]
        ),
        Row(
            name: "croner 132: a whole day was skipped where the change is at midnight",
            zone: "America/Santiago",
            cron: "0 0 * * *",
            from: "2022-09-10T12:00:00Z",
            until: "2022-09-12T12:00:00Z",
            brings: ["2022-09-11T04:00:00Z", "2022-09-12T03:00:00Z"]
        ),
        Row(
            name: "airflow 30195: two at once, then wrong",
            zone: "America/Toronto",
            cron: "0 */2 * * *",
            from: "2026-03-08T04:00:00Z",
            until: "2026-03-08T13:00:00Z",
            brings: [
                "2026-03-08T05:00:00Z", "2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z", "2026-03-08T10:00:00Z",
                "2026-03-08T12:00:00Z",
            ]
        ),
        Row(
            name: "RunWisp 194: 0,30 2 fired twice",
            zone: "Europe/Berlin",
            cron: "0,30 2 * * *",
            from: "2026-03-28T12:00:00Z",
            until: "2026-03-29T12:00:00Z",
            brings: ["2026-03-29T01:00:00Z", "dst_skipped 2026-03-29T01:00:00Z"]
        ),
        Row(
            name: "node-schedule 225, croniter 131: 29 February",
            zone: "UTC",
            cron: "0 0 29 2 *",
            from: "2023-03-01T00:00:00Z",
            until: "2028-12-31T00:00:00Z",
            brings: ["2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z"]
        ),
    ]

    @Test("A task lives through the change", arguments: rows)
    func change(row: Row) throws {
        let zone = row.zone == "UTC" ? ZoneRules.utc : PlanDriver.zone("zones/\(row.zone)")
        let task = try PlanDriver.task("x", row.cron, in: zone)
        var live = PlanDriver(task, now: row.from)
        var restarting = live
        func shortened(_ brought: [String]) -> [String] {
            brought.map { $0.split(separator: " for ")[0].dropFirst(2) }.map(String.init)
        }
        #expect(shortened(live.live(until: row.until)) == row.brings)
        // The same with a restart after each instant: between the passes of a fold, at a gap's end, anywhere.
        var brought: [String] = []
        while let next = restarting.plan.nextInstant, next <= Timestamp(row.until) {
            brought += restarting.settle("\(next)")
            restarting.restart("\(next + 30)")
            brought += restarting.settle("\(next + 30)")
        }
        #expect(shortened(brought) == row.brings)
    }

    /// A busy task in hours around a change: it fires at an even pace.
    @Test(
        "A busy task is never silent",
        arguments: [
            ("systemd 8647, sidekiq 5049", "America/Los_Angeles", "* * * * *", "2021-11-07T07:00:00Z", 60),
            ("quartz 81", "Europe/Berlin", "* * * * *", "2026-10-25T00:00:00Z", 60),
            ("node-cron 881", "Australia/Melbourne", "*/30 * * * *", "2024-04-06T14:00:00Z", 1800),
            ("croner 343", "Europe/Vienna", "* * * * * *", "2026-10-25T00:00:00Z", 1),
            ("RunWisp 0.13", "Europe/Berlin", "*/5 * * * *", "2026-10-25T00:00:00Z", 300),
            ("airflow 35272", "Europe/Brussels", "0,15,30,45 6-22 * * *", "2026-10-25T05:00:00Z", 900),
        ]
    )
    func busy(name: String, zone: String, cron: String, from: String, seconds: Int) throws {
        let task = try PlanDriver.task("x", cron, in: PlanDriver.zone("zones/\(zone)"))
        var driver = PlanDriver(task, now: from)
        var instants: [Int64] = []
        for _ in 0..<(4 * 3600 / seconds) {
            let next = try #require(driver.plan.nextInstant)
            instants.append(next.seconds(since: Timestamp(from)))
            #expect(driver.settle("\(next)").count == 1)
            // RunWisp 0.13: a restart between the passes forgot what had run.
            if seconds > 1 { driver.restart("\(next)") }
        }
        #expect(instants == (1...Int64(instants.count)).map { $0 * Int64(seconds) }, "\(name)")
    }

    @Test("systemd 6036: booted with the clock in 2098, and never fired again once it was right")
    func wrongAtBoot() async throws {
        let store = InMemoryRunStore()
        let bench = try await SchedulerBench("0 3 * * *", at: "2098-01-01T00:00:00Z", store: store)
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.set("2026-05-01T00:00:00Z")
            #expect(await bench.wake(.clockSet).next == Timestamp("2026-05-01T03:00:00Z"))
            #expect(
                await bench.pass(until: "2026-05-01T03:00:00Z").made == [
                    "job 2026-05-01T03:00:00Z for 2026-05-01T03:00:00"
                ]
            )
        }
    }

    @Test("systemd 24984, 26166, 43464: missed in suspend and not run on wake; run again on each resume")
    func suspend() async throws {
        let bench = try await SchedulerBench("0 3 * * *", catchUp: .latest, at: "2026-05-01T00:00:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.sleep(until: "2026-05-01T08:00:00Z")
            #expect(
                await bench.wake(.clockSet).made == [
                    "job missed 1 2026-05-01T03:00:00Z for 2026-05-01T03:00:00 until 2026-05-01T03:00:00Z",
                    "job catch-up 2026-05-01T03:00:00Z for 2026-05-01T03:00:00",
                ]
            )
            for hour in ["10", "14", "20"] {
                bench.clock.sleep(until: "2026-05-01T\(hour):00:00Z")
                #expect(await bench.wake(.clockSet).made == [])
            }
        }
    }

    @Test("kubernetes 42649, supercronic 96: after more than 100 missed, never again")
    func manyMissed() throws {
        let task = try PlanDriver.task("job", "* * * * *", catchUp: .latest)
        var driver = PlanDriver(task, now: "2026-05-01T00:00:00Z", settled: "2025-05-01T00:00:00Z")
        let brought = driver.settle("2026-05-01T00:00:00Z")
        #expect(brought.count == 1 + 1 + 2)
        #expect(brought.first?.hasPrefix("job missed 525598 ") == true)
        #expect(driver.settle("2026-05-01T00:01:00Z") == ["job 2026-05-01T00:01:00Z for 2026-05-01T00:01:00"])
    }

    @Test("apscheduler 606: midnight with jitter was skipped")
    func midnightWithJitter() throws {
        for name in ["a", "b", "c", "d"] {
            let task = try PlanDriver.task(name, "0 0 * * *", jitter: .seconds(86400))
            var driver = PlanDriver(task, now: "2026-05-01T12:00:00Z")
            let expected = (2...8).map { "\(name) 2026-05-0\($0)T00:00:00Z for 2026-05-0\($0)T00:00:00" }
            #expect(driver.live(until: "2026-05-08T23:59:59Z") == expected)
        }
    }

    @Test("sidekiq-scheduler 283, Hangfire 1929: a forward step fired everything, a step back stopped everything")
    func steps() async throws {
        let bench = try await SchedulerBench("*/10 * * * *", catchUp: .latest, at: "2026-05-01T12:05:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.set("2026-05-11T12:05:00Z")
            #expect(await bench.wake(.clockSet).made.count == 2)
            bench.clock.set("2026-05-01T12:05:00Z")
            #expect(await bench.wake(.clockSet).next == Timestamp("2026-05-01T12:10:00Z"))
        }
    }

    @Test("quartznet 1440: after a step back by an hour the clock is waited for, to the second and no longer")
    func stepBackByAnHour() async throws {
        let bench = try await SchedulerBench("@every 5s", at: "2026-05-01T12:00:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            _ = await bench.pass(until: "2026-05-01T12:00:05Z")
            bench.clock.set("2026-05-01T11:00:05Z")
            #expect(await bench.wake(.clockSet).next == Timestamp("2026-05-01T12:00:10Z"))
            #expect(await bench.pass(until: "2026-05-01T12:00:05Z").made == [])
            #expect(await bench.pass(until: "2026-05-01T12:00:10Z").made == ["job 2026-05-01T12:00:10Z"])
        }
    }

    @Test("Hangfire 728: editing an expression ran the job at once")
    func edited() async throws {
        let bench = try await SchedulerBench("0 3 * * *", catchUp: .latest, at: "2026-05-01T12:00:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            let edited = try PlanDriver.task("job", "0 11 * * *", catchUp: .latest)
            #expect(try await bench.scheduler.replan(PlanDriver.catalog([edited])) == 0)
            #expect(await bench.factory.made == [])
            #expect(await bench.scheduler.outlook.next == Timestamp("2026-05-02T11:00:00Z"))
        }
    }

    @Test("fcron 39, systemd 8233, healthchecks 418: the zone was changed, and the scheduler kept the old one")
    func zoneChanged() async throws {
        let bench = try await SchedulerBench("0 3 * * *", at: "2026-05-01T00:30:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            let moved = try PlanDriver.task("job", "0 3 * * *", in: PlanDriver.zone("zones/Europe/Berlin"))
            _ = try await bench.scheduler.replan(PlanDriver.catalog([moved]))
            #expect(await bench.scheduler.outlook.next == Timestamp("2026-05-01T01:00:00Z"))
        }
    }
}
