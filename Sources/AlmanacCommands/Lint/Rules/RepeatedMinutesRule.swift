import AlmanacCalendar

/// `* 2 * * *`, which is every minute from 02:00 to 02:59 and not once at 2.
struct RepeatedMinutesRule: LintRule {
    let name = "every-minute"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let fields = job.fields, let schedule = job.schedule,
            let first = schedule.firing(after: circumstances.now),
            fields[0] == "*" || fields[0] == "*/1", isSingleHours(fields[1]), let tick = first.tick
        else { return [] }
        let hours =
            fields[1].hasPrefix("*")
            ? "each of its hours" : fields[1].contains(",") ? "each of the hours \(fields[1])" : "hour \(fields[1])"
        return [
            "'\(job.timeText ?? "")' runs 60 times in \(hours), once a minute, next from \(tick.date) \(tick.time.short) on; "
                + "for once an hour write 0 as its minute: 0 \(fields[1...].joined(separator: " "))"
        ]
    }

    /// Single hours and steps: a range of hours is meant to be one.
    private func isSingleHours(_ field: String) -> Bool {
        if field.hasPrefix("*/") { return field != "*/1" }
        return field.allSatisfy { $0.isNumber || $0 == "," } && field.split(separator: ",").count <= 4
    }
}
