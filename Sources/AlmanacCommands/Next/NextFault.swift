import AlmanacCalendar

/// What is wrong with a question for occurrences: `spec/occurrences.md` sections 1 and 5.
struct NextFault: Error, Equatable {
    /// A field of the expression, `expression`, or a setting: `zone`, `from`, `until`, `count`, `dst_gap`, `dst_fold`, `request`.
    let field: String

    /// Where the offending text begins, from 1, in Unicode code points; 1 for a setting.
    let column: Int

    /// Where it ends, not included.
    let endColumn: Int

    let message: String

    /// Whether it is in an expression in systemd's notation.
    var isCalendarEvent = false

    /// A setting that is wrong.
    init(_ field: String, _ message: String) {
        self.field = field
        column = 1
        endColumn = 1
        self.message = message
    }

    init(_ error: CronExpressionError) {
        field = error.field.rawValue
        column = error.column
        endColumn = error.endColumn
        message = error.message
    }

    init(_ error: CalendarEventError) {
        field = error.field.rawValue
        column = error.column
        endColumn = error.endColumn
        message = error.message
        isCalendarEvent = true
    }

    /// Appends the fault as section 5 has it, without an end of line.
    func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"error":{"field":"#.utf8)
        JSONText.append(field, to: &bytes)
        bytes.append(contentsOf: #","column":\#(column),"message":"#.utf8)
        JSONText.append(message, to: &bytes)
        bytes.append(contentsOf: "}}".utf8)
    }
}
