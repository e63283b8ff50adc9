package import AlmanacCalendar
import AlmanacModel
import HeapModule

/// A firing that lies ahead.
package struct PlannedFiring: Sendable {
    package var taskName: String
    /// When its run starts, the task's delay included.
    package var at: Timestamp
    /// Where the task keeps its time.
    package var zone: ZoneRules

    package init(taskName: String, at: Timestamp, zone: ZoneRules) {
        self.taskName = taskName
        self.at = at
        self.zone = zone
    }
}

extension SchedulePlan {
    /// The first firing that lies ahead, of all tasks; nil where there is none. What a pause holds is none.
    package var nextFiring: PlannedFiring? {
        guard let first = queue.min else { return nil }
        // Nearly always: what is due first is neither held nor taken away by a clock change.
        if let firing = firing(first), firing.at == first.at { return firing }
        var best: PlannedFiring?
        for due in queue.unordered where best.map({ due.at < $0.at }) ?? true {
            guard let firing = firing(due), best.map({ firing.at < $0.at }) ?? true else { continue }
            best = firing
        }
        return best
    }

    private func firing(_ due: Due) -> PlannedFiring? {
        let entry = entries[due.entryIndex]
        let name = task(entry).name
        var start = entry.settledThrough
        if let pause = pauses[name] {
            guard let end = pause.until else { return nil }
            start = max(start, end - 1)
        }
        let schedule = schedule(entry).schedule
        return schedule.firing(after: start).map {
            PlannedFiring(taskName: name, at: $0.at + Int64(entry.delay), zone: schedule.zone)
        }
    }
}
