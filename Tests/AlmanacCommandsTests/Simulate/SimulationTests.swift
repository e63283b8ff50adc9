import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Testing

@testable import AlmanacCommands

@Suite("A simulation tells everything that the tasks do, in order")
struct SimulationTests {
    private static let expressions = [
        "0,30 2 * * *", "*/5 * * * *", "30 2 * * *", "@every 7m", "0 3 * * *", "0 0 1 1 *", "@hourly", "*/15 2,3 * * *",
    ]

    private func simulation(from: String, until: String) throws -> Simulation {
        Simulation(
            tasks: try Self.expressions.enumerated().map { index, expression in
                .init(name: "task-\(index)", schedule: try ZoneFixtures.berlin(expression))
            },
            from: try ZoneFixtures.instant(from),
            until: try ZoneFixtures.instant(until)
        )
    }

    @Test(
        "the order is by instant, then by task, then the calendar's own",
        arguments: [
            ("2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z"), ("2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z"),
            ("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z"),
        ]
    )
    func order(from: String, until: String) throws {
        let simulation = try simulation(from: from, until: until)
        var found: [String] = []
        simulation.run { task, occurrence in found.append("\(task) \(occurrence)") }

        let all = simulation.tasks.enumerated().flatMap { index, task in
            task.schedule.occurrences(after: simulation.from, through: simulation.until).map { (index, $0) }
        }
        // Stable: what is equal keeps the order that the calendar gave it.
        let sorted = all.enumerated().sorted { left, right in
            let (leftKey, rightKey) = ((left.element.1.at, left.element.0), (right.element.1.at, right.element.0))
            return leftKey == rightKey ? left.offset < right.offset : leftKey < rightKey
        }
        #expect(found == sorted.map { "\($0.element.0) \($0.element.1)" })
    }

    @Test("the tally counts firings, skipped ticks and the busiest minutes")
    func tally() throws {
        let simulation = try simulation(from: "2026-10-24T00:00:00Z", until: "2026-10-26T00:00:00Z")
        var tally = SimulationTally(taskCount: simulation.tasks.count)
        var perMinute: [Int64: Int] = [:]
        var counts = Array(repeating: SimulationTally.Count(), count: simulation.tasks.count)
        simulation.run { task, occurrence in
            tally.add(occurrence, ofTask: task)
            if occurrence.kind == .fire {
                counts[task].fired += 1
                perMinute[occurrence.at.secondsSinceEpoch / 60 * 60, default: 0] += 1
            } else {
                counts[task].skipped += 1
            }
        }
        #expect(tally.counts == counts)
        #expect(counts.contains { $0.skipped > 0 })
        let busiest = perMinute.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
        #expect(
            tally.busyMinutes
                == busiest.map { .init(start: Timestamp(secondsSinceEpoch: $0.key), fired: $0.value) }
        )
    }

    @Test("minutes before 1970 begin on the minute too")
    func early() throws {
        var tally = SimulationTally(taskCount: 1)
        for second in [Int64(-61), -60, -59, -1, 0] {
            let at = Timestamp(secondsSinceEpoch: second)
            tally.add(Occurrence(at: at, tick: nil, kind: .fire, reason: nil), ofTask: 0)
        }
        #expect(tally.busyMinutes == [.init(start: Timestamp(secondsSinceEpoch: -60), fired: 3)])
    }
}

@Suite("almanac simulate prints the firings, the counts and the busiest minutes")
struct SimulationReportTests {
    private func report() throws -> SimulationReport {
        func task(_ name: String, _ expression: String) throws -> TaskDefinition {
            let schedule = TaskSchedule(
                text: expression,
                schedule: try ZoneFixtures.berlin(expression),
                hasOwnZone: false
            )
            return TaskDefinition(name: name, command: "true", schedule: schedule)
        }
        return SimulationReport(
            configuration: Configuration(
                tasks: [
                    try task("backup", "0,30 2 * * *"), try task("boot", "@reboot"), try task("ping", "*/20 * * * *"),
                    TaskDefinition(name: "by-hand", command: "true"),
                ],
                defaultZone: try ZoneFixtures.rules("Europe/Berlin"),
                zoneSource: .config
            ),
            from: try ZoneFixtures.instant("2026-03-29T00:30:00Z"),
            until: try ZoneFixtures.instant("2026-03-29T01:20:00Z")
        )
    }

    @Test("for people")
    func people() throws {
        var output = OutputBuffer()
        try report().write(to: &output, listing: true, colour: .off)
        #expect(
            output.text == """
                Sun 2026-03-29 01:40:00 CET  ping
                Sun 2026-03-29 03:00:00 CEST  backup  02:00 does not exist this day: runs when the clocks have jumped
                Sun 2026-03-29 03:00:00 CEST  backup  skipped: 02:30 does not exist this day
                Sun 2026-03-29 03:00:00 CEST  ping
                Sun 2026-03-29 03:20:00 CEST  ping

                TASK    FIRES  SKIPPED  SCHEDULE      ZONE
                backup      1        1  0,30 2 * * *  Europe/Berlin
                ping        3           */20 * * * *  Europe/Berlin

                BUSIEST MINUTES               FIRINGS
                Sun 2026-03-29 03:00:00 CEST        2

                4 firings of 2 tasks in 50m, 1 skipped for clock changes; 1 task with @reboot not counted

                """
        )
    }

    @Test("the summary alone")
    func summary() throws {
        var output = OutputBuffer()
        try report().write(to: &output, listing: false, colour: .off)
        #expect(output.text.hasPrefix("TASK    FIRES"))
    }

    @Test("as JSON")
    func json() throws {
        var output = OutputBuffer()
        try report().writeJSON(to: &output, listing: true)
        let lines = output.text.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(
            lines[1] == #"{"task":"backup","at":"2026-03-29T01:00:00Z","local":"2026-03-29T03:00:00+02:00","#
                + #""tick":"2026-03-29T02:00:00","kind":"fire","reason":"gap"}"#
        )
        #expect(
            lines[5]
                == #"{"summary":{"from":"2026-03-29T00:30:00Z","until":"2026-03-29T01:20:00Z","fired":4,"dst_skipped":1,"#
                + #""tasks":[{"name":"backup","fired":1,"dst_skipped":1},{"name":"ping","fired":3,"dst_skipped":0}],"#
                + #""busiest_minutes":[{"at":"2026-03-29T01:00:00Z","fired":2}]}}"#
        )
    }
}
