extension NextFault {
    /// The fault as help: the message, and for an expression its text with a caret under each offending column.
    ///
    /// - Parameter expression: the text that was asked about.
    func explained(expression: String) -> String {
        guard Self.expressionFields.contains(field) || isCalendarEvent else { return "--\(field.option): \(message)" }
        // Column by column, so that control characters and tabs cannot move the carets.
        let scalars = expression.unicodeScalars.map { String($0).printable }
        let start = max(0, min(column - 1, scalars.count))
        let end = max(start, min(endColumn - 1, scalars.count))
        let blanks = String(repeating: " ", count: scalars[..<start].joined().displayWidth)
        let carets = String(repeating: "^", count: max(1, scalars[start..<end].joined().displayWidth))
        var lines = [field == "expression" ? message : "\(field): \(message)"]
        if !expression.isEmpty {
            lines += ["", "    \(scalars.joined())", "    \(blanks)\(carets)"]
        }
        if let hint = hint(expression: expression) {
            lines += ["", hint]
        }
        return lines.joined(separator: "\n")
    }

    private static let expressionFields: Set<String> = [
        "second", "minute", "hour", "day-of-month", "month", "day-of-week", "expression",
    ]

    /// What the field takes. One that is right field by field and never fires needs no lesson on fields.
    private func hint(expression: String) -> String? {
        if isCalendarEvent { return message.contains("never is") ? nil : Self.calendarEventHint }
        let count = expression.split { $0 == " " || $0 == "\t" }.count
        if field == "expression", !expression.contains("@"), (5...6).contains(count) { return nil }
        return Self.hints[field]
    }

    private static let calendarEventHint =
        "Calendar events: weekdays, year-month-day, hour:minute:second and a zone, each of which can be left out. For example:\n"
        + "    Mon..Fri *-*-* 09:00    at 09:00, Monday to Friday\n"
        + "    *-*-* *:0/5             every 5 minutes\n"
        + "    *-*~01 18:00 UTC        at 18:00 UTC on the last day of the month"

    /// What each field takes, in short.
    private static let hints: [String: String] = [
        "second": "second takes 0-59: 0, 0,30, 0-29, */10 or *",
        "minute": "minute takes 0-59: 0, 0,30, 0-29, */5 or *",
        "hour": "hour takes 0-23: 4, 9,18, 9-17, 22-2, */2 or *",
        "day-of-month":
            "day-of-month takes 1-31: 1, 1,15, 1-7, */2, L (the last day), L-3, 15W (the nearest weekday), LW or *",
        "month": "month takes 1-12 or names: 1, JAN, 6-8, JAN-MAR, */3 or *",
        "day-of-week":
            "day-of-week takes 0-7 or names, Sunday being 0 and 7: MON, 1-5, FRI-MON, 5#2 (the second Friday), "
            + "5L (the last Friday) or *",
        "expression":
            "Fields: minute hour day-of-month month day-of-week, with second first if there are six. For example:\n"
            + "    30 2 * * *        at 02:30 every day\n"
            + "    */5 9-17 * * 1-5  every 5 minutes from 09:00 to 17:55, Monday to Friday\n"
            + "    @every 90s        every 90 seconds",
    ]
}

extension String {
    /// The command line's name of a setting.
    fileprivate var option: String {
        self == "zone" ? "timezone" : String(map { $0 == "_" ? "-" : $0 })
    }
}
