import AlmanacCalendar
import Testing

@Suite("Calendar events follow the rules about clock changes that cron expressions follow")
struct CalendarEventOccurrenceTests {
    static let changes: [OccurrenceRow] = [
        .event(
            "a tick in a gap fires at its end, where systemd passes it by or moves it",
            "Europe/Berlin",
            "*-*-* 02:30",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            ["2026-03-29T01:00:00Z fire 2026-03-29T02:30:00 gap"]
        ),
        .event(
            "a tick in a gap is skipped where the policy says so",
            "Europe/Berlin",
            "Sun *-03-* 02:00,30",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            gap: .skip,
            [
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:00:00 gap",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:30:00 gap",
            ]
        ),
        .event(
            "a tick in a fold fires once",
            "Europe/Berlin",
            "*-10~07/1 02:30",
            "2026-10-25T00:00:00Z",
            "2026-10-25T04:00:00Z",
            [
                "2026-10-25T00:30:00Z fire 2026-10-25T02:30:00 fold",
                "2026-10-25T01:30:00Z dst_skipped 2026-10-25T02:30:00 fold",
            ]
        ),
        .event(
            "a tick in a fold fires in both passes where the policy says so",
            "Europe/Berlin",
            "2026-*-* 02:30",
            "2026-10-25T00:00:00Z",
            "2026-10-25T04:00:00Z",
            fold: .both,
            [
                "2026-10-25T00:30:00Z fire 2026-10-25T02:30:00 fold",
                "2026-10-25T01:30:00Z fire 2026-10-25T02:30:00 fold",
            ]
        ),
        .event(
            "an hourly event passes a whole hour's gap by",
            "Europe/Berlin",
            "*:0/30",
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:31:00Z",
            [
                "2026-03-29T00:30:00Z fire 2026-03-29T01:30:00", "2026-03-29T01:00:00Z fire 2026-03-29T03:00:00",
                "2026-03-29T01:30:00Z fire 2026-03-29T03:30:00",
            ]
        ),
        .event(
            "the hourly rule can be turned off",
            "Europe/Berlin",
            "*:00",
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:31:00Z",
            hourly: false,
            [
                "2026-03-29T01:00:00Z fire 2026-03-29T03:00:00",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:00:00 gap",
            ]
        ),
        .event(
            "a gap in a year that is not named leaves no trace",
            "Europe/Berlin",
            "2027-*-* 02:30",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            []
        ),
        .event(
            "a day that does not exist",
            "Pacific/Apia",
            "2011-12-30 09:00",
            "2011-12-29T00:00:00Z",
            "2012-01-02T00:00:00Z",
            ["2011-12-30T10:00:00Z fire 2011-12-30T09:00:00 gap"]
        ),
        .event(
            "the year ends within a window",
            "UTC",
            "2026..2027-12-31 23:59:59",
            "2026-01-01T00:00:00Z",
            "2030-01-01T00:00:00Z",
            ["2026-12-31T23:59:59Z fire 2026-12-31T23:59:59", "2027-12-31T23:59:59Z fire 2027-12-31T23:59:59"]
        ),
        .event(
            "weekday and date must both match",
            "UTC",
            "Fri *-*-13 12:00",
            "2026-01-01T00:00:00Z",
            "2027-01-01T00:00:00Z",
            [
                "2026-02-13T12:00:00Z fire 2026-02-13T12:00:00", "2026-03-13T12:00:00Z fire 2026-03-13T12:00:00",
                "2026-11-13T12:00:00Z fire 2026-11-13T12:00:00",
            ]
        ),
        .event(
            "the last Monday of May",
            "UTC",
            "Mon *-05~07/1",
            "2026-01-01T00:00:00Z",
            "2028-01-01T00:00:00Z",
            ["2026-05-25T00:00:00Z fire 2026-05-25T00:00:00", "2027-05-31T00:00:00Z fire 2027-05-31T00:00:00"]
        ),
        .event(
            "every third year, leap days alone",
            "UTC",
            "2000/3-02-29",
            "1970-01-01T00:00:00Z",
            "2099-01-01T00:00:00Z",
            [2000, 2012, 2024, 2036, 2048, 2060, 2072, 2084, 2096].map {
                "\($0)-02-29T00:00:00Z fire \($0)-02-29T00:00:00"
            }
        ),
    ]

    @Test("A row", arguments: changes)
    func row(_ row: OccurrenceRow) throws {
        try row.check()
    }

    @Test("An event in the past is legal, and has no next")
    func past() throws {
        let schedule = try Fixtures.schedule(event: "2020-01-01", "Europe/Berlin")
        let last = try #require(schedule.firing(before: instant("2026-01-01T00:00:00Z")))
        #expect(last.at == instant("2019-12-31T23:00:00Z"))
        #expect(schedule.firing(after: last.at) == nil)
        #expect(schedule.firing(before: last.at) == nil)
        #expect(schedule.firing(after: .minimum) == last)
        #expect(schedule.firing(before: .maximum) == last)
    }

    @Test("Years without an end go on to 2199; without years to 9999")
    func ends() throws {
        let named = try Fixtures.schedule(event: "2020/1-12-31", "UTC")
        #expect(named.firing(before: .maximum)?.at == instant("2199-12-31T00:00:00Z"))
        #expect(named.firing(before: instant("2020-12-31T00:00:00Z")) == nil)
        let all = try Fixtures.schedule(event: "*-12-31", "UTC")
        #expect(all.firing(before: .maximum)?.at == instant("9999-12-31T00:00:00Z"))
    }

    @Test("The years hold in a zone whose rules repeat every 400 years from the beginning")
    func cyclicZone() throws {
        let zone = try ZoneRules(id: ZoneID("made"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3")
        // The table of such a zone holds 1972 to 2371; 1970 and 1971 are looked up 400 years later.
        for (year, tick) in [
            (1970, "1970-10-25T02:30:00"), (1971, "1971-10-31T02:30:00"), (2026, "2026-10-25T02:30:00"),
        ] {
            let event = try CalendarEvent("\(year)-10~07/1 02:30")
            let schedule = Schedule(event.expression, in: zone, fold: .both)
            let firings = Array(schedule.firings(after: .minimum, through: .maximum))
            #expect(firings.count == 8)
            #expect(firings.filter { $0.reason == .fold }.map(\.tick) == [wall(tick), wall(tick)])
            let all = Array(schedule.occurrences(in: Timestamp.minimum..<Timestamp.maximum))
            #expect(Array(schedule.occurrencesBackward(in: Timestamp.minimum..<Timestamp.maximum)) == all.reversed())
        }
        let gap = Schedule(try CalendarEvent("1970..1971-03~07/1 02:30").expression, in: zone)
        #expect(
            Array(gap.firings(after: .minimum, through: .maximum)).filter { $0.reason == .gap }.map(\.tick) == [
                wall("1970-03-29T02:30:00"), wall("1971-03-28T02:30:00"),
            ]
        )
    }
}
