import AlmanacCalendar
import Testing

@Suite("Laws that hold for every schedule")
struct ScheduleLawTests {
    /// A random schedule and a window around one of its zone's transitions, or anywhere in the years 1 to 9999.
    struct Case {
        let schedule: Schedule
        let range: Range<Timestamp>
        let text: String
    }

    static let zones = (Fixtures.realZones + Fixtures.madeZones).map { Fixtures.zone($0) }

    private func cases(_ count: Int, seed: UInt64, _ body: (Case, inout SeededGenerator) throws -> Void) throws {
        var generator = SeededGenerator(seed: seed)
        var made = 0
        while made < count {
            let zone = try #require(Self.zones.randomElement(using: &generator))
            let anywhere = Int64.random(in: -62_000_000_000...253_000_000_000, using: &generator)
            let recently = Int64.random(in: -2_000_000_000...4_000_000_000, using: &generator)
            let seed = Timestamp(secondsSinceEpoch: Bool.random(using: &generator) ? anywhere : recently)
            let middle = zone.transition(after: seed)?.at ?? seed
            let local = zone.wallTime(at: middle)
            var random = RandomExpression(generator: generator)
            let text = random.text(
                near: local.time.hour,
                day: local.date.day,
                weekday: local.date.weekday,
                month: local.date.month,
                bySecond: false
            )
            generator = random.generator
            guard let expression = try? CronExpression(text) else { continue }
            let schedule = Schedule(
                expression,
                in: zone,
                gap: GapPolicy.allCases.randomElement(using: &generator) ?? .run,
                fold: FoldPolicy.allCases.randomElement(using: &generator) ?? .first,
                hourly: Bool.random(using: &generator)
            )
            let start = middle - Int64.random(in: 0...200_000, using: &generator)
            let range = start..<start + Int64.random(in: 1...400_000, using: &generator)
            try body(Case(schedule: schedule, range: range, text: "\(text) in \(zone.id) \(range)"), &generator)
            made += 1
        }
    }

    @Test("The next is strictly after, the previous strictly before, and nothing lies between")
    func strictness() throws {
        try cases(3000, seed: 11) { item, generator in
            let at = Timestamp(
                secondsSinceEpoch: Int64.random(
                    in: item.range.lowerBound.secondsSinceEpoch...item.range.upperBound.secondsSinceEpoch,
                    using: &generator
                )
            )
            if let next = item.schedule.occurrence(after: at) {
                #expect(next.at > at, "\(item.text)")
                #expect(item.schedule.occurrence(after: next.at - 1)?.at == next.at, "\(item.text)")
            }
            if let previous = item.schedule.occurrence(before: at) {
                #expect(previous.at < at, "\(item.text)")
                // Both neighbours of an instant without occurrences find each other.
                if let next = item.schedule.occurrence(after: previous.at) { #expect(next.at >= at, "\(item.text)") }
            }
        }
    }

    @Test("Backward is forward reversed, and the occurrences of a window are those of its two halves")
    func windows() throws {
        try cases(1500, seed: 12) { item, generator in
            let forward = Array(item.schedule.occurrences(in: item.range))
            if Array(item.schedule.occurrencesBackward(in: item.range)) != forward.reversed() {
                Issue.record("backward differs: \(item.text)")
            }
            let middle = Timestamp(
                secondsSinceEpoch: Int64.random(
                    in: item.range.lowerBound.secondsSinceEpoch...item.range.upperBound.secondsSinceEpoch,
                    using: &generator
                )
            )
            let halves =
                Array(item.schedule.occurrences(in: item.range.lowerBound..<middle))
                + Array(item.schedule.occurrences(in: middle..<item.range.upperBound))
            if halves != forward { Issue.record("halves differ: \(item.text)") }
        }
    }

    @Test("Occurrences are in order, with one firing an instant at most, the firing first")
    func order() throws {
        try cases(1500, seed: 13) { item, _ in
            let all = Array(item.schedule.occurrences(in: item.range))
            for (one, next) in zip(all, all.dropFirst()) {
                let isOrdered = one.at < next.at || one.at == next.at && next.kind == .dstSkipped
                let isByTick = one.at != next.at || one.kind == .fire || one.tick! < next.tick!
                if !isOrdered || !isByTick { Issue.record("\(one) before \(next): \(item.text)") }
            }
        }
    }

    @Test("Without the hourly rule no tick vanishes: each fires or is dst_skipped, and fires once by default")
    func noTickVanishes() throws {
        try cases(600, seed: 14) { item, _ in
            let strict = Schedule(item.schedule.expression, in: item.schedule.zone, hourly: false)
            let utc = Schedule(item.schedule.expression, in: .utc)
            // The ticks of some days inside the window, from a zone in which every wall time comes once.
            let start = item.schedule.zone.wallTime(at: item.range.lowerBound + 100_000)
            let end = item.schedule.zone.wallTime(at: item.range.upperBound - 100_000)
            guard start < end else { return }
            let ticks = utc.occurrences(
                in: Timestamp(secondsSinceEpoch: start.wallSeconds)..<Timestamp(secondsSinceEpoch: end.wallSeconds)
            ).compactMap(\.tick)
            var firings: [CivilDateTime: Int] = [:]
            var settled: Set<CivilDateTime> = []
            for occurrence in strict.occurrences(in: item.range.lowerBound - 200_000..<item.range.upperBound + 200_000)
            {
                guard let tick = occurrence.tick else { continue }
                settled.insert(tick)
                if occurrence.kind == .fire { firings[tick, default: 0] += 1 }
            }
            for tick in ticks {
                if !settled.contains(tick) || firings[tick, default: 0] > 1 { Issue.record("\(tick): \(item.text)") }
            }
        }
    }

    @Test("Schedules with equal parts are equal")
    func equality() throws {
        let one = try Fixtures.schedule("0 0 * * *", "Europe/Berlin")
        #expect(try one == Fixtures.schedule("@daily", "Europe/Berlin"))
        #expect(try one != Fixtures.schedule("@daily", "Europe/Vienna"))
        #expect(try one != Fixtures.schedule("@daily", "Europe/Berlin", gap: .skip))
        #expect(try one != Fixtures.schedule("@daily", "Europe/Berlin", fold: .last))
        #expect(try one != Fixtures.schedule("@daily", "Europe/Berlin", hourly: false))
    }
}
