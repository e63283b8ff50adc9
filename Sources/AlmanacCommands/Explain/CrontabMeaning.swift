import AlmanacCalendar
import AlmanacConfig

/// What an expression means as the time of a crontab line, by the grammar and the clock rules of Debian's cron (3.0pl1).
struct CrontabMeaning {
    /// What cron takes the line for.
    enum Kind: Equatable {
        /// Minute or hour begins with `*`: it goes by what the clock shows.
        case wildcard
        /// Any other: it runs once in a fold, and right after a gap.
        case fixed
        case reboot
    }

    let kind: Kind
    /// When and how the line fires here; nil for times that never come.
    let schedule: Schedule?

    /// Why a crontab does not take an expression.
    struct Fault: Error, Equatable {
        let message: String
    }

    /// - Throws: `Fault` where cron would not take the line.
    init(_ text: String, zone: ZoneRules) throws(Fault) {
        let crontab = Crontab(parsing: Array("\(text) true\n".utf8), path: "-", owner: .user("root"))
        guard let entry = crontab.entries.first, crontab.entries.count == 1 else {
            throw Fault(message: crontab.faults.first?.message ?? "it is not the time of a crontab line")
        }
        switch entry.time {
        case .reboot:
            kind = .reboot
            schedule = (try? CronExpression("@reboot")).map { Schedule($0, in: zone) }
        case .fields(let fields):
            kind = fields.followsClock ? .wildcard : .fixed
            schedule = fields.expression.map { expression in
                fields.followsClock
                    ? Schedule(expression, in: zone, gap: .skip, fold: .both)
                    : Schedule(expression, in: zone, gap: .run, fold: .first, hourly: false)
            }
        }
    }

    /// The keys of `almanac.toml` with which a task does what the line does, as far as they change something in its zone.
    func keys(after now: Timestamp) -> [String] {
        guard let schedule else { return [] }
        switch kind {
        case .reboot: return []
        case .fixed: return schedule.expression.isHourly ? ["dst_hourly = false"] : []
        case .wildcard:
            let isPassed = schedule.expression.isHourly && !schedule.zone.hasBrokenShifts(after: now)
            return isPassed ? [] : [#"dst_gap = "skip""#, #"dst_fold = "both""#]
        }
    }

    /// What cron's rule is for the line, a sentence.
    var rule: String {
        switch kind {
        case .wildcard:
            "cron takes it for a wildcard job, since its minute or hour begins with * (or it is @hourly): it goes by what the clock shows, "
                + "so that it runs in both passes of a repeated time, and times that do not exist are lost."
        case .fixed:
            "cron takes it for a fixed job, since neither minute nor hour begins with *: it runs once where its time comes twice, and right "
                + "after a time that does not exist."
        case .reboot: "cron runs it once a boot."
        }
    }

    /// What is to be said of an expression that was read by our grammar and rules; empty where a crontab means the same by it.
    static func differences(of schedule: Schedule, text: String, now: Timestamp) -> [String] {
        guard schedule.expression.everySeconds == nil else { return ["A crontab does not know @every."] }
        let meaning: CrontabMeaning
        do throws(Fault) {
            meaning = try CrontabMeaning(text, zone: schedule.zone)
        } catch {
            return ["A crontab does not take it: \(error.message)."]
        }
        guard meaning.kind != .reboot else { return [] }
        guard let line = meaning.schedule else { return ["Its times never come: cron reads it otherwise."] }
        var result: [String] = []
        if line.expression != schedule.expression { result.append("cron reads it otherwise: \(line.expression.sentence)") }
        let keys = meaning.keys(after: now)
        let isSame = line.gap == schedule.gap && line.fold == schedule.fold && line.hourly == schedule.hourly
        if !isSame, !keys.isEmpty || schedule.gap != .run || schedule.fold != .first {
            let text = keys.isEmpty ? "none of dst_gap, dst_fold and dst_hourly" : keys.listed
            result.append("\(meaning.rule) A line of a crontab gets \(text).")
        }
        return result
    }
}

extension ZoneRules {
    /// Whether one of the coming changes of the offset is by another time than whole hours.
    fileprivate func hasBrokenShifts(after instant: Timestamp) -> Bool {
        var instant = instant
        // The rules of a zone repeat from some year on: a score of changes has seen them all.
        for _ in 0..<40 {
            guard let transition = transition(after: instant), transition.at < .maximum else { return false }
            if transition.shift % 3600 != 0 { return true }
            instant = transition.at
        }
        return false
    }
}
