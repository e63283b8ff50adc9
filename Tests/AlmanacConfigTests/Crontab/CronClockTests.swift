import AlmanacCalendar
import AlmanacConfig
import AlmanacZoneinfo
import FoundationEssentials
import Testing

@Suite("Crontab lines fire when cron would start them, in every zone through ten years of clock changes")
struct CronClockTests {
    /// The machine's zones of different changes in the years in question, under the first name that has them.
    private static let zones: [(name: String, rules: ZoneRules, zone: RuleZone)] = {
        let database = ZoneinfoDatabase()
        var seen: Set<RuleZone> = []
        var seenFiles: Set<[UInt8]> = []
        return database.names().sorted().compactMap { name in
            guard let data = FileManager.default.contents(atPath: "\(database.directory)/\(name)"),
                seenFiles.insert([UInt8](data)).inserted,
                let zone = RuleZone(fatFile: [UInt8](data), from: start - 1440, to: end + 1440),
                seen.insert(zone).inserted, let rules = try? database.rules(for: ZoneID(name))
            else { return nil }
            return (name, rules, zone)
        }
    }()

    /// Ten years, in minutes since 1970: 2026-11-01 to 2036-11-01.
    private static let start = 20_758 * 1440
    private static let end = 24_411 * 1440

    private static let chunks = 4

    private static let times = [
        // Wildcard jobs.
        "* * * * *", "*/5 * * * *", "*/15 2 * * *", "*/7 1-3 * * *", "30 * * * *", "0 */2 * * *", "15 */1 * * *",
        "* 2 * * *",
        "*/20 0,3 * * 0", "59 */3 * * *",
        // Fixed jobs.
        "30 2 * * *", "0,30 2 * * *", "0 2,3 * * *", "0 3 * * *", "59 1 * * *", "30 0-23 * * *", "0-59 0-23 * * *",
        "0 0 * * *",
        "59 23 * * *", "15,45 0-4 * * *", "0-59/10 1-3 * * *", "30 1 * * 0", "0 4 * * *", "1 0,1,2,3 * * *",
        "0 0 1 * *",
        "30 2 28 3 *", "5-6 2 1-31/2 * 0", "0 22-23 * * *", "30 23,0 * * *", "17 5 * 3,4,10,11 *",
    ].map(RuleTimes.init)

    private static func fields(_ times: RuleTimes) -> CrontabFields {
        var fields = CrontabFields()
        fields.minutes = mask(times.minutes)
        fields.hours = UInt32(mask(times.hours))
        fields.monthDays = UInt32(mask(times.days))
        fields.months = UInt32(mask(times.months))
        fields.weekdays = UInt32(mask(times.weekdays) & 0x7F)
        fields.monthDaysBeginWithStar = times.fields[2].hasPrefix("*")
        fields.weekdaysBeginWithStar = times.fields[4].hasPrefix("*")
        fields.followsClock = times.isWildcard
        return fields
    }

    private static func mask(_ values: [Bool]) -> UInt64 {
        values.indices.filter { values[$0] }.reduce(0) { $0 | 1 << UInt64($1) }
    }

    private static func schedule(_ times: RuleTimes, in zone: ZoneRules) throws -> Schedule {
        var rules = CronClockRules()
        return rules.schedule(try CronExpression(times.text), followsClock: times.isWildcard, in: zone)
    }

    @Test("there are zones with changes to look at")
    func zonesAreFound() {
        let changes = Self.zones.map(\.zone.changes.count)
        // Morocco, Lord Howe, Troll, the rules of Europe, America, Chile, ...
        #expect(Self.zones.count > 20 && changes.reduce(0, +) > 500)
    }

    /// Compares a stretch of minutes; answers how many starts there were, and how many of them ours made one of.
    private func compare(
        _ times: RuleTimes,
        _ zone: (name: String, rules: ZoneRules, zone: RuleZone),
        from: Int,
        to: Int
    ) throws
        -> (starts: Int, joined: Int)
    {
        let expected = CronRule(zone: zone.zone).starts(times, from: from, to: to)
        let (after, through) = (
            Timestamp(secondsSinceEpoch: Int64(from) * 60 - 1), Timestamp(secondsSinceEpoch: Int64(to) * 60 - 1)
        )
        let place = Comment(rawValue: "\(times.text) in \(zone.name) from \(after)")
        let clock = CronClock(fields: Self.fields(times), zone: zone.rules).firings(after: after, through: through)
        #expect(
            clock.map { [Int($0.at.secondsSinceEpoch), Int($0.minute)] }
                == expected.flatMap { start in start.walls.map { [start.minute * 60, $0] } },
            place
        )
        let schedule = try Self.schedule(times, in: zone.rules)
        #expect(
            schedule.firings(after: after, through: through).map { Int($0.at.secondsSinceEpoch) }
                == expected.map { $0.minute * 60 },
            place
        )
        // Where cron starts a fixed job several times at once, the others are dst_skipped, each with its tick.
        var joined = 0
        for start in expected where start.walls.count > 1 {
            joined += start.walls.count - 1
            let at = Timestamp(secondsSinceEpoch: Int64(start.minute) * 60)
            let ticks = schedule.occurrences(after: at - 1, through: at).compactMap(\.tick?.wallSeconds).sorted()
            #expect(ticks == start.walls.map { Int64($0) * 60 }, place)
        }
        return (expected.count, joined)
    }

    @Test(
        "around every change: cron's rule, CronClock and a schedule with a crontab's policies say the same",
        arguments: 0..<chunks
    )
    func aroundChanges(chunk: Int) throws {
        var total = (starts: 0, joined: 0)
        for zone in Self.zones {
            for (index, change) in zone.zone.changes.enumerated() where index % Self.chunks == chunk {
                for times in Self.times {
                    let found = try compare(times, zone, from: change.minute - 130, to: change.minute + 190)
                    total = (total.starts + found.starts, total.joined + found.joined)
                }
            }
        }
        #expect(total.starts > 50_000 && total.joined > 1_000)
    }

    @Test(
        "through whole months",
        arguments: ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/New_York"]
    )
    func wholeMonths(name: String) throws {
        let database = ZoneinfoDatabase()
        guard let data = FileManager.default.contents(atPath: "\(database.directory)/\(name)") else { return }
        let zone = try #require(RuleZone(fatFile: [UInt8](data), from: Self.start - 1440, to: Self.end + 1440))
        let rules = try database.rules(for: ZoneID(name))
        for times in Self.times {
            _ = try compare(times, (name, rules, zone), from: Self.start + 120 * 1440, to: Self.start + 160 * 1440)
        }
    }
}
