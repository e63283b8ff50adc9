import AlmanacCalendar
import AlmanacConfig
import AlmanacModel

/// A simulation of a configuration, for people or as JSON.
struct SimulationReport {
    let simulation: Simulation

    /// The zone in which people read the times.
    let zone: ZoneRules

    /// How many tasks run at the daemon's start instead of at times.
    let rebootCount: Int

    init(configuration: Configuration, from: Timestamp, until: Timestamp) {
        let schedules = configuration.tasks.compactMap { task in task.schedule.map { (task.name, $0) } }
        simulation = Simulation(
            tasks: schedules.filter { !$0.1.isReboot }.map { .init(name: $0.0, schedule: $0.1.schedule) },
            from: from,
            until: until
        )
        zone = configuration.defaultZone
        rebootCount = schedules.count - simulation.tasks.count
    }

    // MARK: For people

    /// Prints a line for each occurrence, then the summary.
    func write(to output: inout OutputBuffer, listing: Bool, colour: Colour) throws(OutputError) {
        var tally = SimulationTally(taskCount: simulation.tasks.count)
        if listing {
            try writeLines(to: &output, tally: &tally)
            if tally.total != .init() { output.appendLine() }
        } else {
            simulation.run { task, occurrence in tally.add(occurrence, ofTask: task) }
        }
        writeSummary(tally, to: &output, colour: colour)
    }

    private func writeLines(to output: inout OutputBuffer, tally: inout SimulationTally) throws(OutputError) {
        let width = simulation.tasks.reduce(0) { max($0, $1.name.utf8.count) }
        let names = simulation.tasks.map { task in
            Array("  \(task.name)".utf8) + Array(repeating: UInt8(ascii: " "), count: width - task.name.utf8.count)
        }
        var clock = LocalClock(zone: zone)
        try simulation.run { task, occurrence throws(OutputError) in
            tally.add(occurrence, ofTask: task)
            output.append { bytes in
                clock.append(occurrence.at, to: &bytes)
                bytes.append(contentsOf: names[task])
                if occurrence.reason != nil || occurrence.kind == .dstSkipped {
                    let remark = occurrence.remark(in: simulation.tasks[task].schedule.zone)
                    bytes.append(contentsOf: "  \(remark)".utf8)
                } else {
                    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
                }
                bytes.append(UInt8(ascii: "\n"))
            }
            try output.flushIfFull()
        }
    }

    private func writeSummary(_ tally: SimulationTally, to output: inout OutputBuffer, colour: Colour) {
        var tasks = Table(
            .init("TASK"),
            .init("FIRES", .right),
            .init("SKIPPED", .right),
            .init("SCHEDULE"),
            .init("ZONE")
        )
        for (task, count) in zip(simulation.tasks, tally.counts) {
            tasks.add(
                .init(task.name),
                "\(count.fired)",
                .init(count.skipped == 0 ? "" : "\(count.skipped)", .yellow),
                .init("\(task.schedule.expression)"),
                .init(task.schedule.zone.id.name)
            )
        }
        if !tasks.rows.isEmpty {
            tasks.print(into: &output, colour: colour)
            output.appendLine()
        }
        if !tally.busyMinutes.isEmpty {
            var clock = LocalClock(zone: zone)
            var minutes = Table(.init("BUSIEST MINUTES"), .init("FIRINGS", .right))
            for minute in tally.busyMinutes {
                minutes.add(.init(clock.text(minute.start)), "\(minute.fired)")
            }
            minutes.print(into: &output, colour: colour)
            output.appendLine()
        }
        let total = tally.total
        var line = "\(counted(total.fired, "firing")) of \(counted(simulation.tasks.count, "task")) in "
        line += Duration.seconds(simulation.until.seconds(since: simulation.from)).readable
        if total.skipped > 0 { line += ", \(total.skipped) skipped for clock changes" }
        if rebootCount > 0 { line += "; \(counted(rebootCount, "task")) with @reboot not counted" }
        output.appendLine(line)
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }

    // MARK: JSON

    /// Writes `{"task":...,"at":...,...}` for each occurrence, then `{"summary":...}`.
    func writeJSON(to output: inout OutputBuffer, listing: Bool) throws(OutputError) {
        var tally = SimulationTally(taskCount: simulation.tasks.count)
        if listing {
            try writeJSONLines(to: &output, tally: &tally)
        } else {
            simulation.run { task, occurrence in tally.add(occurrence, ofTask: task) }
        }
        output.append { appendSummary(tally, to: &$0) }
        output.appendLine()
    }

    private func writeJSONLines(to output: inout OutputBuffer, tally: inout SimulationTally) throws(OutputError) {
        let names = simulation.tasks.map { task in
            var bytes = Array(#"{"task":"#.utf8)
            JSONText.append(task.name, to: &bytes)
            return bytes + Array(",".utf8)
        }
        var texts = simulation.tasks.map { OccurrenceText(zone: $0.schedule.zone) }
        try simulation.run { task, occurrence throws(OutputError) in
            tally.add(occurrence, ofTask: task)
            output.append { bytes in
                bytes.append(contentsOf: names[task])
                texts[task].appendMembers(of: occurrence, to: &bytes)
                bytes.append(contentsOf: "}\n".utf8)
            }
            try output.flushIfFull()
        }
    }

    private func appendSummary(_ tally: SimulationTally, to bytes: inout [UInt8]) {
        func append(_ count: SimulationTally.Count) {
            bytes.append(contentsOf: #""fired":\#(count.fired),"dst_skipped":\#(count.skipped)"#.utf8)
        }
        bytes.append(contentsOf: #"{"summary":{"from":"\#(simulation.from)","until":"\#(simulation.until)","#.utf8)
        append(tally.total)
        bytes.append(contentsOf: #","tasks":["#.utf8)
        for (index, (task, count)) in zip(simulation.tasks, tally.counts).enumerated() {
            bytes.append(contentsOf: (index == 0 ? #"{"name":"# : #",{"name":"#).utf8)
            JSONText.append(task.name, to: &bytes)
            bytes.append(UInt8(ascii: ","))
            append(count)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(contentsOf: #"],"busiest_minutes":["#.utf8)
        for (index, minute) in tally.busyMinutes.enumerated() {
            let comma = index == 0 ? "" : ","
            bytes.append(contentsOf: #"\#(comma){"at":"\#(minute.start)","fired":\#(minute.fired)}"#.utf8)
        }
        bytes.append(contentsOf: "]}}".utf8)
    }
}
