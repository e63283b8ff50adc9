import AlmanacCalendar
import Testing

@Suite("A schedule stays within the years 1 to 9999")
struct OccurrenceLimitTests {
    @Test("In UTC the first and the last second fire")
    func utc() throws {
        let schedule = try Fixtures.schedule("* * * * * *", "UTC")
        #expect(schedule.firing(after: Timestamp(secondsSinceEpoch: .min))?.at == .minimum)
        #expect(schedule.firing(after: .minimum - 1)?.at == .minimum)
        #expect(schedule.firing(after: .maximum - 1)?.at == .maximum)
        #expect(schedule.firing(after: .maximum) == nil)
        #expect(schedule.firing(after: Timestamp(secondsSinceEpoch: .max)) == nil)
        #expect(schedule.firing(before: Timestamp(secondsSinceEpoch: .max))?.at == .maximum)
        #expect(schedule.firing(before: .minimum + 1)?.at == .minimum)
        #expect(schedule.firing(before: .minimum) == nil)
        #expect(schedule.firing(before: Timestamp(secondsSinceEpoch: .min)) == nil)
    }

    @Test(
        "Elsewhere both the instant and the tick do",
        arguments: ["Pacific/Apia", "America/Los_Angeles", "Europe/Berlin", "made/SouthAtMidnight"]
    )
    func elsewhere(name: String) throws {
        for expression in ["* * * * *", "@every 1m", "0 0 1 1 *", "59 23 31 12 *"] {
            let schedule = try Fixtures.schedule(expression, name)
            for end in [schedule.firing(after: .minimum - 100_000), schedule.firing(before: .maximum + 100_000)] {
                let found = try #require(end)
                #expect(found.at >= .minimum && found.at <= .maximum)
                let year = schedule.zone.wallTime(at: found.at).date.year
                #expect((1...9999).contains(year))
            }
            var last = schedule.firings(after: .maximum - 172_800, through: .maximum)
            while let firing = last.next() { #expect(firing.at <= .maximum) }
            #expect(last.next() == nil)
        }
    }

    @Test("Ranges that are empty or the wrong way round hold nothing")
    func emptyRanges() throws {
        let schedule = try Fixtures.schedule("* * * * *", "Europe/Berlin")
        let now = instant("2026-01-01T00:00:00Z")
        #expect(Array(schedule.occurrences(in: now..<now)).isEmpty)
        #expect(Array(schedule.occurrencesBackward(in: now..<now)).isEmpty)
        #expect(Array(schedule.occurrences(after: now, through: now - 3600)).isEmpty)
        #expect(Array(schedule.occurrences(after: now - 1, through: now)).count == 1)
    }

    @Test("A finished walk stays finished")
    func finished() throws {
        for expression in ["30 2 * * *", "@every 1h", "0 0 29 2 *"] {
            let schedule = try Fixtures.schedule(expression, "Europe/Berlin")
            var walk = schedule.occurrences(
                after: instant("2026-03-28T00:00:00Z"),
                through: instant("2026-03-29T02:00:00Z")
            )
            while walk.next() != nil {}
            var back = schedule.occurrencesBackward(
                in: instant("2026-03-28T00:00:00Z")..<instant("2026-03-29T02:00:00Z")
            )
            while back.next() != nil {}
            for _ in 0..<3 {
                #expect(walk.next() == nil)
                #expect(back.next() == nil)
            }
        }
    }
}
