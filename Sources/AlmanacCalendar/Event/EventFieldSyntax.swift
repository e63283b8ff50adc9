/// What a part of a calendar event may hold, and how messages speak of it.
struct EventFieldSyntax: Sendable {
    let field: CalendarEventError.Field

    /// The values of the part.
    let range: ClosedRange<Int>

    /// How many digits a value has in the normalized form, at least.
    let width: Int

    /// A value in messages, `a minute`.
    let noun: String

    static let year = EventFieldSyntax(field: .year, range: CalendarEvent.years, width: 4, noun: "a year")
    static let month = EventFieldSyntax(field: .month, range: 1...12, width: 2, noun: "a month")
    static let day = EventFieldSyntax(field: .dayOfMonth, range: 1...31, width: 2, noun: "a day of the month")
    static let hour = EventFieldSyntax(field: .hour, range: 0...23, width: 2, noun: "an hour")
    static let minute = EventFieldSyntax(field: .minute, range: 0...59, width: 2, noun: "a minute")
    static let second = EventFieldSyntax(field: .second, range: 0...59, width: 2, noun: "a second")

    /// Days that are counted from the month's end, the last being 1; every month has them.
    static let dayFromLast = EventFieldSyntax(
        field: .dayOfMonth,
        range: 1...28,
        width: 2,
        noun: "a day counted from the month's end"
    )

    /// Whether values count from the month's end.
    var isFromLast: Bool { field == .dayOfMonth && range.upperBound == Self.dayFromLast.range.upperBound }

    /// What a value is expected to be, in messages.
    var expected: String {
        let values = "\(range.lowerBound) to \(range.upperBound)"
        return field == .year ? "\(values), or 70 to 99 and 0 to 69 for them" : values
    }
}
