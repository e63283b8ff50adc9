import AlmanacCalendar
import Testing

@Suite("Day fields match the days that the grammar says")
struct CronDayTests {
    /// An expression at midnight UTC and the days on which it fires in a stretch.
    struct Row: CustomTestStringConvertible, Sendable {
        let rule: String
        let days: String
        let from: String
        let until: String
        let expected: [String]
        var testDescription: String { "\(rule): \(days)" }

        init(_ rule: String, _ days: String, from: String, until: String, _ expected: [String]) {
            (self.rule, self.days, self.from, self.until, self.expected) = (rule, days, from, until, expected)
        }
    }

    static let rows = [
        Row(
            "the last day",
            "L * *",
            from: "2024-01",
            until: "2024-05",
            ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]
        ),
        Row(
            "days before the last",
            "L-2 * *",
            from: "2023-01",
            until: "2023-05",
            ["2023-01-29", "2023-02-26", "2023-03-29", "2023-04-28"]
        ),
        Row(
            "no match in a month too short",
            "L-30 * *",
            from: "2023-01",
            until: "2023-05",
            ["2023-01-01", "2023-03-01"]
        ),
        Row("L-28 in February needs a leap year", "L-28 2 *", from: "2023-01", until: "2025-01", ["2024-02-01"]),
        Row("a weekday is its own nearest", "15W * *", from: "2026-04", until: "2026-05", ["2026-04-15"]),
        Row("Saturday goes to Friday", "15W * *", from: "2026-08", until: "2026-09", ["2026-08-14"]),
        Row("Sunday goes to Monday", "15W * *", from: "2026-03", until: "2026-04", ["2026-03-16"]),
        Row("Saturday the 1st goes to Monday the 3rd", "1W * *", from: "2026-08", until: "2026-09", ["2026-08-03"]),
        Row("Sunday the 1st goes to Monday the 2nd", "1W * *", from: "2026-03", until: "2026-04", ["2026-03-02"]),
        Row("Sunday the last goes to the Friday before", "31W * *", from: "2026-05", until: "2026-06", ["2026-05-29"]),
        Row("Saturday the last goes to Friday", "31W * *", from: "2026-10", until: "2026-11", ["2026-10-30"]),
        Row("no such day, no match", "31W * *", from: "2026-04", until: "2026-05", []),
        Row(
            "the last weekday",
            "LW * *",
            from: "2026-05",
            until: "2026-08",
            ["2026-05-29", "2026-06-30", "2026-07-31"]
        ),
        Row(
            "the last weekday of a February ending on Saturday",
            "LW 2 *",
            from: "2026-02",
            until: "2026-03",
            ["2026-02-27"]
        ),
        Row(
            "the k-th weekday",
            "* * 5#2",
            from: "2026-01",
            until: "2026-04",
            ["2026-01-09", "2026-02-13", "2026-03-13"]
        ),
        Row("no fifth one, no match", "* * 5#5", from: "2026-01", until: "2026-06", ["2026-01-30", "2026-05-29"]),
        Row(
            "the last weekday d",
            "* * 1L",
            from: "2026-01",
            until: "2026-04",
            ["2026-01-26", "2026-02-23", "2026-03-30"]
        ),
        Row("the last Sunday by 7L", "* * 7L", from: "2026-03", until: "2026-04", ["2026-03-29"]),
        Row(
            "neither is star: either matches",
            "13 * 5",
            from: "2026-03",
            until: "2026-04",
            ["2026-03-06", "2026-03-13", "2026-03-20", "2026-03-27"]
        ),
        Row("neither is star, with L", "L * 1#1", from: "2026-03", until: "2026-04", ["2026-03-02", "2026-03-31"]),
        Row(
            "day-of-month is star: both must match",
            "*/2 * 5",
            from: "2026-03",
            until: "2026-04",
            ["2026-03-13", "2026-03-27"]
        ),
        Row(
            "day-of-week is star: both must match",
            "1-9 * */3",
            from: "2026-03",
            until: "2026-04",
            ["2026-03-01", "2026-03-04", "2026-03-07", "2026-03-08"]
        ),
        Row(
            "a step without star is not star",
            "1/2 * 5",
            from: "2026-03",
            until: "2026-03-08",
            ["2026-03-01", "2026-03-03", "2026-03-05", "2026-03-06", "2026-03-07"]
        ),
        Row("? is star", "? * 5", from: "2026-03", until: "2026-03-15", ["2026-03-06", "2026-03-13"]),
        Row("*,13 is star", "*,13 * 5", from: "2026-03", until: "2026-03-15", ["2026-03-06", "2026-03-13"]),
        Row(
            "13,* is not",
            "13,* * 5",
            from: "2026-03",
            until: "2026-03-04",
            ["2026-03-01", "2026-03-02", "2026-03-03"]
        ),
        Row("Friday the 13th, through the star quirk", "13 * */1,5", from: "2026-03", until: "2026-04", ["2026-03-13"]),
        Row("29 February", "29 2 *", from: "2096-01", until: "2109-01", ["2096-02-29", "2104-02-29", "2108-02-29"]),
        Row(
            "the 31st skips short months",
            "31 * *",
            from: "2026-01",
            until: "2026-08",
            ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]
        ),
    ]

    @Test("Days, forward and backward", arguments: rows)
    func days(row: Row) throws {
        func midnight(_ text: String) -> Timestamp { instant(text + (text.count == 7 ? "-01" : "") + "T00:00:00Z") }
        let schedule = Schedule(try CronExpression("0 0 " + row.days), in: .utc)
        let range = midnight(row.from)..<midnight(row.until)
        #expect(schedule.occurrences(in: range).map { String($0.at.description.prefix(10)) } == row.expected)
        #expect(
            schedule.occurrencesBackward(in: range).map { String($0.at.description.prefix(10)) }
                == row.expected.reversed()
        )
    }

    @Test("Every special item agrees with the slow evaluator on each day of 28 years")
    func allItems() throws {
        var items = (1...30).map { "L-\($0) * *" } + (1...31).map { "\($0)W * *" } + ["L * *", "LW * *"]
        for weekday in 0...6 {
            items += (1...5).map { "* * \(weekday)#\($0)" } + ["* * \(weekday)L", "* * \(weekday)"]
        }
        let start = Int(instant("2000-01-01T00:00:00Z").secondsSinceEpoch / 86_400)
        let dates = (start..<start + 10_227).map { (day: $0, date: SlowEvaluator.date($0)) }
        for item in items {
            let slow = SlowExpression("0 0 " + item)
            let expected = dates.filter { _, date in
                slow.matches(
                    year: date.year,
                    month: date.month,
                    day: date.day,
                    weekday: date.weekday,
                    monthLength: SlowEvaluator.length(date.month, date.year)
                )
            }
            let schedule = Schedule(try CronExpression("0 0 " + item), in: .utc)
            let found = schedule.firings(
                after: Timestamp(secondsSinceEpoch: Int64(start) * 86_400 - 1),
                through: Timestamp(secondsSinceEpoch: Int64(start + 10_227) * 86_400 - 1)
            )
            #expect(found.map { Int($0.at.secondsSinceEpoch / 86_400) } == expected.map(\.day), "\(item)")
        }
    }
}
