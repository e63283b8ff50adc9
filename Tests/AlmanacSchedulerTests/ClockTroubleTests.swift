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
            name: "quartz 1104, 1138: Casablanca will never fire",
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
            name: "supercronic 86: spring forward, and the same firing without end",
            zone: "America/New_York",
            cron: "30 2 * * *",
            from: "2019-03-09T12:00:00Z",
            until: "2019-03-11T12:00:00Z",
            brings: ["2019-03-10T07:00:00Z", "2019-03-11T06:30:00Z"]
        ),
        Row(
            name: "apscheduler 980, 1021, 1036: midnight in the gap looped, came again for ever, or did not exist",
            zone: "America/Havana",
            cron: "0 0 * * *",
            from: "2026-03-07T12:00:00Z",
            until: "2026-03-09T12:00:00Z",
            brings: ["2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"]
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
            name: "node-schedule 225, croniter 131, gronx 55: 29 February, and not 4 March",
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

    @Test(
        "Cronos 71: the next one, asked from inside the overlap by a daemon that starts there",
        arguments: [
            // First pass before the tick, between the two passes of the tick, second pass after it.
            ("2026-10-25T00:10:00Z", ["2026-10-25T00:30:00Z", "dst_skipped 2026-10-25T01:30:00Z"]),
            ("2026-10-25T00:40:00Z", ["dst_skipped 2026-10-25T01:30:00Z"]),
            ("2026-10-25T01:10:00Z", ["dst_skipped 2026-10-25T01:30:00Z"]),
            ("2026-10-25T01:40:00Z", []),
        ]
    )
    func startInsideTheOverlap(now: String, first: [String]) throws {
        let task = try PlanDriver.task("x", "30 2 * * *", in: PlanDriver.zone("zones/Europe/Berlin"))
        var driver = PlanDriver(task, now: now)
        let brought = driver.live(until: "2026-10-26T12:00:00Z").map { $0.split(separator: " for ")[0].dropFirst(2) }
        #expect(brought.map(String.init) == first + ["2026-10-26T01:30:00Z"])
    }

    @Test("Hangfire 537: a time that does not exist threw, and no other job ran after it")
    func neighbourOfTheGap() throws {
        let berlin = PlanDriver.zone("zones/Europe/Berlin")
        var driver = PlanDriver(
            try PlanDriver.task("gap", "30 2 29 3 *", in: berlin),
            try PlanDriver.task("other", "15 * * * *", in: berlin),
            now: "2026-03-29T00:00:00Z"
        )
        #expect(
            driver.live(until: "2026-03-29T02:30:00Z") == [
                "other 2026-03-29T00:15:00Z for 2026-03-29T01:15:00",
                "gap 2026-03-29T01:00:00Z for 2026-03-29T02:30:00",
                "other 2026-03-29T01:15:00Z for 2026-03-29T03:15:00",
                "other 2026-03-29T02:15:00Z for 2026-03-29T04:15:00",
            ]
        )
    }

    @Test("supercronic 86: spring forward filled the log")
    func quietGap() async throws {
        let task = try PlanDriver.task("job", "30 2 * * *", in: PlanDriver.zone("zones/America/New_York"))
        let bench = try await SchedulerBench(task, at: "2019-03-10T06:59:00Z")
        try await bench.running {
            #expect(await bench.alarm.nextSetting() == Timestamp("2019-03-10T07:00:00Z"))
            let woken = await bench.pass(until: "2019-03-10T07:00:00Z")
            #expect(woken.made == ["job 2019-03-10T07:00:00Z for 2019-03-10T02:30:00"])
            // One alarm, for the next day: nothing is asked again meanwhile, and nothing is told.
            #expect(woken.next == Timestamp("2019-03-11T06:30:00Z"))
            #expect(bench.log.all == [])
        }
    }

    @Test("supercronic 96: a schedule in the past started without end")
    func longPast() throws {
        let task = try PlanDriver.task("job", "0 0 1 1 *", catchUp: .all)
        var driver = PlanDriver(task, now: "2026-05-01T00:00:00Z", settled: "1734-05-01T00:00:00Z")
        let brought = driver.settle("2026-05-01T00:00:00Z")
        #expect(brought.count == 1 + 100)
        #expect(brought.first?.hasPrefix("job missed 292 1735-01-01T00:00:00Z") == true)
        #expect(driver.settle("2026-05-01T00:00:01Z") == [])
        #expect(driver.plan.nextInstant == Timestamp("2027-01-01T00:00:00Z"))
    }

    @Test("RunWisp 194: the same outage was counted again after every restart")
    func outageCountedOnce() throws {
        let task = try PlanDriver.task("job", "0,30 2 * * *", in: PlanDriver.zone("zones/Europe/Berlin"))
        // Three nights without a daemon, the one of the change among them.
        var driver = PlanDriver(task, now: "2026-03-30T12:00:00Z", settled: "2026-03-27T12:00:00Z")
        let brought = driver.settle("2026-03-30T12:00:00Z")
        #expect(brought.filter { $0.contains("missed") }.count == 1)
        #expect(brought.first?.hasPrefix("job missed 5 2026-03-28T01:00:00Z") == true)
        for minute in 10..<40 {
            driver.restart("2026-03-30T12:\(minute):00Z")
            #expect(driver.settle("2026-03-30T12:\(minute):00Z") == [])
        }
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
