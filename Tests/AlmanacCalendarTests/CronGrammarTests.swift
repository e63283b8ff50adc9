import AlmanacCalendar
import Testing

@Suite("Cron expressions are read by the grammar")
struct CronGrammarTests {
    /// Two ways to write one schedule, and the rule that makes them one.
    struct Row: CustomTestStringConvertible, Sendable {
        let rule: String
        let text: String
        let same: String
        var testDescription: String { "\(rule): \(text) = \(same)" }

        init(_ rule: String, _ text: String, _ same: String) {
            (self.rule, self.text, self.same) = (rule, text, same)
        }
    }

    static let equalities = [
        Row("five fields mean second 0", "5 4 * * *", "0 5 4 * * *"),
        Row("any run of blanks separates", " \t5  4\t* * * \t", "5 4 * * *"),
        Row("case is ignored", "0 0 lW jAn-mar SuN", "0 0 LW JAN-MAR SUN"),
        Row("months have names", "0 0 1 JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC *", "0 0 1 * *"),
        Row("weekdays have names", "0 0 * * SUN,MON,TUE,WED,THU,FRI,SAT", "0 0 * * 0-6"),
        Row("7 is Sunday", "0 0 * * 7", "0 0 * * 0"),
        Row("a range is inclusive", "0 9-12 * * *", "0 9,10,11,12 * * *"),
        Row("a range wraps past the end", "0 22-2 * * *", "0 22,23,0,1,2 * * *"),
        Row("minutes wrap", "58-1 * * * *", "58,59,0,1 * * * *"),
        Row("days of the month wrap to 1", "0 0 30-2 * *", "0 0 30,31,1,2 * *"),
        Row("months wrap to 1", "0 0 1 NOV-FEB *", "0 0 1 11,12,1,2 *"),
        Row("weekdays wrap to Sunday", "0 0 * * FRI-MON", "0 0 * * 5,6,0,1"),
        Row("a range of one", "0 5-5 * * *", "0 5 * * *"),
        Row("a step counts from the range's first value", "*/20 * * * *", "0,20,40 * * * *"),
        Row("a step of days counts from 1", "0 0 */10 * MON-FRI", "0 0 */10 * 1-5"),
        Row("a step in a range", "10-30/7 * * * *", "10,17,24 * * * *"),
        Row("a step counts along the wrap", "0 22-4/2 * * *", "0 22,0,2,4 * * *"),
        Row("a step along the wrap of minutes", "50-10/7 * * * *", "50,57,4 * * * *"),
        Row("a value with a step goes to the range's end", "5/20 * * * *", "5,25,45 * * * *"),
        Row("an hour with a step goes to 23", "0 20/2 * * *", "0 20,22 * * *"),
        Row("a day with a step goes to 31", "0 0 27/2 * *", "0 0 27,29,31 * *"),
        Row("a month with a step goes to 12", "0 0 1 AUG/2 *", "0 0 1 8,10,12 *"),
        Row("a weekday with a step goes to Saturday", "0 0 * * 1/2", "0 0 * * 1,3,5"),
        Row("a step beyond the range leaves the first value", "*/60 3-5/99 * * *", "0 3 * * *"),
        Row("the largest step", "*/999 * * * *", "0 * * * *"),
        Row("? is *", "0 0 ? * ?", "0 0 * * *"),
        Row("three digits", "005 010 001 012 *", "5 10 1 12 *"),
        Row("a list may repeat", "5,5,5-6 * * * *", "5,6 * * * *"),
        Row("a weekday range may end in 7", "0 0 * * 5-7", "0 0 * * 5,6,0"),
        Row("1-7 is every day", "0 0 1 * 1-7", "0 0 1 * 0-6"),
        Row("0-7 is every day", "0 0 1 * 0-7", "0 0 1 * 0-6"),
        Row("SUN-7 is every day", "0 0 1 * SUN-7", "0 0 1 * 0-6"),
        Row("7 as a first value is 0", "0 0 * * 7-3", "0 0 * * 0-3"),
        Row("7-SUN is Sunday", "0 0 * * 7-SUN", "0 0 * * 0"),
        Row("7-7 is Sunday", "0 0 * * 7-7", "0 0 * * 0"),
        Row("7/2 is 0/2", "0 0 * * 7/2", "0 0 * * 0,2,4,6"),
        Row("a step up to 7", "0 0 * * 1-7/3", "0 0 * * 1,4,0"),
        Row("a step from Sunday up to 7", "0 0 * * 0-7/7", "0 0 * * 0"),
        Row("Sunday counts once in a wrap", "0 0 * * FRI-MON/2", "0 0 * * 5,0"),
        Row("a weekday range from Saturday", "0 0 * * 6-7", "0 0 * * 6,0"),
        Row("L in any case", "0 0 l * *", "0 0 L * *"),
        Row("L-n with leading zeros", "0 0 L-003 * *", "0 0 L-3 * *"),
        Row("7#k and 7L are Sunday's", "0 0 * * 7#2,7L", "0 0 * * SUN#2,SUNL"),
        Row("names before # and L", "0 0 * * FRI#2,MONL", "0 0 * * 5#2,1L"),
        Row("*,5 is star", "0 0 *,5 * 1", "0 0 * * 1"),
        Row("?,5 is star", "0 0 ?,5 * 1", "0 0 * * 1"),
        Row("5,* is not star: every day matches", "0 0 5,* * 1", "0 0 1-31 * 1"),
        Row("@yearly", "@yearly", "0 0 1 1 *"),
        Row("@annually", "@annually", "0 0 1 1 *"),
        Row("@monthly", "@monthly", "0 0 1 * *"),
        Row("@weekly", "@weekly", "0 0 * * 0"),
        Row("@daily", "@daily", "0 0 * * *"),
        Row("@midnight", " @MidNight ", "0 0 * * *"),
        Row("@hourly", "@hourly", "0 * * * *"),
        Row("@every counts seconds", "@every 90m", "@every 1h30m"),
        Row("@every in any case", "\t@EVERY \t1D2H3M4S ", "@every 93784s"),
        Row("@every with zero parts", "@every 0d0h0m5s", "@every 5s"),
    ]

