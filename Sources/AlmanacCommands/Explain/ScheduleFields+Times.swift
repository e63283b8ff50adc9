extension ScheduleFields {
    /// The most times of day that are named one by one.
    private static let namedTimes = 6

    /// When on a day: `At 02:30`, `Every 15 minutes from 09:00 to 17:45`. Begins with a capital.
    var times: String {
        let count = seconds.count * minutes.count * hours.count
        // Hours around midnight are said as a stretch: named one by one they would be out of order.
        let isAroundMidnight = Wording.stretch(hours, of: 24).map { $0.first > $0.last } ?? false
        if count <= Self.namedTimes, !isAroundMidnight {
            let times = hours.flatMap { hour in
                minutes.flatMap { minute in seconds.map { Wording.time(hour, minute, $0) } }
            }
            return "At \(times.listed)"
        }
        return seconds == [0] ? minutely : "\(secondly)\(minutesOfSeconds)\(hoursOfMinutes)"
    }

    /// Whether the times are so many that `every day` need not be said.
    var isFrequent: Bool { hours.count == 24 }

    // MARK: Without seconds

    private var minutely: String {
        if minutes.count == 60 { return "Every minute\(hoursOfMinutes)" }
        if let step = Wording.evenStep(minutes, of: 60) {
            let start =
                minutes[0] == 0 || Wording.stretch(hours, of: 24) != nil
                ? "" : ", starting \(past(minutes[0])) past the hour"
            return "Every \(step) minutes\(hoursOfMinutes)\(start)"
        }
        guard minutes.count == 1 else {
            return "At minutes \(Wording.numbers(minutes)) of \(hourNames)"
        }
        let minute = minutes[0]
        if hours.count == 24 { return minute == 0 ? "Every hour, on the hour" : "Every hour, at \(past(minute)) past" }
        if let (first, last) = Wording.stretch(hours, of: 24) {
            return "Every hour from \(Wording.time(first, minute)) to \(Wording.time(last, minute))"
        }
        if let step = Wording.evenStep(hours, of: 24) {
            return
                "Every \(step) hours from \(Wording.time(hours[0], minute)) to \(Wording.time(hours[hours.count - 1], minute))"
        }
        return "At \(Wording.numbers(hours) { Wording.time($0, minute) })"
    }

    private func past(_ minute: Int) -> String { minute == 1 ? "1 minute" : "\(minute) minutes" }

    /// The hours that minutes are counted in, after `of`.
    private var hourNames: String {
        if hours.count == 24 { return "every hour" }
        if let (first, last) = Wording.stretch(hours, of: 24) {
            return "every hour from \(Wording.twoDigits(first)) to \(Wording.twoDigits(last))"
        }
        return "the hour\(hours.count == 1 ? "" : "s") \(Wording.numbers(hours, as: Wording.twoDigits))"
    }

    /// The hours as an end of `Every minute` and the like; nothing where they are all.
    private var hoursOfMinutes: String {
        if hours.count == 24 { return "" }
        let single = hours.count == 1 ? (first: hours[0], last: hours[0]) : nil
        if let (first, last) = Wording.stretch(hours, of: 24) ?? single {
            let start = Wording.time(first, minutes[0], seconds[0])
            let end = Wording.time(last, minutes[minutes.count - 1], seconds[seconds.count - 1])
            return " from \(start) to \(end)"
        }
        return " in the hours \(Wording.numbers(hours, as: Wording.twoDigits))"
    }

    // MARK: With seconds

    private var secondly: String {
        if seconds.count == 60 { return "Every second" }
        if let step = Wording.evenStep(seconds, of: 60) {
            return "Every \(step) seconds" + (seconds[0] == 0 ? "" : " from second \(seconds[0])")
        }
        return "At second\(seconds.count == 1 ? "" : "s") \(Wording.numbers(seconds))"
    }

    private var minutesOfSeconds: String {
        let isEvery = seconds.count == 60 || Wording.evenStep(seconds, of: 60) != nil
        if minutes.count == 60 { return isEvery ? "" : " of every minute" }
        let joint = isEvery ? " in" : " of"
        if let step = Wording.evenStep(minutes, of: 60), minutes[0] == 0 {
            return "\(joint) every \(Wording.ordinal(step)) minute"
        }
        return "\(joint) minute\(minutes.count == 1 ? "" : "s") \(Wording.numbers(minutes))"
            + (hours.count == 24 ? " of every hour" : "")
    }
}
