import AlmanacCalendar
import Testing

@Suite("A wrong calendar event names its part, the columns and what was expected")
struct CalendarEventErrorTests {
    /// A text and what is said about it; the message where the row gives one.
    struct Row: CustomTestStringConvertible, Sendable {
        let text: String
        let field: CalendarEventError.Field
        let columns: Range<Int>
        let message: String?
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ field: CalendarEventError.Field, _ columns: Range<Int>, _ message: String? = nil) {
            (self.text, self.field, self.columns, self.message) = (text, field, columns, message)
        }
    }

    static let rows = [
        Row("", .expression, 1..<1), Row(" UTC", .expression, 1..<5),
        Row("2021", .expression, 1..<5), Row("10", .expression, 1..<3), Row("*", .expression, 1..<2),
        Row("UTC", .dayOfWeek, 1..<4), Row("Monda 10:00", .dayOfWeek, 1..<6),
        Row("Mon..", .dayOfWeek, 1..<6), Row("Mon,,Tue", .dayOfWeek, 1..<9),
        Row(
            "Fri..Mon 10:00",
            .dayOfWeek,
            1..<9,
            "Fri..Mon ends before it begins; ranges of weekdays do not wrap"
        ),
        Row("Mon..Wed..Fri", .dayOfWeek, 1..<14), Row("Mon*-*-*", .dayOfWeek, 1..<9), Row("Mon.10", .dayOfWeek, 1..<7),
        Row("weekly,daily", .dayOfWeek, 1..<7), Row("Mon weekly", .zone, 5..<11), Row("Mon Fri", .zone, 5..<8),
        Row("10:00 Europe/B\u{e4}r", .zone, 7..<17), Row("10:00 Europe/Berlin UTC", .expression, 6..<20),
        Row("2200-1-1", .year, 1..<5, "2200 is not a year; expected 1970 to 2199, or 70 to 99 and 0 to 69 for them"),
        Row("100-1-1", .year, 1..<4), Row("1971/229-1-1", .year, 1..<9),
        Row("99999999999999999999-1-1", .year, 1..<21), Row("*/2-*-*", .year, 1..<4),
        Row("*-00-01", .month, 3..<5, "0 is not a month; expected 1 to 12"), Row("3..1-1", .month, 1..<5),
        Row("13-1", .month, 1..<3), Row("1--1", .month, 3..<3), Row("-1-1", .year, 1..<1),
        Row("*-*-00", .dayOfMonth, 5..<7), Row("*-*-32", .dayOfMonth, 5..<7), Row("*-*-*/2", .dayOfMonth, 5..<8),
        Row("*-*-2/30", .dayOfMonth, 5..<9), Row("*-*-", .dayOfMonth, 5..<5),
        Row("*-*~29", .dayOfMonth, 5..<7, "29 is not a day counted from the month's end; expected 1 to 28"),
        Row("*-*~07/7", .dayOfMonth, 5..<9), Row("*-*~9..3", .dayOfMonth, 5..<9), Row("2021~2-3", .expression, 1..<9),
        Row("1-1T10:00", .expression, 1..<10), Row("24:00", .hour, 1..<3, "24 is not an hour; expected 0 to 23"),
        Row("*-*-* 24:00", .hour, 7..<9), Row("0/24:0", .hour, 1..<5), Row("1,:00", .hour, 3..<3),
        Row(",1:00", .hour, 1..<1), Row("1..2..3:00", .hour, 1..<8), Row("1/2/3:00", .hour, 1..<6),
        Row("1..5/0:00", .hour, 1..<7), Row("0x10:00", .hour, 1..<5), Row("+1:00", .hour, 1..<3),
        Row("*:60", .minute, 3..<5, "60 is not a minute; expected 0 to 59"), Row("*:1/59", .minute, 3..<7),
        Row("10:", .minute, 4..<4), Row("10:00Z", .minute, 4..<7), Row("*:*:60", .second, 5..<7),
        Row("*:*:59/1", .second, 5..<9), Row("*:*:1.", .second, 5..<7),
        Row(
            "10:00:00.5",
            .second,
            7..<11,
            "00.5 has a fraction of a second; Almanac's times are whole seconds"
        ),
        Row("*:*:0/0.25", .second, 5..<11),
        Row("10:00 ", .expression, 6..<7), Row(" 10:00", .expression, 1..<7), Row("10:00 10:00", .expression, 6..<12),
        Row("10:00 1-1", .expression, 6..<10), Row("1-1 1-1", .expression, 5..<8), Row("1:2:3:4", .expression, 1..<8),
        Row("@1.5", .expression, 1..<5), Row("@-1", .expression, 1..<4), Row("@", .expression, 1..<2),
        Row("@99999999999", .expression, 1..<13), Row("@7258118400", .expression, 1..<12),
        Row("*-02-30", .expression, 1..<8, "the event never is: no day that it names exists"),
        Row("2021-02-29", .expression, 1..<11), Row("Mon 2020-01-01", .expression, 1..<15),
        Row("Fri @0", .expression, 1..<7), Row("*-02,04-31 UTC", .expression, 1..<11),
        Row("M\u{f6}n 10:00", .dayOfWeek, 1..<2),
    ]

    @Test("A text and its error", arguments: rows)
    func error(row: Row) {
        #expect {
            try CalendarEvent(row.text)
        } throws: { error in
            guard let error = error as? CalendarEventError else { return false }
            #expect(error.field == row.field, "\(error)")
            #expect(error.column..<error.endColumn == row.columns, "\(error)")
            if let message = row.message { #expect(error.message == message) }
            return true
        }
    }

    @Test("Any bytes are read or refused, and what is read prints and reads back")
    func mutations() throws {
        var random = RandomEvent(generator: SeededGenerator(seed: 31))
        var accepted = 0
        for _ in 0..<30_000 {
            let text = random.mutated()
            guard let event = try? CalendarEvent(text) else { continue }
            accepted += 1
            if try CalendarEvent(event.description) != event { Issue.record("\(text): \(event) reads back otherwise") }
        }
        #expect(accepted > 1000)
    }

    @Test("Long texts are read in time, or refused")
    func longTexts() throws {
        let items = Array(repeating: "1", count: 241).joined(separator: ",")
        #expect(try CalendarEvent("\(items):00").description == "*-*-* 01:00:00")
        for text in [
            "\(items),1:00", String(repeating: "9", count: 1_000_000), String(repeating: "1,", count: 500_000) + "1:00",
            String(repeating: "Mon,", count: 300_000) + "x", String(repeating: " ", count: 1_000_000),
            "1-1" + String(repeating: " ", count: 1_000_000) + "x:1", String(repeating: "*-", count: 500_000),
        ] {
            #expect(throws: CalendarEventError.self) { try CalendarEvent(text) }
        }
    }
}
