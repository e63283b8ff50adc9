import AlmanacCalendar
import AlmanacConfig
import Testing

@Suite("The time fields of a crontab mean what they mean to cron")
struct CrontabFieldTests {
    private static func fields(_ time: String) -> CrontabFields? {
        guard case .fields(let fields) = CrontabFixture.user("\(time) x\n").entries.first?.time else { return nil }
        return fields
    }

    private static func fault(_ time: String) -> String? {
        CrontabFixture.user("\(time) x\n").faults.first?.message
    }

    private static func minutes(_ field: String) -> Set<Int>? {
        fields("\(field) * * * *").map { fields in Set((0..<64).filter { fields.minutes & 1 << UInt64($0) != 0 }) }
    }

    @Test("Lists, ranges and steps, and what cron makes of odd ones")
    func minute() {
        let rules: [(String, Set<Int>?)] = [
            ("5", [5]), ("*/20", [0, 20, 40]), ("1-3,7", [1, 2, 3, 7]), ("10-20/5", [10, 15, 20]), ("059", [59]),
            // What follows the last item is passed over.
            ("*5", Set(0...59)), ("1-3-7", [1, 2, 3]), ("5.7", [5]), ("*,5", Set(0...59)), ("3?", [3]),
            // A range that is backwards is empty.
            ("22-2", []), ("22-2,9", [9]),
            // The number is 32 bits wide.
            ("4294967301", [5]),
            // No step without a range, no empty item, no step of zero, no value outside.
            ("5/15", nil), ("1,,2", nil), (",1", nil), ("1,", nil), ("*/0", nil), ("*/", nil), ("1-", nil), ("60", nil),
            ("5-64/30", nil), ("x", nil), ("5x", nil), ("jan", nil), ("-5", nil), ("99999999999999999999", nil),
            ("5-10/2147483647", nil), ("*/2147483647", [0]),
        ]
        for (text, values) in rules { #expect(Self.minutes(text) == values, "\(text)") }
    }

    @Test("Names are whole words of three letters, in any case, and 7 is Sunday")
    func names() {
        #expect(Self.fields("0 0 * JAN-mar *")?.months == 0b1110)
        #expect(Self.fields("0 0 * * sun,TUE")?.weekdays == 0b101)
        #expect(Self.fields("0 0 * * 7")?.weekdays == 1)
        #expect(Self.fields("0 0 * * fri-7")?.weekdays == 0b110_0001)
        #expect(Self.fields("0 0 * * sat-sun")?.weekdays == 0)
        #expect(Self.fields("0 0 * * 0-7/7")?.weekdays == 1)
        for time in [
            "0 0 * january *", "0 0 * * monday", "0 0 mon * *", "0 0 * * */mon", "0 0 * 0 *", "0 0 0 * *", "0 0 * * 8",
        ] {
            #expect(Self.fields(time) == nil, "\(time)")
        }
    }

    @Test("Random fields have the values that the rules give them", arguments: [UInt64(1), 2, 3])
    func oracle(seed: UInt64) {
        let rules = [
            FieldRule(range: 0...59, names: []), FieldRule(range: 0...23, names: []),
            FieldRule(range: 1...31, names: []),
            FieldRule(
                range: 1...12,
                names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            ),
            FieldRule(range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
        ]
        var samples = CrontabSamples(seed: seed)
        var (taken, refused) = (0, 0)
        for _ in 0..<2000 {
            let place = samples.pick(5)
            var texts = Array(repeating: "*", count: 5)
            // An equals sign may make a variable of the line.
            texts[place] = samples.field().replacing("=", with: "x")
            let expected = rules[place].values(of: texts[place])
            guard let fields = Self.fields(texts.joined(separator: " ")) else {
                #expect(expected == nil, "\(texts)")
                refused += 1
                continue
            }
            taken += 1
            let sets = [
                fields.minutes, UInt64(fields.hours), UInt64(fields.monthDays), UInt64(fields.months),
                UInt64(fields.weekdays),
            ]
            let found = Set((0..<64).filter { sets[place] & 1 << UInt64($0) != 0 })
            #expect(found == expected.map { place == 4 ? Set($0.map { $0 % 7 }) : $0 }, "\(texts)")
        }
        #expect(taken > 500 && refused > 200)
    }

    @Test("A star at the beginning of a field decides about days and clock changes")
    func stars() throws {
        let both = try #require(Self.fields("0 0 */2 * 1"))
        #expect(both.monthDaysBeginWithStar && !both.weekdaysBeginWithStar && !both.followsClock)
        #expect(both.expression == (try CronExpression("0 0 */2 * 1")))
        let either = try #require(Self.fields("0 0 1-31 * 1"))
        #expect(either.expression == (try CronExpression("0 0 1-31 * 1")))
        for time in ["* 5 * * *", "*/5 5 * * *", "0 */2 * * *", "*5 1 * * *", "@hourly"] {
            #expect(Self.fields(time)?.followsClock == true, "\(time)")
        }
        for time in [
            "0-59 5 * * *", "5,* 5 * * *", "30 0-23 * * *", "0 0 * * *", "@daily", "@weekly", "@monthly", "@yearly",
        ] {
            #expect(Self.fields(time)?.followsClock == false, "\(time)")
        }
    }

    @Test("Descriptors are those of cron, in small letters")
    func descriptors() throws {
        for name in ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"] {
            #expect(Self.fields(name)?.expression == (try CronExpression(name)), "\(name)")
        }
        #expect(CrontabFixture.user("@reboot x\n").entries.first?.time == .reboot)
        for name in ["@Daily", "@every 5m", "@", "@dailyx"] {
            #expect(CrontabFixture.user("\(name) x\n").entries.isEmpty)
        }
    }

    @Test(
        "Every set of times becomes an expression that prints and reads back as itself, or never fires",
        arguments: [UInt64(7)]
    )
    func expressions(seed: UInt64) throws {
        var samples = CrontabSamples(seed: seed)
        var never = 0
        for _ in 0..<3000 {
            let time = (0..<5).map { _ in samples.field() }.joined(separator: " ")
            guard let fields = Self.fields(time) else { continue }
            guard let expression = fields.expression else {
                never += 1
                continue
            }
            #expect(try CronExpression("\(expression)") == expression, "\(time)")
        }
        #expect(never > 0)
        #expect(Self.fields("0 0 30 2 *")?.expression == nil)
        // One of the two day fields is empty, and neither begins with a star: the other decides.
        #expect(Self.fields("0 0 9-1 * 5")?.expression == (try CronExpression("0 0 * * 5")))
        #expect(Self.fields("0 0 4 * 5-1")?.expression == (try CronExpression("0 0 4 * *")))
        #expect(Self.fields("0 0 * * 5-1")?.expression == nil)
    }

    @Test("A fault says what was found, what was expected and what to write")
    func faults() {
        #expect(Self.fault("61 * * * *") == "minute: 61 is not a minute; expected 0 to 59")
        #expect(
            Self.fault("5/15 * * * *")
                == #"minute: cron knows no step without a range, found "5/15"; write "5-59/15""#
        )
        #expect(
            Self.fault("0 0 * * Monday")
                == #"day-of-week: "Monday" is not a day-of-week; expected 0 to 7 or a name, sun to sat"#
        )
        #expect(Self.fault("0 0 * *")?.hasPrefix("day-of-week: \"x\" is not a day-of-week") == true)
        #expect(
            CrontabFixture.user("0 0 *\n").faults.first?.message
                == "month: missing; expected five time fields before the command"
        )
        #expect(Self.fault("1, * * * *") == #"minute: expected a number, found nothing behind "1,""#)
        #expect(Self.fault("*/x * * * *") == #"minute: "x" is not a step; expected 1 or more"#)
    }
}
