/// Why text is not a cron expression, and which part of it is at fault.
public struct CronExpressionError: Error, Equatable, Sendable {
    /// The part of an expression that an error is about.
    public enum Field: String, Sendable, CaseIterable {
        case second
        case minute
        case hour
        case dayOfMonth = "day-of-month"
        case month
        case dayOfWeek = "day-of-week"
        /// No single field: the number of fields, a descriptor, or an expression that never fires.
        case expression
    }

    /// The part at fault; the leftmost one where there are several.
    public let field: Field

    /// The first column of the offending text: 1-based, in Unicode code points, from the start of the expression as given.
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

extension CronExpressionError: CustomStringConvertible {
    /// The field, the column and the message in one line.
    public var description: String {
        field == .expression ? message : "\(field.rawValue), column \(column): \(message)"
    }
}
