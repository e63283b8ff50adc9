package import AlmanacCalendar
package import AlmanacScheduler

/// The line about the daemon that `systemctl status` shows.
package struct ServiceStatus: Sendable {
    package var running: Int
    package var scheduled: Int
    package var next: PlannedFiring?
    package var held: HeldTasks?
    /// What else is to be known: a reload that was refused.
    package var remark: String?

    package init(
        running: Int,
        scheduled: Int,
        next: PlannedFiring?,
        held: HeldTasks? = nil,
        remark: String? = nil
    ) {
        self.running = running
        self.scheduled = scheduled
        self.next = next
        self.held = held
        self.remark = remark
    }

    /// `3 running, 12 scheduled, next backup-db at 02:00 CET`; with its date where that is not within a day from `now`.
    package func text(at now: Timestamp) -> String {
        var text = "\(running) running, \(scheduled) scheduled"
        if let next { text += ", next \(next.taskName) at \(time(of: next, now))" }
        if let held { text += "; \(held.text)" }
        if let remark { text += "; \(remark)" }
        return text
    }

    private func time(of firing: PlannedFiring, _ now: Timestamp) -> String {
        let wall = firing.zone.wallTime(at: firing.at)
        let time = wall.time.second == 0 ? String("\(wall.time)".dropLast(3)) : "\(wall.time)"
        let day = firing.at.seconds(since: now) < 86_400 ? "" : "\(wall.date) "
        return "\(day)\(time) \(firing.zone.abbreviation(at: firing.at))"
    }
}