    @Test("Two ways to write one schedule are equal", arguments: equalities)
    func equality(row: Row) throws {
        #expect(try CronExpression(row.text) == CronExpression(row.same))
    }

    @Test(
        "Different schedules are different",
        arguments: [
            ("0 0 1 * 1", "0 0 * * 1"), ("0 0 1-31 * 1", "0 0 * * 1"), ("0 0 L * *", "0 0 31 * *"),
            ("0 0 15W * *", "0 0 15 * *"),
            ("@every 1h", "@hourly"), ("@reboot", "@daily"), ("0 0 * * 5L", "0 0 * * 5"),
            ("0 0 * * 5#1", "0 0 * * 5#2"),
            ("1 * * * * *", "0 * * * * *"),
        ]
    )
    func difference(one: String, other: String) throws {
        #expect(try CronExpression(one) != CronExpression(other))
    }

    @Test("Descriptors and hourly expressions are told apart")
    func kinds() throws {
        #expect(try CronExpression("@reboot").isReboot)
        #expect(try !CronExpression("@daily").isReboot)
        #expect(try CronExpression("@every 1h1s").everySeconds == 3601)
        #expect(try CronExpression("@hourly").everySeconds == nil)
        #expect(
            try CronExpression("@every 999999999d999999999h999999999m999999999s").everySeconds == 90_060_999_909_939
        )
        for hourly in [
            "* * * * *", "0 0-23 * * *", "0 */1 * * *", "0 5-4 1 1 *", "@hourly", "0 0/1 * * *", "0 1-23,0 * * *",
        ] {
            #expect(try CronExpression(hourly).isHourly, "\(hourly)")
        }
        for other in ["0 0-22 * * *", "0 1/1 * * *", "0 */2 * * *", "@daily", "@every 1h", "@reboot"] {
            #expect(try !CronExpression(other).isHourly, "\(other)")
        }
    }

    @Test(
        "Expressions that match rarely are found",
        arguments: ["0 0 29 2 */7", "0 0 29 2,4-11/3 */7", "0 0 31 12 */6,5#5", "0 0 L-28 2 */7"]
    )
    func rare(text: String) throws {
        let schedule = Schedule(try CronExpression(text), in: .utc)
        #expect(schedule.firing(after: instant("2026-01-01T00:00:00Z")) != nil)
    }

    @Test("The rarest: 29 February on a Sunday is 40 years away across 2100")
    func rarest() throws {
        let schedule = Schedule(try CronExpression("0 0 29 2 */7"), in: .utc)
        let found = schedule.firings(after: instant("2026-01-01T00:00:00Z"), through: instant("2200-01-01T00:00:00Z"))
        #expect(found.map { $0.tick?.date.year } == [2032, 2060, 2088, 2128, 2156, 2184])
    }
}
