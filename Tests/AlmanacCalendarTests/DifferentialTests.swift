import AlmanacCalendar
import FoundationEssentials
import Testing

@Suite("The calendar agrees with a slow evaluator that shares no code with it")
struct DifferentialTests {
    /// Cases in all, over ``chunks``; a longer run takes its number from the environment.
    static let cases = ProcessInfo.processInfo.environment["ALMANAC_DIFFERENTIAL_CASES"].flatMap { Int($0) } ?? 100_000
    static let seed = ProcessInfo.processInfo.environment["ALMANAC_DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 2026
    static let chunks = 8

    /// A zone in both implementations, with the transitions near which windows are laid.
    struct Zone: Sendable {
        let name: String
        let rules: ZoneRules
        let slow: SlowZone
        let transitions: [Int]
    }

    static let zones: [Zone] = (Fixtures.realZones + Fixtures.madeZones).map { name in
        let slow = SlowZone(fatFile: Fixtures.bytes(name.hasPrefix("made/") ? name : "zones/" + name))
        // The files' data end in 2037; the slow evaluator has no footer.
        let transitions = slow.transitions.map(\.at).filter { $0 > -2_208_988_800 && $0 < 2_100_000_000 }
        return Zone(name: name, rules: Fixtures.zone(name), slow: slow, transitions: transitions)
    }

    @Test("Random expressions in random zones, in windows around transitions", arguments: 0..<chunks)
    func randomCases(chunk: Int) throws {
        var generator = SeededGenerator(seed: Self.seed &+ UInt64(chunk))
        var compared = 0
        var lines = 0
        while compared < Self.cases / Self.chunks {
            let zone = try #require(Self.zones.randomElement(using: &generator))
            let transition = try #require(zone.transitions.randomElement(using: &generator))
            let count = try compareWindow(zone, around: transition, &generator)
            guard let count else { continue }
            compared += 1
            lines += count
        }
        // A generator that makes only expressions without occurrences would prove nothing.
        #expect(lines > compared * 2)
    }

    /// Compares one case; nil if the expression never fires. Answers how many occurrences there were.
    private func compareWindow(_ zone: Zone, around transition: Int, _ generator: inout SeededGenerator) throws -> Int?
    {
        let bySecond = Int.random(in: 0..<10, using: &generator) == 0
        // Mostly some hours, so that many cases fit into the time; now and then more than a day.
        let reach = bySecond ? 5400 : Int.random(in: 0..<8, using: &generator) == 0 ? 100_000 : 20_000
        let before = Int.random(in: 0...reach, using: &generator)
        let after = Int.random(in: 0...reach, using: &generator)
        let (start, end) = (transition - before, transition + after)

        let local = zone.rules.wallTime(at: Timestamp(secondsSinceEpoch: Int64(transition)))
        var random = RandomExpression(generator: generator)
        let text = random.text(
            near: local.time.hour,
            day: local.date.day,
            weekday: local.date.weekday,
            month: local.date.month,
            bySecond: bySecond
        )
        generator = random.generator
        let expression: CronExpression
        do {
            expression = try CronExpression(text)
        } catch {
            // All that the generator makes is in the grammar; some of it never fires.
            #expect(error.field == .expression && error.message.contains("never fires"), "\(text): \(error)")
            return nil
        }

        let gap = GapPolicy.allCases.randomElement(using: &generator) ?? .run
        let fold = FoldPolicy.allCases.randomElement(using: &generator) ?? .first
        let hourly = Int.random(in: 0..<4, using: &generator) > 0
        let schedule = Schedule(expression, in: zone.rules, gap: gap, fold: fold, hourly: hourly)
        let slow = SlowEvaluator(zone: zone.slow, skipsGaps: gap == .skip, fold: fold.rawValue, hourlyRule: hourly)
        let expected = slow.lines(SlowExpression(text), after: start, through: end, step: bySecond ? 1 : 60)

        let from = Timestamp(secondsSinceEpoch: Int64(start))
        let through = Timestamp(secondsSinceEpoch: Int64(end))
        // Compared by hand: an expectation costs more than the rest of a case.
        func compare(_ what: String, _ found: [SlowEvaluator.Line], _ expected: [SlowEvaluator.Line]) {
            if found == expected { return }
            let name = "\(text) in \(zone.name) \(gap) \(fold) \(hourly) after \(from) through \(through), \(what)"
            Issue.record("\(name): found \(found), expected \(expected)")
        }
        compare("forward", schedule.occurrences(after: from, through: through).map(Self.line), expected)
        compare(
            "backward",
            schedule.occurrencesBackward(in: from + 1..<through + 1).map(Self.line),
            expected.reversed()
        )
        let expectedFirings = expected.filter { !$0.isSkipped }
        compare("firings", schedule.firings(after: from, through: through).map(Self.line), expectedFirings)

        // The same from any instant inside the window, without a walk's memory.
        let middle = Int.random(in: start...end, using: &generator)
        let instant = Timestamp(secondsSinceEpoch: Int64(middle))
        func compareOne(_ what: String, _ found: Occurrence?, _ expected: SlowEvaluator.Line?) {
            // Past the window's end the slow evaluator does not know.
            if let expected { compare("\(what) \(instant)", found.map { [Self.line($0)] } ?? [], [expected]) }
        }
        compareOne("after", schedule.occurrence(after: instant), expected.first { $0.at > middle })
        compareOne("firing after", schedule.firing(after: instant), expectedFirings.first { $0.at > middle })
        compareOne("before", schedule.occurrence(before: instant), expected.last { $0.at < middle })
        compareOne("firing before", schedule.firing(before: instant), expectedFirings.last { $0.at < middle })
        return expected.count
    }

    static func line(_ occurrence: Occurrence) -> SlowEvaluator.Line {
        SlowEvaluator.Line(
            at: Int(occurrence.at.secondsSinceEpoch),
            isSkipped: occurrence.kind == .dstSkipped,
            tick: occurrence.tick.map { Int($0.wallSeconds) } ?? .min,
            reason: occurrence.reason?.rawValue ?? ""
        )
    }
}
