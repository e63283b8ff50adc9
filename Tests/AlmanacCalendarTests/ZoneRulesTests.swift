import AlmanacCalendar
import Testing

@Suite("A zone maps instants to wall times, and wall times to none, one or several instants")
struct ZoneRulesTests {
    @Test("A gap has no instants, and names its transition")
    func gap() {
        let berlin = Fixtures.zone("Europe/Berlin")
        let transition = ZoneTransition(
            at: instant("2026-03-29T01:00:00Z"),
            offsetBefore: UTCOffset(seconds: 3600),
            offsetAfter: UTCOffset(seconds: 7200)
        )
        #expect(berlin.instants(of: wall("2026-03-29T01:59:59")) == .one(instant("2026-03-29T00:59:59Z")))
        #expect(berlin.instants(of: wall("2026-03-29T02:00:00")) == .gap(transition))
        #expect(berlin.instants(of: wall("2026-03-29T02:59:59")) == .gap(transition))
        #expect(berlin.instants(of: wall("2026-03-29T03:00:00")) == .one(instant("2026-03-29T01:00:00Z")))
        #expect(transition.shift == 3600)
        #expect(transition.wallBefore == wall("2026-03-29T02:00:00"))
        #expect(transition.wallAfter == wall("2026-03-29T03:00:00"))
    }

