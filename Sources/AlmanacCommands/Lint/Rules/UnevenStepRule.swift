import AlmanacCalendar

/// `*/7` minutes, which starts over at the full hour.
struct UnevenStepRule: LintRule {
    let name = "uneven-step"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let fields = job.fields, job.schedule != nil else { return [] }
        return [
            clockField(fields[0], size: 60, unit: "minute", round: "hour", isWhole: true),
            clockField(fields[1], size: 24, unit: "hour", round: "day", isWhole: false),
            monthDays(fields[2], job, circumstances),
        ].compactMap(\.self)
    }

    private func step(_ field: String, _ size: Int) -> Int? {
        let parts = field.split(separator: "/")
        guard parts.count == 2, parts[0] == "*" || parts[0] == "0-\(size - 1)", let step = Int(parts[1]), step > 1
        else { return nil }
        return step
    }

    private func clockField(_ field: String, size: Int, unit: String, round: String, isWhole: Bool) -> String? {
        guard let step = step(field, size), size % step != 0 else { return nil }
        if step >= size {
            return "\(field) is \(unit) 0 alone, since its step is greater than \(size - 1); write 0"
        }
        let last = (size - 1) / step * step
        let divisors = (2..<size).filter { size % $0 == 0 }.map(String.init).listed
        return
            "\(field) is not every \(step) \(unit)s: after \(unit) \(last) the next is 0 of the next \(round), \(size - last) later; "
            + "the steps that go round evenly are \(divisors)"
            + (isWhole ? "; @every \(step)m in almanac.toml goes on through the hours" : "")
    }

    private func monthDays(_ field: String, _ job: LintJob, _ circumstances: LintCircumstances) -> String? {
        let parts = field.split(separator: "/")
        guard parts.count == 2, parts[0] == "*" || parts[0] == "1-31", let step = Int(parts[1]),
            (2...15).contains(step),
            let schedule = job.schedule
        else { return nil }
        var last: CivilDate?
        for firing in schedule.firings(after: circumstances.now, through: circumstances.now + 100 * 86_400) {
            guard let date = firing.tick?.date else { continue }
            if let last, last != date, date.daysSinceEpoch - last.daysSinceEpoch < step, date.day == 1 {
                return
                    "\(field) starts over on the 1st of each month: after \(last) the next is \(date), not \(step) days later; "
                    + "let the command look at the date if that matters"
            }
            last = date
        }
        return nil
    }
}
