import AlmanacCalendar
import Testing

@Suite("Calendar events agree with a slow evaluator that shares no code with the calendar")
struct CalendarEventDifferentialTests {
    static let chunks = 4
    static let cases = DifferentialTests.cases / 20

    @Test("Random events in random zones, in windows around transitions", arguments: 0..<chunks)
    func randomCases(chunk: Int) throws {
        var generator = SeededGenerator(seed: DifferentialTests.seed &+ 100 &+ UInt64(chunk))
        var compared = 0
        var lines = 0
        while compared < Self.cases / Self.chunks {
            let zone = try #require(DifferentialTests.zones.randomElement(using: &generator))
            let transition = try #require(zone.transitions.randomElement(using: &generator))
            // Events can name the years from 1970 on.
            guard transition > 0 else { continue }
            guard let count = compareWindow(zone, around: transition, &generator) else { continue }
            compared += 1
            lines += count
        }
        // A generator that makes only events without occurrences would prove nothing.
        #expect(lines > compared * 2)
    }

    /// Compares one case; nil if the event is refused. Answers how many occurrences there were.
    private func compareWindow(
        _ zone: DifferentialTests.Zone,
        around transition: Int,
        _ generator: inout SeededGenerator
    ) -> Int? {
        let reach = Int.random(in: 0..<8, using: &generator) == 0 ? 100_000 : 10_000
        let start = transition - Int.random(in: 0...reach, using: &generator)
        let end = transition + Int.random(in: 0...reach, using: &generator)
        let local = zone.rules.wallTime(at: Timestamp(secondsSinceEpoch: Int64(transition)))
        var random = RandomEvent(generator: generator)
        let text = random.text(
            year: local.date.year,
            month: local.date.month,
            day: local.date.day,
            hour: local.time.hour
        )
        generator = random.generator
        guard let event = try? CalendarEvent(text) else { return nil }

        let gap = GapPolicy.allCases.randomElement(using: &generator) ?? .run
        let fold = FoldPolicy.allCases.randomElement(using: &generator) ?? .first
        let hourly = Int.random(in: 0..<4, using: &generator) > 0
        let schedule = Schedule(event.expression, in: zone.rules, gap: gap, fold: fold, hourly: hourly)
        let slow = SlowEvaluator(zone: zone.slow, skipsGaps: gap == .skip, fold: fold.rawValue, hourlyRule: hourly)
        let slowEvent = SlowEvent(text)
        let isByMinute = slowEvent.seconds == [true] + Array(repeating: false, count: 59)
        let expected = slow.lines(slowEvent, after: start, through: end, step: isByMinute ? 60 : 1)

        let from = Timestamp(secondsSinceEpoch: Int64(start))
        let through = Timestamp(secondsSinceEpoch: Int64(end))
        func compare(_ what: String, _ found: [SlowEvaluator.Line], _ expected: [SlowEvaluator.Line]) {
            if found == expected { return }
            Issue.record(
                """
                \(text) in \(zone.name) \(gap) \(fold) \(hourly) after \(from) through \(through), \(what): \
                found \(found.prefix(20)), expected \(expected.prefix(20))
                """
            )
        }
        compare("forward", schedule.occurrences(after: from, through: through).map(DifferentialTests.line), expected)
        compare(
            "backward",
            schedule.occurrencesBackward(in: from + 1..<through + 1).map(DifferentialTests.line),
            expected.reversed()
        )
        let middle = Int.random(in: start...end, using: &generator)
        let instant = Timestamp(secondsSinceEpoch: Int64(middle))
        if let next = expected.first(where: { $0.at > middle }) {
            compare(
                "after \(instant)",
                schedule.occurrence(after: instant).map { [DifferentialTests.line($0)] } ?? [],
                [next]
            )
        }
        if let last = expected.last(where: { $0.at < middle }) {
            compare(
                "before \(instant)",
                schedule.occurrence(before: instant).map { [DifferentialTests.line($0)] } ?? [],
                [last]
            )
        }
        return expected.count
    }
}
