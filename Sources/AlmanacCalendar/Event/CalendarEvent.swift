/// When a task runs, in systemd's calendar notation: `Mon..Fri *-*-* 09:00 Europe/Berlin` (systemd.time(7), "Calendar Events").
///
/// ```swift
/// let event = try CalendarEvent("Mon-Fri 9:00 Europe/Berlin")
/// print(event)                  // Mon..Fri *-*-* 09:00:00 Europe/Berlin
/// event.expression              // for a Schedule
/// event.zone                    // Europe/Berlin; nil where the text names none
/// try CalendarEvent("*-*-* 24:00")  // throws: hour, column 7: 24 is not an hour; expected 0 to 23
/// ```
///
/// The grammar is that of systemd 252, with two exceptions. Times are whole seconds: a fraction other than zero is an error. And an
/// expression that can never match, such as `*-02-30`, is an error here; one whose times are all past, `2020-01-01`, is not.
/// Changes of the clocks are those of `spec/occurrences.md` 3, as for cron expressions, not systemd's.
public struct CalendarEvent: Hashable, Sendable {
    /// The times, without the zone.
    public let expression: CronExpression

    /// The zone that the text names, `UTC` for `@SECONDS`; nil where it names none.
    ///
    /// The calendar knows no files: whether there is such a zone is for the caller to find out.
    public let zone: ZoneID?

    /// Reads an event; throws a ``CalendarEventError`` for text outside the grammar, and for events that can never be.
    public init(_ text: String) throws(CalendarEventError) {
        (expression, zone) = try CalendarEventParser.parse(text)
    }

    /// The first and the last year that can be named.
    static let years: ClosedRange<Int> = 1970...2199
}

extension CalendarEvent: CustomStringConvertible {
    /// What systemd calls the normalized form, which reads back as an equal value.
    public var description: String {
        zone.map { "\(expression) \($0)" } ?? "\(expression)"
    }
}

extension CalendarEvent {
    /// What an event's times are made of.
    struct Fields: Hashable, Sendable {
        /// Days match both by their date and by their weekday.
        var times: CronFields
        /// Nil for every year.
        var years: YearSet?
        /// The normalized form, without a zone. Two events are equal if it is the same.
        var text: String

        /// Whether some day of some year matches.
        var canMatch: Bool {
            guard let years else { return times.canMatch }
            return years.contains { year in
                (UInt32(1)...12).contains { times.months >> $0 & 1 != 0 && times.days(inMonth: $0, of: year) != 0 }
            }
        }
    }
}

extension CronFields {
    /// The days that match in a month of a year, if the month does.
    fileprivate func days(inMonth month: UInt32, of year: UInt32) -> UInt32 {
        let firstDay = GregorianDay.number(year: year, month: month, day: 1)
        return days(
            length: GregorianDay.days(inMonth: month, of: year),
            firstWeekday: GregorianDay.weekday(of: firstDay)
        )
    }
}
