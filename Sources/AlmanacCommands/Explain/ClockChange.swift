import AlmanacCalendar

/// What a change of a zone's clocks does to a schedule.
struct ClockChange {
    let schedule: Schedule
    let transition: ZoneTransition

    /// The zone's next changes after an instant.
    static func upcoming(_ count: Int, for schedule: Schedule, after instant: Timestamp) -> [ClockChange] {
        var result: [ClockChange] = []
        var instant = instant
        while result.count < count, let transition = schedule.zone.transition(after: instant), transition.at <= .maximum
        {
            result.append(ClockChange(schedule: schedule, transition: transition))
            instant = transition.at
        }
        return result
    }

    /// Whether any of its ticks is settled by the rules about gaps and folds.
    var touches: Bool { !affected.isEmpty }

    /// What happens, as a sentence: `On 2027-03-28 02:30 does not exist in Europe/Berlin: it will run at 03:00.`
    var sentence: String {
        let affected = affected
        if affected.isEmpty { return "\(opening): \(unaffected)." }
        return transition.shift > 0 ? gapSentence(affected) : foldSentence(affected)
    }

    // MARK: What is affected

    /// The seconds around the change in which something can become of its ticks.
    private var reach: Int64 { Int64(transition.shift.magnitude) }

    /// The occurrences that are settled by the rules about gaps and folds.
    private var affected: [Occurrence] {
        let start = transition.shift > 0 ? transition.at - 1 : transition.at - reach - 1
        let end = transition.shift > 0 ? transition.at : transition.at + reach - 1
        let walls = min(transition.wallBefore, transition.wallAfter)..<max(transition.wallBefore, transition.wallAfter)
        let reason: Occurrence.Reason = transition.shift > 0 ? .gap : .fold
        return schedule.occurrences(after: start, through: end).filter { occurrence in
            occurrence.reason == reason && occurrence.tick.map(walls.contains) ?? false
        }
    }

    /// What to say where no tick is made up for or held back.
    private var unaffected: String {
        if schedule.expression.everySeconds != nil { return "nothing changes, since it does not go by the clocks" }
        let firings = schedule.firings(after: transition.at - reach - 1, through: transition.at + reach)
        guard firings.contains(where: { _ in true }), schedule.hourly, schedule.expression.isHourly else {
            return "it has nothing to run in that time"
        }
        return transition.shift > 0
            ? "it goes on without a break, and nothing is made up for"
            : "it goes on through the repeated time, and nothing is held back"
    }

    // MARK: Sentences

    private var zone: ZoneRules { schedule.zone }

    private var opening: String {
        let direction = transition.shift > 0 ? "forward" : "back"
        return "On \(transition.wallBefore.date) the clocks in \(zone.id) go \(direction) "
            + "from \(name(transition.wallBefore)) to \(name(transition.wallAfter))"
    }

    /// A wall time, with its date where that is another one than the change's.
    private func name(_ wall: CivilDateTime) -> String {
        wall.date == transition.wallBefore.date ? wall.time.short : "\(wall.time.short) on \(wall.date)"
    }

    private func gapSentence(_ occurrences: [Occurrence]) -> String {
        let run = occurrences.filter { $0.kind == .fire }.compactMap(\.tick)
        let skipped = occurrences.filter { $0.kind == .dstSkipped }.compactMap(\.tick)
        let end = name(transition.wallAfter)
        let all = (run + skipped).sorted()
        var text =
            "On \(transition.wallBefore.date) \(names(all)) \(all.count == 1 ? "does" : "do") not exist in \(zone.id): "
        if skipped.isEmpty {
            text += "it will run at \(end)"
        } else if let first = run.first {
            text += "\(name(first)) will run at \(end), and \(names(skipped)) will be skipped"
        } else {
            text += "\(skipped.count == 1 ? "it" : "they") will be skipped"
            let isRunAtEnd = schedule.firings(after: transition.at - 1, through: transition.at).contains { _ in true }
            if isRunAtEnd { text += ", since \(end) is a time to run anyway" }
        }
        return text + "."
    }

    private func foldSentence(_ occurrences: [Occurrence]) -> String {
        let ticks = Set(occurrences.compactMap(\.tick)).sorted()
        var text =
            "On \(transition.wallBefore.date) \(names(ticks)) \(ticks.count == 1 ? "comes" : "come") twice in \(zone.id): "
        text += ticks.count == 1 ? "it will run " : "each will run "
        let first = zone.abbreviation(at: transition.at - 1)
        let second = zone.abbreviation(at: transition.at)
        switch schedule.fold {
        case .first: text += "the first time (\(first)) and not the second (\(second))"
        case .last: text += "the second time (\(second)) and not the first (\(first))"
        case .both: text += "both times (\(first) and \(second))"
        }
        return text + "."
    }

    /// Times in a row, long rows by their first and last.
    private func names(_ walls: [CivilDateTime]) -> String {
        guard walls.count > 4 else { return walls.map(name).listed }
        return "\(walls.count) times from \(name(walls[0])) to \(name(walls[walls.count - 1]))"
    }
}
