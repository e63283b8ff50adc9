import AlmanacCalendar
import Testing

@Suite("Any bytes and any text are answered or refused, never with a trap, a hang or unbounded work")
struct MutationTests {
    /// Changes some bytes: flips, sets, inserts, removes, repeats.
    private func mutate(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            guard !result.isEmpty else { return [UInt8.random(in: 0...255, using: &generator)] }
            let index = result.indices.randomElement(using: &generator)!
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: result[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: result[index] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
            case 2: result.insert(UInt8.random(in: 0...255, using: &generator), at: index)
            case 3: result.remove(at: index)
            case 4: result.removeLast(Int.random(in: 0...min(8, result.count), using: &generator))
            default: result.insert(contentsOf: result[index...].prefix(8), at: index)
            }
        }
        return result
    }

    /// Asks everything of a zone, with expressions of every kind.
    private func exercise(_ zone: ZoneRules) throws {
        let schedules = try ["* * * * *", "30 2 L * *", "@every 7h", "0 0 29 2 */7"].map {
            Schedule(try CronExpression($0), in: zone)
        }
        for seconds in [Int64.min, -62_135_596_800, -3_000_000_000, 0, 1_774_746_000, 100_000_000_000, .max] {
            let at = Timestamp(secondsSinceEpoch: seconds)
            _ = zone.wallTime(at: at)
            _ = zone.abbreviation(at: at)
            _ = zone.instants(of: zone.wallTime(at: at))
            let around = [zone.transition(after: at), zone.transition(before: at)].compactMap { $0?.at }
            for at in [at] + around {
                for schedule in schedules {
                    _ = schedule.firing(after: at)
                    _ = schedule.occurrence(before: at)
                    _ = Array(schedule.occurrences(after: at - 3600, through: at + 3600).prefix(10))
                }
            }
        }
    }

    @Test(
        "Mutated zone files",
        arguments: [
            "version1/Europe/Berlin", "slim/Australia/Lord_Howe", "made/Flutter", "made/OddSeconds",
            "unusual/all-year-dst.tzif",
        ]
    )
    func zoneFiles(file: String) throws {
        var generator = SeededGenerator(seed: 21)
        let bytes = Fixtures.bytes(file)
        var accepted = 0
        for _ in 0..<1500 {
            guard let zone = try? ZoneRules(id: ZoneID("x"), tzif: mutate(bytes, &generator)) else { continue }
            accepted += 1
            if accepted <= 60 { try exercise(zone) }
        }
        #expect(accepted > 0)
    }

    @Test("Mutated TZ strings")
    func timeZoneStrings() throws {
        var generator = SeededGenerator(seed: 22)
        let strings = [
            "CET-1CEST,M3.5.0,M10.5.0/3", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "AAA0BBB,J59/0,J60/0",
            "EST5EDT,0/0,J365/25", "AAA24:59:59BBB-25,0/-167,J365/167",
        ]
        var accepted = 0
        for _ in 0..<6000 {
            let text = String(
                decoding: mutate(Array(strings.randomElement(using: &generator)!.utf8), &generator),
                as: UTF8.self
            )
            guard let zone = try? ZoneRules(id: ZoneID("x"), posixTZ: text) else { continue }
            accepted += 1
            if accepted <= 60 { try exercise(zone) }
        }
        #expect(accepted > 100)
    }

    @Test("Mutated expressions print and read back, or name a place inside the text")
    func expressions() throws {
        var generator = SeededGenerator(seed: 23)
        let texts = [
            "*/5 9-17 1,L,LW,15W,L-3 JAN-MAR,12 MON-FRI,5#2,6L", "0 0 29 2 */7", "@every 1d2h3m4s", "@daily",
            "1/2 22-4/2 ?,5 * 7-7", "0,30 2 * * *",
        ]
        let letters = Array("0123456789*/-,?LW# \tAFJMNSUaé@dhms".utf8)
        for _ in 0..<30_000 {
            var bytes = mutate(Array(texts.randomElement(using: &generator)!.utf8), &generator)
            if Bool.random(using: &generator), !bytes.isEmpty {
                bytes[bytes.indices.randomElement(using: &generator)!] = letters.randomElement(using: &generator)!
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                let expression = try CronExpression(text)
                if try CronExpression(expression.description) != expression {
                    Issue.record("\(text) prints as \(expression)")
                }
            } catch {
                let count = text.unicodeScalars.count
                let isInside = 1 <= error.column && error.column <= error.endColumn && error.endColumn <= count + 1
                if !isInside || error.message.isEmpty {
                    Issue.record("\(text.debugDescription): \(error) \(error.column)..<\(error.endColumn)")
                }
            }
        }
    }

    @Test("Long text is read in linear time")
    func longText() {
        let list = (0..<20_000).map { String($0 % 60) }.joined(separator: ",")
        #expect((try? CronExpression("\(list) * * * *")) != nil)
        #expect((try? CronExpression(String(repeating: "* ", count: 100_000))) == nil)
        #expect((try? CronExpression("@every " + String(repeating: "1s", count: 100_000))) == nil)
        #expect((try? CronExpression(String(repeating: ",", count: 100_000) + " * * * *")) == nil)
    }

    /// A file of version 2 whose offset turns between 0 and a shift, every so many seconds from 2020-09-13T12:26:40Z on.
    private func turning(_ count: Int, every seconds: Int, shift: Int) -> [UInt8] {
        func number(_ value: Int, _ size: Int) -> [UInt8] {
            (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - $0))) }
        }
        func header(_ transitions: Int, _ types: Int, _ characters: Int) -> [UInt8] {
            Array("TZif2".utf8) + Array(repeating: 0, count: 15)
                + [0, 0, 0, transitions, types, characters].flatMap { number($0, 4) }
        }
        let times = (0..<count).flatMap { number(1_600_000_000 + $0 * seconds, 8) }
        let types = number(0, 4) + [0, 0] + number(shift, 4) + [0, 0]
        return header(0, 1, 1) + Array(repeating: 0, count: 7) + header(count, 2, 4) + times
            + (0..<count).map { UInt8(1 - $0 % 2) } + types + Array("AAA\0\n\n".utf8)
    }

    @Test("Hundreds of transitions a second apart are walked through")
    func denseTransitions() throws {
        let zone = try ZoneRules(id: ZoneID("dense"), tzif: turning(200, every: 1, shift: 600))
        let schedule = Schedule(try CronExpression("0 * * * * *"), in: zone, hourly: false)
        let range = instant("2020-09-13T12:00:00Z")..<instant("2020-09-13T13:00:00Z")
        let forward = Array(schedule.occurrences(in: range))
        #expect(Array(schedule.occurrencesBackward(in: range)) == forward.reversed())
        #expect(forward.count > 50)
    }

    @Test("More than a thousand within 52 hours are refused, with the place of the first too many")
    func crowdedTransitions() throws {
        let error = #expect(throws: TZifError.self) {
            try ZoneRules(id: ZoneID("x"), tzif: turning(3000, every: 1, shift: 600))
        }
        #expect(error == TZifError(reason: .crowdedTransition(index: 1000), byteOffset: 95 + 8000))
        _ = try ZoneRules(id: ZoneID("x"), tzif: turning(3000, every: 200, shift: 600))
    }

    @Test("A chain of thousands of transitions that touch is searched, not walked, for a single wall time")
    func chain() throws {
        let zone = try ZoneRules(id: ZoneID("chain"), tzif: turning(20_000, every: 40_000, shift: 50_000))
        let schedule = Schedule(try CronExpression("30 */5 * * *"), in: zone)
        var at = instant("2030-01-01T00:00:00Z")
        for _ in 0..<1000 {
            let next = try #require(schedule.firing(after: at))
            #expect(next.at > at)
            #expect(zone.instants(of: zone.wallTime(at: next.at)).all.contains(next.at))
            at = next.at
        }
    }
}
