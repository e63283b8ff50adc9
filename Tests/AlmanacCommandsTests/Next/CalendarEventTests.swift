import AlmanacAPI
import AlmanacCalendar
import Testing

@testable import AlmanacCommands

@Suite("next, explain and list take systemd's notation")
struct CalendarEventTests {
    private func request(_ text: String, zone: String? = nil) throws -> NextRequest {
        try NextQuery(expression: text, isCalendarEvent: true, zone: zone, count: 2).resolved(
            now: try ZoneFixtures.instant("2026-03-28T12:00:00Z"),
            zones: ZoneFixtures.zones
        )
    }

    private func firings(_ request: NextRequest) -> [String] {
        var result: [String] = []
        request.forEachOccurrence { result.append($0.at.description) }
        return result
    }

    @Test("the zone in the text counts, else the option's, else the system's")
    func zones() throws {
        #expect(firings(try request("02:30 UTC")) == ["2026-03-29T02:30:00Z", "2026-03-30T02:30:00Z"])
        #expect(
            firings(try request("02:30", zone: "Asia/Tehran")) == ["2026-03-28T23:00:00Z", "2026-03-29T23:00:00Z"]
        )
        #expect(firings(try request("02:30")) == ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
    }

    @Test("a zone in both places, one that is unknown, and a wrong text")
    func faults() throws {
        func fault(_ text: String, zone: String? = nil) throws -> NextFault {
            try #require(throws: NextFault.self) { _ = try request(text, zone: zone) }
        }
        #expect(try fault("daily UTC", zone: "UTC").explained(expression: "daily UTC").hasPrefix("--timezone: "))
        #expect(
            try fault("daily Mars/Base").explained(expression: "daily Mars/Base")
                == "--on-calendar: there is no zone Mars/Base"
        )
        let lines = try fault("Mon 9:60 UTC").explained(expression: "Mon 9:60 UTC").split(separator: "\n")
        #expect(lines[0] == "minute: 60 is not a minute; expected 0 to 59")
        #expect(lines[1] == "    Mon 9:60 UTC")
        #expect(lines[2] == "          ^^")
        #expect(lines[3].hasPrefix("Calendar events: "))
        #expect(try fault("*-02-30").explained(expression: "*-02-30").split(separator: "\n").count == 3)
    }

    @Test(
        "explain says it in plain English",
        arguments: [
            ("daily", "At 00:00 every day."),
            ("*:0/5", "Every 5 minutes."),
            ("Mon..Fri 09:00", "At 09:00, Monday to Friday."),
            ("Sat,Sun 9..17:00", "Every hour from 09:00 to 17:00 on Saturday and Sunday."),
            ("quarterly", "At 00:00 on the 1st of January, April, July and October."),
            ("Fri *-*-13 12:00", "At 12:00 on the 13th of the month, if that is a Friday."),
            ("*-*~01 18:00", "At 18:00 on the last day of the month."),
            ("*-*~02,03 18:00", "At 18:00 on the day before the last and 2 days before the last day of the month."),
            ("Mon *-05~07/1", "At 00:00 on the last 7 days of May, if that is a Monday."),
            ("2026-12-24 18:00", "At 18:00 on the 24th of December, in 2026 alone."),
            ("2026..2028-*-* 18:00", "At 18:00 every day, in 2026 to 2028 alone."),
            ("*:*:0/10", "Every 10 seconds."),
        ]
    )
    func sentences(text: String, expected: String) throws {
        #expect(try CalendarEvent(text).expression.sentence == expected)
    }

    @Test("the sets that explain speaks of are the ticks of the calendar")
    func fields() throws {
        for text in [
            "Tue,Thu..Sat 2026/3-1..9/4~1..7/3,20 1,5/6:0..50/25:7", "*-*~9/4", "*:*:*", "weekly", "1970..2199-1-1",
        ] {
            let expression = try CalendarEvent(text).expression
            let fields = try #require(ScheduleFields(expression))
            let schedule = Schedule(expression, in: .utc)
            let start = try ZoneFixtures.instant("2025-12-31T23:59:59Z")
            for tick in schedule.firings(after: start, through: start + 400 * 86_400).prefix(5000).compactMap(\.tick) {
                let length = [31, tick.date.year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][
                    tick.date.month - 1
                ]
                #expect(fields.hours.contains(tick.time.hour) && fields.minutes.contains(tick.time.minute))
                #expect(fields.seconds.contains(tick.time.second) && fields.months.contains(tick.date.month))
                #expect(fields.weekdays.days.contains(tick.date.weekday))
                #expect(fields.years?.contains(tick.date.year) ?? true)
                #expect(
                    fields.monthDays.days.contains(tick.date.day)
                        || fields.monthDays.fromLast.contains(length - tick.date.day)
                )
            }
        }
    }

    @Test("list shows it as the schedule, with its zone")
    func listing() throws {
        var task = TaskResource(name: "report", apiTrigger: true)
        task.onCalendar = "Mon..Fri 09:00"
        task.timezone = "Europe/Berlin"
        let row = TaskListing(tasks: [task], now: .minimum, zone: .utc).table.rows[0].map(\.text)
        #expect(row[2] == "Mon..Fri 09:00")
        #expect(row[3] == "Europe/Berlin")
    }
}
