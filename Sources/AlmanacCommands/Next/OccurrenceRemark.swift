import AlmanacCalendar

extension Occurrence {
    /// What a person should know about it: nothing for a firing on an ordinary day.
    ///
    /// - Parameter zone: the zone of its schedule.
    func remark(in zone: ZoneRules) -> String {
        guard let tick else { return "" }
        // A long gap can end on another day than its ticks were on.
        let wall = zone.wallTime(at: at)
        let name = tick.date == wall.date ? tick.time.short : "\(tick.date) \(tick.time.short)"
        switch (kind, reason) {
        case (.fire, nil): return ""
        case (.fire, .gap): return "\(name) does not exist this day: runs when the clocks have jumped"
        case (.fire, .fold): return "\(name) comes twice: this is \(pass(of: tick, in: zone))"
        case (.dstSkipped, .gap): return "skipped: \(name) does not exist this day"
        case (.dstSkipped, .fold): return "skipped: \(name) comes twice, and this is \(pass(of: tick, in: zone))"
        case (.dstSkipped, nil): return "skipped"
        }
    }

    /// Which one of the instants of its tick this is.
    private func pass(of tick: CivilDateTime, in zone: ZoneRules) -> String {
        let instants = zone.instants(of: tick).all
        switch instants.firstIndex(of: at) {
        case 0: return "the first time"
        case 1: return "the second time"
        case let index?: return "time number \(index + 1)"
        // A tick of a gap, settled at an instant whose wall time comes twice.
        case nil: return "one of them"
        }
    }
}
