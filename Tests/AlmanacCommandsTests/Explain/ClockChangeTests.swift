import AlmanacCalendar
import Testing

@testable import AlmanacCommands

@Suite("What the next clock changes do is said in a sentence each")
struct ClockChangeTests {
    private func sentences(_ schedule: Schedule, from: String = "2026-12-01T00:00:00Z") throws -> [String] {
        ClockChange.upcoming(2, for: schedule, after: try ZoneFixtures.instant(from)).map(\.sentence)
    }

    @Test("one tick in a gap and in a fold")
    func one() throws {
        #expect(
            try sentences(try ZoneFixtures.berlin("30 2 * * *")) == [
                "On 2027-03-28 02:30 does not exist in Europe/Berlin: it will run at 03:00.",
                "On 2027-10-31 02:30 comes twice in Europe/Berlin: "
                    + "it will run the first time (CEST) and not the second (CET).",
            ]
        )
    }

    @Test("several ticks in a gap and in a fold")
    func several() throws {
        #expect(
            try sentences(try ZoneFixtures.berlin("*/20 2 * * *", fold: .last)) == [
                "On 2027-03-28 02:00, 02:20 and 02:40 do not exist in Europe/Berlin: "
                    + "02:00 will run at 03:00, and 02:20 and 02:40 will be skipped.",
                "On 2027-10-31 02:00, 02:20 and 02:40 come twice in Europe/Berlin: "
                    + "each will run the second time (CET) and not the first (CEST).",
            ]
        )
    }

    @Test("many ticks are counted")
    func many() throws {
        #expect(
            try sentences(try ZoneFixtures.berlin("* 2 * * *", gap: .skip, fold: .both)) == [
                "On 2027-03-28 60 times from 02:00 to 02:59 do not exist in Europe/Berlin: they will be skipped.",
                "On 2027-10-31 60 times from 02:00 to 02:59 come twice in Europe/Berlin: each will run both times (CEST and CET).",
            ]
        )
    }

    @Test("a tick at the gap's end stands in for those in it")
    func gapEnd() throws {
        #expect(
            try sentences(try ZoneFixtures.berlin("0 2,3 * * *"))[0]
                == "On 2027-03-28 02:00 does not exist in Europe/Berlin: it will be skipped, since 03:00 is a time to run anyway."
        )
    }

    @Test("an hourly schedule goes on")
    func hourly() throws {
        #expect(
            try sentences(try ZoneFixtures.berlin("*/5 * * * *")) == [
                "On 2027-03-28 the clocks in Europe/Berlin go forward from 02:00 to 03:00: "
                    + "it goes on without a break, and nothing is made up for.",
                "On 2027-10-31 the clocks in Europe/Berlin go back from 03:00 to 02:00: "
                    + "it goes on through the repeated time, and nothing is held back.",
            ]
        )
    }

    @Test("half an hour is not passed by")
    func halfHour() throws {
        let schedule = Schedule(try CronExpression("0 * * * *"), in: try ZoneFixtures.rules("Australia/Lord_Howe"))
        #expect(
            try sentences(schedule, from: "2026-05-01T00:00:00Z")[0]
                == "On 2026-10-04 02:00 does not exist in Australia/Lord_Howe: it will run at 02:30."
        )
    }

    @Test("a schedule of other hours is not touched", arguments: ["0 12 * * *", "30 2 * * 1"])
    func untouched(expression: String) throws {
        #expect(
            try sentences(try ZoneFixtures.berlin(expression))[0]
                == "On 2027-03-28 the clocks in Europe/Berlin go forward from 02:00 to 03:00: it has nothing to run in that time."
        )
    }

    @Test("@every does not go by clocks")
    func every() throws {
        #expect(try sentences(try ZoneFixtures.berlin("@every 90s"))[0].hasSuffix("it does not go by the clocks."))
    }

    @Test("the whole explanation")
    func explanation() throws {
        var output = OutputBuffer()
        try Explanation(
            schedule: try ZoneFixtures.berlin("30 2 * * *"),
            now: try ZoneFixtures.instant("2026-12-01T00:00:00Z")
        ).write(to: &output, colour: .off)
        #expect(
            output.text == """
                At 02:30 every day.

                Next in Europe/Berlin
                LOCAL TIME                    UTC                   FROM NOW
                Tue 2026-12-01 02:30:00 CET   2026-12-01T01:30:00Z  in 1h 30m
                Wed 2026-12-02 02:30:00 CET   2026-12-02T01:30:00Z  in 1d 1h
                Thu 2026-12-03 02:30:00 CET   2026-12-03T01:30:00Z  in 2d 1h
                Fri 2026-12-04 02:30:00 CET   2026-12-04T01:30:00Z  in 3d 1h
                Sat 2026-12-05 02:30:00 CET   2026-12-05T01:30:00Z  in 4d 1h

                Clock changes
                On 2027-03-28 02:30 does not exist in Europe/Berlin: it will run at 03:00.
                On 2027-10-31 02:30 comes twice in Europe/Berlin: it will run the first time (CEST) and not the second (CET).

                """
        )
    }

    @Test("a zone without changes says so")
    func noChanges() throws {
        var output = OutputBuffer()
        let schedule = Schedule(try CronExpression("30 2 * * *"), in: .utc)
        try Explanation(schedule: schedule, now: .minimum).write(to: &output, colour: .off)
        #expect(output.text.hasSuffix("Clock changes\nThe clocks in UTC do not change any more.\n"))
    }
}
