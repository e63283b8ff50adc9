/// Why text is not a calendar event, and which part of it is at fault.
public struct CalendarEventError: Error, Equatable, Sendable {
    /// The part of an event that an error is about.
    public enum Field: String, Sendable, CaseIterable {
        case dayOfWeek = "day-of-week"
        case year
        case month
        case dayOfMonth = "day-of-month"
        case hour
        case minute
        case second
        case zone
        /// No single part: their number or order, a shorthand, or an event that never is.
        case expression
    }

    /// The part at fault; the leftmost one where there are several.
    public let field: Field

    /// The first column of the offending text: 1-based, in Unicode code points, from the start of the text as given.
    public let column: Int

    /// The column after the offending text; equal to ``column`` where something is missing.
    public let endColumn: Int

    /// What was found and what was expected, `61 is not a minute; expected 0 to 59`.
    public let message: String

    /// An error about the text from one column up to, not including, another.
    public init(field: Field, column: Int, endColumn: Int, message: String) {
        self.field = field
        self.column = column
        self.endColumn = endColumn
        self.message = message
    }
}

extension CalendarEventError: CustomStringConvertible {
    /// The field, the column and the message in one line.
    public var description: String {
        field == .expression ? message : "\(field.rawValue), column \(column): \(message)"
    }
}
