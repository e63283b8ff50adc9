import AlmanacCalendar

extension NextRequest {
    /// How many rows are aligned with each other; a longer answer is printed in pieces, so that it needs no memory.
    private static let rowsAtOnce = 2000

    /// Prints the answer for people: local time, UTC, how long from now, and a remark where the clock changes.
    ///
    /// - Returns: whether there was anything to print.
    @discardableResult
    func writeTable(to output: inout OutputBuffer, now: Timestamp, colour: Colour) throws(OutputError) -> Bool {
        let empty = Table(
            .init("LOCAL TIME", minimumWidth: 28),
            .init("UTC", minimumWidth: 20),
            .init("FROM NOW", minimumWidth: 10),
            .init("REMARK")
        )
        var table = empty
        var isFirst = true
        var clock = LocalClock(zone: schedule.zone)
        var offset = schedule.zone.offset(at: from)
        try forEachOccurrence { occurrence throws(OutputError) in
            var remark = occurrence.remark(in: schedule.zone)
            let newOffset = schedule.zone.offset(at: occurrence.at)
            if remark.isEmpty, newOffset != offset, let change = schedule.zone.transition(before: occurrence.at + 1) {
                remark = change.remark
            }
            offset = newOffset
            table.add(
                .init(clock.text(occurrence.at), occurrence.kind == .fire ? nil : .dim),
                .init(occurrence.at.description, .dim),
                .init(occurrence.at.distance(from: now)),
                .init(remark, .yellow)
            )
            if table.rows.count == Self.rowsAtOnce {
                table.print(into: &output, colour: colour, titles: isFirst)
                isFirst = false
                table = empty
                try output.flushIfFull()
            }
        }
        if !table.rows.isEmpty {
            table.print(into: &output, colour: colour, titles: isFirst)
            isFirst = false
        }
        return !isFirst
    }
}

extension ZoneTransition {
    /// What the change does to the clocks, for a row that comes after it.
    fileprivate var remark: String {
        let size = Duration.seconds(shift.magnitude).readable
        let (before, after) = (wallBefore, wallAfter)
        let times = "from \(before.time.short) to \(after.time.short)"
        return "the clocks went \(shift > 0 ? "forward" : "back") by \(size) on \(before.date), \(times)"
    }
}

extension Timestamp {
    /// How far it is from another instant, for people: `in 3d 4h`, `2m 5s ago`, `now`.
    func distance(from now: Timestamp) -> String {
        let seconds = seconds(since: now)
        if seconds == 0 { return "now" }
        let duration = Duration.seconds(seconds.magnitude).readable
        return seconds > 0 ? "in \(duration)" : "\(duration) ago"
    }
}
