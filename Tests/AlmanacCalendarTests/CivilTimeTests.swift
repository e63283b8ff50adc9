import AlmanacCalendar
import Testing

@Suite("Civil dates and times follow the proleptic Gregorian calendar")
struct CivilTimeTests {
    @Test("Every day of the years 1 to 9999 converts to its number and back")
    func everyDay() throws {
        // Counted up day by day; the calendar's formulas have no part in it.
        var (year, month, day) = (1, 1, 1)
        var number: Int64 = -719_162
        while year < 10_000 {
            let date = CivilDate(daysSinceEpoch: number)
            if date.year != year || date.month != month || date.day != day || date.daysSinceEpoch != number {
                Issue.record("day \(number) is \(year)-\(month)-\(day), not \(date)")
                return
            }
            number += 1
            day += 1
            if day > SlowEvaluator.length(month, year) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(number == 2_932_897)
    }

    @Test(
        "Weekdays",
        arguments: [("1970-01-01", 4), ("2026-03-29", 0), ("2000-02-29", 2), ("0001-01-01", 1), ("9999-12-31", 5)]
    )
    func weekdays(text: String, weekday: Int) throws {
        #expect(try #require(CivilDate(text)).weekday == weekday)
    }

    @Test(
        "Dates that do not exist are refused",
        arguments: [
            "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32",
            "0000-01-01", "2026-1-01",
            "02026-01-01", "2026-01-01 ", " 2026-01-01", "2026/01/01", "+026-01-01", "٢٠٢٦-01-01", "",
        ]
    )
    func impossibleDates(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test("Leap days exist in leap years", arguments: ["2024-02-29", "2000-02-29", "2400-02-29", "0004-02-29"])
    func leapDays(text: String) {
        #expect(CivilDate(text)?.description == text)
    }

    @Test(
        "Wall times print as they are read",
        arguments: ["2026-03-29T02:30:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "1969-12-31T23:59:59"]
    )
    func wallTimeText(text: String) throws {
        let wall = try #require(CivilDateTime(text))
        #expect(wall.description == text)
        #expect(CivilDateTime(wallSeconds: wall.wallSeconds) == wall)
    }

    @Test(
        "Other wall time text is refused",
        arguments: [
            "2026-03-29 02:30:00", "2026-03-29T24:00:00", "2026-03-29T02:60:00", "2026-03-29T02:30:60",
            "2026-03-29T02:30",
            "2026-03-29T02:30:00Z", "2026-03-29t02:30:00", "2026-03-29T02:30:00.5",
        ]
    )
    func otherWallTimeText(text: String) {
        #expect(CivilDateTime(text) == nil)
    }

    @Test("Numbers out of range make no date and no time")
    func numbersOutOfRange() {
        #expect(CivilDate(year: .max, month: 1, day: 1) == nil)
        #expect(CivilDate(year: 2026, month: .min, day: 1) == nil)
        #expect(CivilDate(year: 2026, month: 1, day: .max) == nil)
        #expect(CivilTime(hour: 24, minute: 0) == nil)
        #expect(CivilTime(hour: 0, minute: -1) == nil)
        #expect(CivilTime(hour: 0, minute: 0, second: 60) == nil)
        #expect(CivilDateTime(year: 2026, month: 2, day: 30) == nil)
    }

    @Test("Wall times are ordered as clocks show them")
    func order() {
        #expect(wall("2026-03-29T02:30:00") < wall("2026-03-29T02:30:01"))
        #expect(wall("2026-03-29T23:59:59") < wall("2026-03-30T00:00:00"))
        #expect(wall("2025-12-31T23:59:59") < wall("2026-01-01T00:00:00"))
    }

    @Test(
        "Any 64-bit count of seconds has a wall time, and none traps",
        arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max]
    )
    func extremeSeconds(seconds: Int64) {
        let wall = CivilDateTime(wallSeconds: seconds)
        #expect((1...12).contains(wall.date.month))
        #expect((0...23).contains(wall.time.hour))
        #expect(!Timestamp(secondsSinceEpoch: seconds).description.isEmpty)
        #expect((0...6).contains(wall.date.weekday))
        _ = wall.wallSeconds
    }

    @Test("Years outside 1 to 9999 print with a sign")
    func farYears() {
        #expect(Timestamp(secondsSinceEpoch: 253_402_300_800).description == "+10000-01-01T00:00:00Z")
        #expect(Timestamp(secondsSinceEpoch: -62_135_596_801).description == "0000-12-31T23:59:59Z")
        #expect(Timestamp(secondsSinceEpoch: -62_198_755_200).description == "-0001-01-01T00:00:00Z")
    }

    @Test(
        "Offsets print with seconds only where they have some",
        arguments: [
            (0, "+00:00"), (7200, "+02:00"), (-12_600, "-03:30"), (3208, "+00:53:28"), (-17_762, "-04:56:02"),
            (-1, "-00:00:01"),
            (50_400, "+14:00"), (20_700, "+05:45"),
        ] as [(Int32, String)]
    )
    func offsets(seconds: Int32, text: String) {
        #expect(UTCOffset(seconds: seconds).description == text)
    }
}
