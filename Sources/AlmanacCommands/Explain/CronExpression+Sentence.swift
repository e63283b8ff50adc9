import AlmanacCalendar

extension CronExpression {
    /// The expression in plain English, a sentence or two: `At 02:30 every day.`
    var sentence: String {
        if isReboot {
            return "Once at each start of the daemon; in a crontab, once after each boot. It has no times of its own."
        }
        if let everySeconds {
            return
                "Every \(Duration.seconds(everySeconds).exact), counted from 1970-01-01T00:00:00Z, whatever the zone."
        }
        guard let fields = ScheduleFields(self) else {
            preconditionFailure("an expression has fields, or is @every or @reboot")
        }
        let sentence = "\(fields.times)\(fields.days)\(fields.inYears)."
        return fields.dayRule.map { "\(sentence) \($0)" } ?? sentence
    }
}

extension Duration {
    /// Whole seconds with every unit that counts: `1d 2h 3m 4s`.
    fileprivate var exact: String {
        var rest = components.seconds
        var parts: [String] = []
        for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(String, Int64)] where rest >= size {
            parts.append("\(rest / size)\(unit)")
            rest %= size
        }
        return parts.joined(separator: " ")
    }
}
