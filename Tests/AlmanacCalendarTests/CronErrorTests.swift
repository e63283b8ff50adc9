import AlmanacCalendar
import Testing

@Suite("A wrong expression names the field, the columns and what was expected")
struct CronErrorTests {
    /// An expression and what is said about it; the message where the row gives one.
    struct Row: CustomTestStringConvertible, Sendable {
        let text: String
        let field: CronExpressionError.Field
        let columns: Range<Int>
        let message: String?
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ field: CronExpressionError.Field, _ columns: Range<Int>, _ message: String? = nil) {
            (self.text, self.field, self.columns, self.message) = (text, field, columns, message)
        }
    }

    static let rows = [
        Row("61 * * * *", .minute, 1..<3, "61 is not a minute; expected 0 to 59"),
        Row("60 * * * * *", .second, 1..<3, "60 is not a second; expected 0 to 59"),
        Row("* 24 * * *", .hour, 3..<5, "24 is not an hour; expected 0 to 23"),
        Row("* * 0 * *", .dayOfMonth, 5..<6, "0 is not a day of the month; expected 1 to 31"),
        Row("* * 32 * *", .dayOfMonth, 5..<7),
        Row("* * * 13 *", .month, 7..<9, "13 is not a month; expected 1 to 12"),
        Row("* * * 0 *", .month, 7..<8),
        Row("* * * * 8", .dayOfWeek, 9..<10, "8 is not a day of the week; expected 0 to 7"),
        Row("0 1,99,3 * * *", .hour, 5..<7, "99 is not an hour; expected 0 to 23"),
        Row("  5 99 * * *", .hour, 5..<7),
        Row("5-61 * * * *", .minute, 1..<5, "61 is not a minute; expected 0 to 59"),
        Row("*/0 * * * *", .minute, 1..<4),
        Row("5/0 * * * *", .minute, 1..<4),
        Row("*/ * * * *", .minute, 1..<3),
        Row("*/1000 * * * *", .minute, 1..<7),
        Row("*/MON * * * *", .minute, 1..<6),
        Row("* * * * */MON", .dayOfWeek, 9..<14),
        Row("0005 * * * *", .minute, 1..<5),
        Row("-5 * * * *", .minute, 1..<3),
        Row("5- * * * *", .minute, 1..<3),
        Row("5-6-7 * * * *", .minute, 1..<6),
        Row("5/2/2 * * * *", .minute, 1..<6),
        Row("*-5 * * * *", .minute, 1..<4),
        Row("*5 * * * *", .minute, 1..<3),
        Row("+5 * * * *", .minute, 1..<3),
        Row("1.5 * * * *", .minute, 1..<4),
        Row("1,,2 * * * *", .minute, 3..<3),
        Row(",1 * * * *", .minute, 1..<1),
        Row("1, * * * *", .minute, 3..<3),
        Row("? * * * *", .minute, 1..<2),
        Row("* ? * * *", .hour, 3..<4),
        Row("* * * ? *", .month, 7..<8),
        Row("* * ?/2 * *", .dayOfMonth, 5..<8),
        Row("* * ?5 * *", .dayOfMonth, 5..<7),
        Row("JAN * * * *", .minute, 1..<4),
        Row("* * JAN * *", .dayOfMonth, 5..<8),
        Row("* * * MON *", .month, 7..<10),
        Row("* * * * JAN", .dayOfWeek, 9..<12),
        Row("* * * JANUARY *", .month, 7..<14),
        Row("* * * JA *", .month, 7..<9),
        Row("* * L-0 * *", .dayOfMonth, 5..<8),
        Row("* * L-31 * *", .dayOfMonth, 5..<9),
        Row("* * L- * *", .dayOfMonth, 5..<7),
        Row("* * L-3W * *", .dayOfMonth, 5..<9),
        Row("* * L/2 * *", .dayOfMonth, 5..<8),
        Row("* * LL * *", .dayOfMonth, 5..<7),
        Row("* * 5L * *", .dayOfMonth, 5..<7),
        Row("* * W * *", .dayOfMonth, 5..<6),
        Row("* * WL * *", .dayOfMonth, 5..<7),
        Row("* * 0W * *", .dayOfMonth, 5..<7),
        Row("* * 32W * *", .dayOfMonth, 5..<8),
        Row("* * 5W-7 * *", .dayOfMonth, 5..<9),
        Row("* * 1-5W * *", .dayOfMonth, 5..<9),
        Row("* * LW/2 * *", .dayOfMonth, 5..<9),
        Row("* * * * L", .dayOfWeek, 9..<10),
        Row("* * * * 5#0", .dayOfWeek, 9..<12),
        Row("* * * * 5#6", .dayOfWeek, 9..<12),
        Row("* * * * 5#", .dayOfWeek, 9..<11),
        Row("* * * * #2", .dayOfWeek, 9..<11),
        Row("* * * * 8#1", .dayOfWeek, 9..<12),
        Row("* * * * 5#MON", .dayOfWeek, 9..<14),
        Row("* * * * 5#1/2", .dayOfWeek, 9..<14),
        Row("* * * * 1-5L", .dayOfWeek, 9..<13),
        Row("* * * * 8L", .dayOfWeek, 9..<11),
        Row("* * * * 5W", .dayOfWeek, 9..<11),
        Row("5L * * * *", .minute, 1..<3),
        Row("* * * 5#2 *", .month, 7..<10),
        // Columns are code points: an emoji with a skin tone is two, e with a combining accent two.
        Row("👍🏽 * * * *", .minute, 1..<3),
        Row("0 e\u{301} * * *", .hour, 3..<5),
        Row("0 \u{665} * * *", .hour, 3..<4),
        Row("ü,5 9 * * *", .minute, 1..<2),
        Row("*\u{A0}* * * * *", .minute, 1..<4),
        // The leftmost field at fault is the one that is reported.
        Row("* 99 0 13 8", .hour, 3..<5),
        Row("* * * 13 8", .month, 7..<9),
        Row("99 * * * * *", .second, 1..<3),
        // The number of fields comes before what is in them.
        Row("61 * *", .expression, 1..<7),
        Row("* * * *", .expression, 1..<8),
        Row("* * * * * * *", .expression, 1..<14),
        Row("", .expression, 1..<1),
        Row(" \t ", .expression, 1..<4),
        Row("*", .expression, 1..<2),
        Row("* * * *\n*", .expression, 1..<10),
        Row("@", .expression, 1..<2),
        Row("@dayly", .expression, 1..<7),
        Row("@daily 5", .expression, 1..<9),
        Row("@reboot now", .expression, 1..<12),
        Row("@every", .expression, 1..<7),
        Row("@every 0s", .expression, 1..<10),
        Row("@every 0d0h0m0s", .expression, 1..<16),
        Row("@every 5", .expression, 1..<9),
        Row("@every s", .expression, 1..<9),
        Row("@every 1.5h", .expression, 1..<12),
        Row("@every 1m1h", .expression, 1..<12),
        Row("@every 1h1h", .expression, 1..<12),
        Row("@every 1h 30m", .expression, 1..<14),
        Row("@every 1w", .expression, 1..<10),
        Row("@every -5s", .expression, 1..<11),
        Row("@every 1234567890s", .expression, 1..<19),
        Row("@every5s", .expression, 1..<9),
        Row("0 0 30 2 *", .expression, 1..<11),
        Row("0 0 31 4,6,9,11 *", .expression, 1..<18),
        Row("0 0 31W 2 *", .expression, 1..<12),
        Row("0 0 L-29 2 *", .expression, 1..<13),
    ]

    @Test("Errors", arguments: rows)
    func errors(row: Row) throws {
        let error = #expect(throws: CronExpressionError.self) { try CronExpression(row.text) }
        let found = try #require(error)
        #expect(found.field == row.field)
        #expect(found.column..<found.endColumn == row.columns)
        if let message = row.message { #expect(found.message == message) }
        #expect(!found.message.isEmpty)
    }

    @Test("Messages quote what was written, but no control characters and no more than a line")
    func quoting() {
        let long = String(repeating: "9", count: 100_000) + " * * * *"
        let error = #expect(throws: CronExpressionError.self) { try CronExpression(long) }
        #expect((error?.message.count ?? 0) < 200)
        #expect(error?.endColumn == 100_001)
        let control = #expect(throws: CronExpressionError.self) { try CronExpression("\u{1B}[31m * * * *") }
        #expect(control?.message.unicodeScalars.contains("\u{1B}") == false)
    }

    @Test("A description says the field and the column in words")
    func description() {
        let field = #expect(throws: CronExpressionError.self) { try CronExpression("0 0 * * 9") }
        #expect(field?.description == "day-of-week, column 9: 9 is not a day of the week; expected 0 to 7")
        let whole = #expect(throws: CronExpressionError.self) { try CronExpression("0 0 30 2 *") }
        #expect(whole?.description.hasPrefix("the expression never fires") == true)
    }

    @Test("Never fires is told from fires rarely, for every day and weekday of every month")
    func neverFires() {
        for month in 1...12 {
            for day in 1...31 {
                for weekday in 0...6 {
                    // `*/8,d` is star and Sunday or d; a day of the month on either comes within 28 years if the day exists.
                    let text = "0 0 \(day) \(month) */8,\(weekday)"
                    let exists = day <= [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
                    #expect(((try? CronExpression(text)) != nil) == exists, "\(text)")
                }
            }
        }
    }
}
