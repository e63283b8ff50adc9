import AlmanacCalendar
import Testing

@Suite("Clock troubles that happened to others do not happen here")
struct ClockTroubleTests {
    /// The firings of a schedule in a half-open stretch, as UTC text.
    private func firings(_ expression: String, _ zone: String, _ from: String, _ until: String) throws -> [String] {
        let schedule = try Fixtures.schedule(expression, zone)
        return schedule.firings(after: instant(from) - 1, through: instant(until) - 1).map { String($0.at.description) }
    }

    /// The firings' distances in seconds.
    private func distances(_ expression: String, _ zone: String, _ from: String, _ until: String) throws -> Set<Int64> {
        let schedule = try Fixtures.schedule(expression, zone)
        let all = schedule.firings(after: instant(from) - 1, through: instant(until) - 1).map(\.at)
        #expect(all.count > 1)
        return Set(zip(all.dropFirst(), all).map { $0.seconds(since: $1) })
    }

    @Test("systemd 5595: a daily 02:00 runs on the spring-forward day, New York 2017-03-12")
    func systemd5595() throws {
        #expect(
            try firings("0 2 * * *", "America/New_York", "2017-03-11T00:00:00Z", "2017-03-14T00:00:00Z")
                == ["2017-03-11T07:00:00Z", "2017-03-12T07:00:00Z", "2017-03-13T06:00:00Z"]
        )
    }

    @Test("systemd 8647: every minute, through the whole repeated hour")
    func systemd8647() throws {
        #expect(try distances("* * * * *", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T04:00:00Z") == [60])
    }

    @Test("systemd 13745: every 4 h from 02:30, Sydney 2019-10-06, for the rest of the day too")
    func systemd13745() throws {
        #expect(
            try firings("30 2/4 * * *", "Australia/Sydney", "2019-10-05T14:00:00Z", "2019-10-06T13:00:00Z") == [
                "2019-10-05T16:00:00Z", "2019-10-05T19:30:00Z", "2019-10-05T23:30:00Z", "2019-10-06T03:30:00Z",
                "2019-10-06T07:30:00Z",
                "2019-10-06T11:30:00Z",
            ]
        )
    }

    @Test("systemd 32039: no second start at 2024-03-31 00:00Z in London")
    func systemd32039() throws {
        #expect(
            try firings("0 0 * * *", "Europe/London", "2024-03-30T12:00:00Z", "2024-04-01T12:00:00Z") == [
                "2024-03-31T00:00:00Z", "2024-03-31T23:00:00Z",
            ]
        )
        #expect(try distances("* * * * * *", "Europe/London", "2024-03-30T23:59:00Z", "2024-03-31T02:00:00Z") == [1])
    }

    @Test("systemd 6036: from 2098 back to 2026 the schedule answers as before")
    func systemd6036() throws {
        let schedule = try Fixtures.schedule("0 4 * * *", "Europe/Berlin")
        let before = schedule.firing(after: instant("2026-05-01T00:00:00Z"))
        #expect(schedule.firing(after: instant("2098-05-01T00:00:00Z"))?.at == instant("2098-05-01T02:00:00Z"))
        #expect(schedule.firing(after: instant("2026-05-01T00:00:00Z")) == before)
    }

    @Test("cronie 124: 01:00 to 01:59 UTC runs on 2022-10-30, whatever London's clocks do")
    func cronie124() throws {
        #expect(
            try firings("0,30 1 * * *", "UTC", "2022-10-30T00:00:00Z", "2022-10-30T03:00:00Z") == [
                "2022-10-30T01:00:00Z", "2022-10-30T01:30:00Z",
            ]
        )
    }

    @Test("kubernetes 121594: 02:00 Berlin runs once on 2023-10-29")
    func kubernetes121594() throws {
        #expect(
            try firings("0 2 * * *", "Europe/Berlin", "2023-10-28T12:00:00Z", "2023-10-29T12:00:00Z") == [
                "2023-10-29T00:00:00Z"
            ]
        )
    }

    @Test("nomad 5410, 7289: 02:00 on 2019-03-10 is one evaluation, and the next day comes")
    func nomad5410() throws {
        #expect(
            try firings("0 2 * * *", "America/Los_Angeles", "2019-03-10T00:00:00Z", "2019-03-12T00:00:00Z")
                == ["2019-03-10T10:00:00Z", "2019-03-11T09:00:00Z"]
        )
    }

    @Test("supercronic 86, 96: spring forward gives one firing, and one in the past gives the next")
    func supercronic() throws {
        let schedule = try Fixtures.schedule("30 2 * * *", "America/New_York")
        let gap = try #require(schedule.firing(after: instant("2019-03-10T06:59:59Z")))
        #expect(gap.at == instant("2019-03-10T07:00:00Z"))
        #expect(schedule.firing(after: gap.at)?.at == instant("2019-03-11T06:30:00Z"))
        #expect(schedule.firing(after: instant("1735-01-01T00:00:00Z"))?.at.description.hasPrefix("1735-01-01") == true)
    }

    @Test("apscheduler 980, 1021, 606, 1036: the next is always later, and always exists")
    func apscheduler() throws {
        for expression in ["*/10 * * * *", "0 0 * * *", "30 2 * * *", "*/7 */5 * * *"] {
            let schedule = try Fixtures.schedule(expression, "America/New_York")
            var at = instant("2026-03-07T00:00:00Z")
            while at < instant("2026-11-03T00:00:00Z") {
                let next = try #require(schedule.firing(after: at))
                #expect(next.at > at)
                #expect(schedule.zone.instants(of: schedule.zone.wallTime(at: next.at)).all.contains(next.at))
                at = next.at
            }
        }
        #expect(
            try firings("0 0 * * *", "America/Havana", "2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z") == [
                "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z",
            ]
        )
    }

    @Test("quartz 81: every minute in the repeated hour")
    func quartz81() throws {
        #expect(try distances("* * * * *", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-01T08:00:00Z") == [60])
    }

    @Test("quartz 1104: Casablanca 2025-02-23 fires on")
    func quartz1104() throws {
        #expect(
            try firings("30 2 * * *", "Africa/Casablanca", "2025-02-22T00:00:00Z", "2025-02-25T00:00:00Z")
                == ["2025-02-22T01:30:00Z", "2025-02-23T01:30:00Z", "2025-02-24T02:30:00Z"]
        )
    }

    @Test("quartz 1138, 1352: Amsterdam 02:30, and no later day is skipped")
    func quartz1352() throws {
        #expect(
            try firings("30 2 * * *", "Europe/Amsterdam", "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z")
                == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
        )
    }

    @Test("quartznet 1440: a 5-second job goes on from any instant, also an hour earlier")
    func quartznet1440() throws {
        let schedule = try Fixtures.schedule("*/5 * * * * *", "Europe/Berlin")
        #expect(schedule.firing(after: instant("2026-06-01T11:00:00Z"))?.at == instant("2026-06-01T11:00:05Z"))
        #expect(schedule.firing(after: instant("2026-06-01T10:00:00Z"))?.at == instant("2026-06-01T10:00:05Z"))
    }

    @Test("node-cron 881: Melbourne 2024-04-07 loses no half hour")
    func nodeCron881() throws {
        #expect(
            try distances("*/30 * * * *", "Australia/Melbourne", "2024-04-06T12:00:00Z", "2024-04-07T00:00:00Z") == [
                1800
            ]
        )
    }

    @Test("croner 132: Santiago changes at midnight, and no day is skipped")
    func croner132() throws {
        #expect(
            try firings("0 0 * * *", "America/Santiago", "2026-09-05T00:00:00Z", "2026-09-08T00:00:00Z")
                == ["2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"]
        )
        #expect(
            try firings("30 23 * * *", "America/Santiago", "2026-04-04T00:00:00Z", "2026-04-06T12:00:00Z")
                == ["2026-04-04T02:30:00Z", "2026-04-05T02:30:00Z", "2026-04-06T03:30:00Z"]
        )
    }

    @Test("croner 343: every second in Vienna loses none")
    func croner343() throws {
        #expect(try distances("* * * * * *", "Europe/Vienna", "2026-03-29T00:58:00Z", "2026-03-29T01:02:00Z") == [1])
        #expect(try distances("* * * * * *", "Europe/Vienna", "2026-10-25T00:58:00Z", "2026-10-25T02:02:00Z") == [1])
    }

    @Test("Cronos 71: next, asked from inside the repeated hour")
    func cronos71() throws {
        let fixed = try Fixtures.schedule("30 2 * * *", "Europe/Berlin")
        let hourly = try Fixtures.schedule("30 * * * *", "Europe/Berlin")
        // First pass before the tick, between the two, and second pass before its held-back twin.
        #expect(fixed.firing(after: instant("2026-10-25T00:10:00Z"))?.at == instant("2026-10-25T00:30:00Z"))
        #expect(fixed.firing(after: instant("2026-10-25T00:40:00Z"))?.at == instant("2026-10-26T01:30:00Z"))
        #expect(fixed.firing(after: instant("2026-10-25T01:10:00Z"))?.at == instant("2026-10-26T01:30:00Z"))
        #expect(hourly.firing(after: instant("2026-10-25T00:40:00Z"))?.at == instant("2026-10-25T01:30:00Z"))
        #expect(fixed.occurrence(after: instant("2026-10-25T01:10:00Z"))?.kind == .dstSkipped)
    }

    @Test("airflow 35272: Brussels `0,15,30,45 6-22` goes on after the change")
    func airflow35272() throws {
        let found = try firings(
            "0,15,30,45 6-22 * * *",
            "Europe/Brussels",
            "2023-10-28T22:00:00Z",
            "2023-10-30T23:00:00Z"
        )
        #expect(found.count == 2 * 68)
        #expect(found.first == "2023-10-29T05:00:00Z")
        #expect(found[68] == "2023-10-30T05:00:00Z")
    }

    @Test("airflow 30195: Toronto `0 */2`, never two at once")
    func airflow30195() throws {
        #expect(
            try firings("0 */2 * * *", "America/Toronto", "2023-03-12T05:00:00Z", "2023-03-12T11:00:00Z")
                == ["2023-03-12T05:00:00Z", "2023-03-12T07:00:00Z", "2023-03-12T08:00:00Z", "2023-03-12T10:00:00Z"]
        )
    }

    @Test("sidekiq 5049: every minute, Los Angeles 2021-11-07")
    func sidekiq5049() throws {
        #expect(
            try distances("* * * * *", "America/Los_Angeles", "2021-11-07T07:00:00Z", "2021-11-07T11:00:00Z") == [60]
        )
    }

    @Test("xen-orchestra 4024: a 02:00 backup runs once, at 03:00")
    func xenOrchestra4024() throws {
        let schedule = try Fixtures.schedule("0 2 * * *", "Europe/Berlin")
        let found = Array(
            schedule.firings(after: instant("2019-03-30T12:00:00Z"), through: instant("2019-03-31T12:00:00Z"))
        )
        #expect(found.map { schedule.zone.wallTime(at: $0.at) } == [wall("2019-03-31T03:00:00")])
    }

    @Test(
        "node-schedule 225, croniter 131, gronx 55, celery 2714: leap days come when they exist, and impossible dates are errors",
        arguments: ["0 0 29 2 *", "0 0 29 FEB ?", "0 0 L 2 *"]
    )
    func leapYears(expression: String) throws {
        let found = try firings(expression, "UTC", "2096-01-01T00:00:00Z", "2105-01-01T00:00:00Z")
        #expect(found.contains("2096-02-29T00:00:00Z") && found.contains("2104-02-29T00:00:00Z"))
        #expect(!found.contains { $0.contains("-03-") || $0.hasPrefix("2100-02-29") })
        #expect(throws: CronExpressionError.self) { try CronExpression("0 0 30 2 *") }
        #expect(throws: CronExpressionError.self) { try CronExpression("0 0 31 4 *") }
    }

    @Test("RunWisp 194: `0,30 2 * * *` fires once in the gap and leaves one dst_skipped")
    func runWisp194() throws {
        let schedule = try Fixtures.schedule("0,30 2 * * *", "Europe/Berlin")
        let all = Array(
            schedule.occurrences(after: instant("2026-03-28T12:00:00Z"), through: instant("2026-03-29T12:00:00Z"))
        )
        #expect(all.map(\.kind) == [.fire, .dstSkipped])
        #expect(Set(all.map(\.at)).count == 1)
        // The same window, asked again from where it was settled up to, is empty.
        #expect(schedule.occurrence(after: instant("2026-03-29T01:00:00Z"))?.at == instant("2026-03-30T00:00:00Z"))
    }

    @Test("RunWisp 0.13: `*/5` in the repeated hour, asked anew between the two passes")
    func runWisp013() throws {
        #expect(try distances("*/5 * * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z") == [300])
        let fixed = try Fixtures.schedule("30 2 * * *", "Europe/Berlin")
        #expect(fixed.firing(before: instant("2026-10-25T01:00:00Z"))?.at == instant("2026-10-25T00:30:00Z"))
    }
}
