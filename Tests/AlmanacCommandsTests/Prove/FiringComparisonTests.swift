import AlmanacCalendar
import AlmanacConfig
import Testing

@testable import AlmanacCommands

@Suite("Firings of cron and of a schedule are told apart to the instant")
struct FiringComparisonTests {
    /// `M H * * *` as cron has it.
    private func fields(minutes: [UInt64], hours: [UInt32], followsClock: Bool = false) -> CrontabFields {
        var fields = CrontabFields()
        fields.minutes = minutes.reduce(0) { $0 | 1 << $1 }
        fields.hours = hours.reduce(0) { $0 | 1 << $1 }
        (fields.monthDays, fields.months, fields.weekdays) = (0xFFFF_FFFE, 0x1FFE, 0x7F)
        (fields.monthDaysBeginWithStar, fields.weekdaysBeginWithStar) = (true, true)
        fields.followsClock = followsClock
        return fields
    }

    private func compare(
        _ fields: CrontabFields,
        _ expression: String,
        gap: GapPolicy = .run,
        fold: FoldPolicy = .first,
        hourly: Bool = true
    ) throws -> FiringComparison {
        let zone = try ZoneFixtures.rules("Europe/Berlin")
        let start = try ZoneFixtures.instant("2026-11-26T00:00:00Z")
        return FiringComparison(
            CronClock(fields: fields, zone: zone),
            Schedule(try CronExpression(expression), in: zone, gap: gap, fold: fold, hourly: hourly),
            after: start,
            through: start.advanced(byYears: 10)
        )
    }

    @Test("a fixed job and its task agree at every firing of ten years")
    func fixed() throws {
        let comparison = try compare(fields(minutes: [30], hours: [2]), "30 2 * * *", hourly: false)
        #expect(comparison.isEqual && comparison.agreeing == 3653)
    }

    @Test("a wildcard job agrees with skip and both, and with nothing else")
    func wildcard() throws {
        let wildcard = fields(minutes: [0, 15, 30, 45], hours: [2], followsClock: true)
        #expect(try compare(wildcard, "*/15 2 * * *", gap: .skip, fold: .both).isEqual)
        #expect(try compare(wildcard, "*/15 2 * * *", fold: .both).counts == [.almanacOnly: 10])
        #expect(try compare(wildcard, "*/15 2 * * *", gap: .skip).counts == [.cronOnly: 40])
    }

    @Test("several ticks of a gap are one firing here, and explained where each is accounted for")
    func joined() throws {
        let comparison = try compare(fields(minutes: [0, 30], hours: [2]), "0,30 2 * * *", hourly: false)
        #expect(comparison.counts == [.joined: 10])
        let first = try #require(comparison.differences.first)
        #expect("\(first.at)" == "2027-03-28T01:00:00Z")
        #expect(first.ticks.map(\.description) == ["2027-03-28T02:00:00", "2027-03-28T02:30:00"])
        // With a task that does not have one of the ticks at all it is a difference.
        #expect(try compare(fields(minutes: [0, 30], hours: [2]), "0 2 * * *", hourly: false).counts[.joined] == nil)
    }

    @Test("an hourly task in a fixed job's place: the hours that cron makes up for, and holds back")
    func hourly() throws {
        let half = fields(minutes: [30], hours: Array(0..<24))
        #expect(try compare(half, "30 0-23 * * *", hourly: false).isEqual)
        #expect(try compare(half, "30 0-23 * * *").counts == [.cronOnly: 10, .almanacOnly: 10])
    }

    @Test("another minute, another hour, no task: every firing is a difference")
    func planted() throws {
        let nightly = fields(minutes: [30], hours: [4])
        #expect(try compare(nightly, "31 4 * * *").counts == [.cronOnly: 3653, .almanacOnly: 3653])
        #expect(try compare(nightly, "30 4 * * 1-5").counts[.cronOnly] == 1044)
        #expect(try compare(nightly, "30 4,5 * * *").counts == [.almanacOnly: 3653])
        #expect(try compare(nightly, "1 30 4 * * *").counts == [.cronOnly: 3653, .almanacOnly: 3653])
        let zone = try ZoneFixtures.rules("Europe/Berlin")
        let start = try ZoneFixtures.instant("2026-11-26T00:00:00Z")
        let none = FiringComparison(CronClock(fields: nightly, zone: zone), nil, after: start, through: start + 86_400)
        #expect(none.counts == [.cronOnly: 1])
    }
}