    @Test("A fold has two instants")
    func fold() {
        let berlin = Fixtures.zone("Europe/Berlin")
        #expect(berlin.instants(of: wall("2026-10-25T01:59:59")).all == [instant("2026-10-24T23:59:59Z")])
        #expect(
            berlin.instants(of: wall("2026-10-25T02:00:00"))
                == .several([instant("2026-10-25T00:00:00Z"), instant("2026-10-25T01:00:00Z")])
        )
        #expect(
            berlin.instants(of: wall("2026-10-25T02:59:59")).all == [
                instant("2026-10-25T00:59:59Z"), instant("2026-10-25T01:59:59Z"),
            ]
        )
        #expect(berlin.instants(of: wall("2026-10-25T03:00:00")).all == [instant("2026-10-25T02:00:00Z")])
    }

    @Test("A wall time can come three or four times")
    func severalTimes() {
        #expect(Fixtures.zone("made/ThreeTimes").instants(of: wall("2020-06-01T14:10:00")).all.count == 3)
        #expect(Fixtures.zone("made/FourTimes").instants(of: wall("2020-06-01T15:42:00")).all.count == 4)
    }

    @Test("A gap that two transitions jump over belongs to the first")
    func jumpedTwice() {
        let zone = Fixtures.zone("made/JumpedTwice")
        guard case .gap(let transition) = zone.instants(of: wall("2020-06-01T12:30:00")) else {
            Issue.record("12:30 is no gap")
            return
        }
        #expect(transition.at == instant("2020-06-01T12:00:00Z"))
    }

    @Test("A day that does not exist is a gap of a day")
    func apia() {
        let zone = Fixtures.zone("Pacific/Apia")
        #expect(zone.instants(of: wall("2011-12-30T12:00:00")).all.isEmpty)
        #expect(zone.transition(after: instant("2011-12-01T00:00:00Z"))?.shift == 86_400)
    }

    @Test("Offsets before 1900 have seconds")
    func localMeanTime() {
        #expect(Fixtures.zone("Africa/Monrovia").offset(at: instant("1950-01-01T00:00:00Z")).description == "-00:44:30")
        #expect(
            Fixtures.zone("Europe/Amsterdam").offset(at: instant("1900-01-01T00:00:00Z")).description == "+00:19:32"
        )
    }

    @Test("Negative daylight saving time is winter in Dublin")
    func dublin() {
        let zone = Fixtures.zone("Europe/Dublin")
        #expect(zone.offset(at: instant("2026-07-01T00:00:00Z")).description == "+01:00")
        #expect(zone.abbreviation(at: instant("2026-07-01T00:00:00Z")) == "IST")
        #expect(zone.abbreviation(at: instant("2060-01-01T00:00:00Z")) == "GMT")
    }

    @Test("Wall times and instants are inverse, everywhere", arguments: Fixtures.realZones + Fixtures.madeZones)
    func inverse(name: String) {
        let zone = Fixtures.zone(name)
        var generator = SeededGenerator(seed: 5)
        var instants: [Timestamp] = (0..<400).map { _ in
            Timestamp(secondsSinceEpoch: Int64.random(in: -60_000_000_000...250_000_000_000, using: &generator))
        }
        var transition = zone.transition(after: instant("1800-01-01T00:00:00Z"))
        while let found = transition, instants.count < 2000 {
            instants += [-86_400, -3600, -1, 0, 1, 1800, 3599, 3600, 86_400].map { found.at + $0 }
            transition = zone.transition(after: found.at)
        }
        for at in instants {
            let wall = zone.wallTime(at: at)
            #expect(wall.wallSeconds == at.secondsSinceEpoch + Int64(zone.offset(at: at).seconds))
            let all = zone.instants(of: wall).all
            #expect(all.contains(at))
            #expect(all == all.sorted())
            #expect(all.allSatisfy { zone.wallTime(at: $0) == wall })
        }
    }

    @Test(
        "Transitions after and before an instant are the same ones",
        arguments: Fixtures.realZones + Fixtures.madeZones
    )
    func transitionsBothWays(name: String) {
        let zone = Fixtures.zone(name)
        var at = Timestamp.minimum
        var count = 0
        while let next = zone.transition(after: at), count < 3000 {
            #expect(next.at > at)
            #expect(next.shift != 0)
            #expect(zone.offset(at: next.at) == next.offsetAfter)
            #expect(zone.offset(at: next.at - 1) == next.offsetBefore)
            #expect(zone.transition(before: next.at + 1) == next)
            if count > 0 { #expect(zone.transition(before: next.at)?.at == at) }
            at = next.at
            count += 1
        }
        #expect(count > 0)
    }

    @Test("Rules repeat after 400 years, far beyond the table")
    func cycle() {
        let cycle: Int64 = 146_097 * 86_400
        let zone = Fixtures.zone("America/New_York")
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<2000 {
            let at = Timestamp(secondsSinceEpoch: Int64.random(in: 2_200_000_000...14_000_000_000, using: &generator))
            for cycles in 1...18 {
                let later = at + Int64(cycles) * cycle
                #expect(zone.offset(at: later) == zone.offset(at: at))
                #expect(zone.isDaylightSaving(at: later) == zone.isDaylightSaving(at: at))
                #expect(
                    zone.transition(after: later)?.at
                        == zone.transition(after: at).map { $0.at + Int64(cycles) * cycle }
                )
            }
        }
    }

    @Test("Zones are equal by name and content")
    func equality() throws {
        let bytes = Fixtures.bytes("zones/Europe/Berlin")
        #expect(try ZoneRules(id: ZoneID("a"), tzif: bytes) == ZoneRules(id: ZoneID("a"), tzif: bytes))
        #expect(try ZoneRules(id: ZoneID("a"), tzif: bytes) != ZoneRules(id: ZoneID("b"), tzif: bytes))
        #expect(
            try ZoneRules(id: ZoneID("a"), tzif: bytes)
                != ZoneRules(id: ZoneID("a"), tzif: Fixtures.bytes("zones/Europe/London"))
        )
        #expect(ZoneRules.utc.offset(at: .maximum) == .zero)
        #expect(ZoneRules.utc.abbreviation(at: .minimum) == "UTC")
        #expect(ZoneRules.utc.transition(after: .minimum) == nil)
    }

    @Test("Extreme instants are answered", arguments: Fixtures.realZones + Fixtures.madeZones)
    func extremes(name: String) {
        let zone = Fixtures.zone(name)
        for seconds in [Int64.min, .min + 1, -1 << 60, 1 << 60, .max - 1, .max] {
            let at = Timestamp(secondsSinceEpoch: seconds)
            _ = zone.offset(at: at)
            _ = zone.abbreviation(at: at)
            _ = zone.wallTime(at: at)
            _ = zone.transition(after: at)
            _ = zone.transition(before: at)
            _ = zone.instants(of: CivilDateTime(wallSeconds: seconds))
        }
    }
}
