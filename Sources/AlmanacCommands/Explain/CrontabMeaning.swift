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
            var rules = CronClockRules()
            schedule = fields.expression.map { rules.schedule($0, followsClock: fields.followsClock, in: zone) }
        }
    }

    /// The keys of `almanac.toml` with which a task does what the line does; none where it does so by itself.
    var keys: [String] {
        guard let schedule else { return [] }
        return [
            schedule.gap == .run ? nil : #"dst_gap = "\#(schedule.gap.rawValue)""#,
            schedule.fold == .first ? nil : #"dst_fold = "\#(schedule.fold.rawValue)""#,
            schedule.hourly ? nil : "dst_hourly = false",
        ].compactMap(\.self)
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
    static func differences(of schedule: Schedule, text: String) -> [String] {
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
        if line.expression != schedule.expression {
            result.append("cron reads it otherwise: \(line.expression.sentence)")
        }
        if line.gap != schedule.gap || line.fold != schedule.fold || line.hourly != schedule.hourly {
            let text = meaning.keys.isEmpty ? "none of dst_gap, dst_fold and dst_hourly" : meaning.keys.listed
            result.append("\(meaning.rule) A line of a crontab gets \(text).")
        }
        return result
    }
}
