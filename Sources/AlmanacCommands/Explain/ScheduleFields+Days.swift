extension ScheduleFields {
    /// On which days: ` on the 1st of January`, `, Monday to Friday`. Begins with a blank or a comma; empty where every day is meant and
    /// need not be said.
    var days: String {
        let everyDay = isFrequent && months.count == 12 ? "" : " every day"
        if matchesEitherDay {
            // A field that names every day takes in what the other one names.
            if monthDays.isEvery || weekdays.isEvery { return everyDay + inMonths }
            return " \(monthDaysText) and also \(weekdaysText)\(weekdays.isPlain ? inMonths : "")"
        }
        switch (monthDays.isEvery, weekdays.isEvery) {
        case (true, true): return everyDay + inMonths
        case (false, true): return " \(monthDaysText)"
        case (true, false):
            let joint = isWeekdayStretch ? ", " : " "
            return "\(joint)\(weekdaysText)\(weekdays.isPlain ? inMonths : "")"
        case (false, false): return " \(monthDaysText), if that is \(weekdaysCondition)"
        }
    }

    /// What is to be said about Vixie cron's rule for the two day fields; nil where it makes no difference.
    var dayRule: String? {
        if matchesEitherDay, !monthDays.isEvery, !weekdays.isEvery {
            return "Day-of-month and day-of-week are both given: a day that matches either one counts."
        }
        if !matchesEitherDay, !isCalendarEvent, !monthDays.isEvery, !weekdays.isEvery {
            return "One of the two day fields begins with * or ?: a day has to match both."
        }
        return nil
    }

    /// `, in 2026 and 2027 alone`; nothing for all years.
    var inYears: String {
        years.map { ", in \(Wording.numbers($0)) alone" } ?? ""
    }

    // MARK: Months

    /// ` in January and July`; nothing for all.
    private var inMonths: String {
        months.count == 12 ? "" : " in \(monthNames)"
    }

    /// `the month`, `January and July`, `each month from June to August`.
    private var ofMonths: String {
        if months.count == 12 { return "the month" }
        return (monthStretch == nil ? "" : "each month from ") + monthNames
    }

    private var monthStretch: (first: Int, last: Int)? { Wording.stretch(months.map { $0 - 1 }, of: 12) }

    private var monthNames: String {
        if let (first, last) = monthStretch {
            return "\(Wording.months[first]) to \(Wording.months[last])"
        }
        return months.map { Wording.months[$0 - 1] }.listed
    }

    // MARK: Days of the month

    private var monthDaysText: String {
        var parts: [String] = []
        if monthDays.days.count == 31 {
            parts.append("every day")
        } else if let first = monthDays.days.first {
            let step = Wording.spacing(monthDays.days)
            if monthDays.days.count > 2, step == 1 {
                parts.append(
                    "on the \(Wording.ordinal(first)) to the \(Wording.ordinal(monthDays.days[monthDays.days.count - 1]))"
                )
            } else {
                parts.append("on the \(Wording.numbers(monthDays.days, as: Wording.ordinal))")
            }
        }
        let fromLast = monthDays.fromLast.sorted()
        let isEnd = fromLast.count > 2 && fromLast == Array(0..<fromLast.count)
        if isEnd { parts.append("on the last \(fromLast.count) days") }
        for days in isEnd ? [] : fromLast {
            switch days {
            case 0: parts.append("on the last day")
            case 1: parts.append("on the day before the last")
            default: parts.append("\(days) days before the last day")
            }
        }
        for day in monthDays.nearestWeekdays {
            parts.append("on the weekday (Monday to Friday) nearest to the \(Wording.ordinal(day))")
        }
        if monthDays.lastWeekday { parts.append("on the last weekday (Monday to Friday)") }
        return "\(parts.listed) of \(ofMonths)"
    }

    // MARK: Days of the week

    /// `every Monday`, `Monday to Friday`, `on the 2nd Friday of the month`.
    private var weekdaysText: String {
        var parts: [String] = []
        if weekdays.days.count == 1 {
            parts.append("every \(weekdayNames)")
        } else if !weekdays.days.isEmpty {
            parts.append((isWeekdayStretch ? "" : "on ") + weekdayNames)
        }
        let special = specialWeekdays
        if !special.isEmpty { parts.append("on \(special.listed) of \(ofMonths)") }
        return parts.listed
    }

    /// What a day has to be beside its place in the month: `a Monday or a Friday`.
    private var weekdaysCondition: String {
        let plain =
            isWeekdayStretch ? ["a day from \(weekdayNames)"] : weekdays.days.map { "a \(Wording.weekdays[$0])" }
        let all = plain + specialWeekdays
        guard all.count > 1 else { return all.first ?? "" }
        return all.dropLast().joined(separator: ", ") + " or " + all[all.count - 1]
    }

    private var isWeekdayStretch: Bool { Wording.stretch(weekdays.days, of: 7) != nil }

    private var weekdayNames: String {
        if let (first, last) = Wording.stretch(weekdays.days, of: 7) {
            return "\(Wording.weekdays[first]) to \(Wording.weekdays[last])"
        }
        // The week's end last, as people say it.
        return weekdays.days.sorted { ($0 + 6) % 7 < ($1 + 6) % 7 }.map { Wording.weekdays[$0] }.listed
    }

    private var specialWeekdays: [String] {
        weekdays.nth.map { "the \(Wording.ordinal($0.place)) \(Wording.weekdays[$0.weekday])" }
            + weekdays.last.map { "the last \(Wording.weekdays[$0])" }
    }
}

extension ScheduleFields.Weekdays {
    /// Whether there is nothing but weekdays by name.
    fileprivate var isPlain: Bool { nth.isEmpty && last.isEmpty }
}
