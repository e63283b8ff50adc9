import Testing

@testable import AlmanacConfig

@Suite("A duration is numbers with units, largest first")
struct DurationTextTests {
    @Test(
        arguments: [
            ("0s", .zero), ("90s", .seconds(90)), ("1h30m", .seconds(5400)), ("500ms", .milliseconds(500)),
            ("2d", .seconds(172_800)), ("1w", .seconds(604_800)), ("1w1d1h1m1s1ms", .milliseconds(694_861_001)),
            ("1m5ms", .milliseconds(60_005)), ("1.5h", .seconds(5400)), ("0.25s", .milliseconds(250)),
            ("0.001ms", .microseconds(1)), ("1.999w", .milliseconds(1_208_995_200)), ("0090s", .seconds(90)),
            ("36500d", .seconds(3_153_600_000)),
        ] as [(String, Duration)]
    )
    func reads(text: String, duration: Duration) throws {
        #expect(try DurationText.duration(from: text) == duration)
    }

    @Test(
        arguments: [
            ("", .malformed), (" ", .malformed), ("s", .malformed), ("-1s", .malformed), ("+1s", .malformed),
            ("1 s", .malformed), (" 1s", .malformed), ("1s ", .malformed), ("1h 30m", .malformed),
            (".5s", .malformed), ("1.s", .malformed), ("1.0001s", .malformed), ("1.5", .malformed),
            ("1h30", .malformed), ("1,5h", .malformed), ("1h-", .malformed), ("١s", .malformed),
            ("30", .missingUnit(digits: "30")), ("0", .missingUnit(digits: "0")),
            ("5min", .unknownUnit("min")), ("1S", .unknownUnit("S")), ("5µs", .unknownUnit("µs")),
            ("30s1m", .misordered), ("1m1m", .misordered), ("1ms1s", .misordered),
            ("36500d1ms", .tooLong), ("99999999999999w", .tooLong), ("9223372036854775808ms", .tooLong),
            ("999999999999999999999999s", .tooLong),
        ] as [(String, DurationText.Fault)]
    )
    func refuses(text: String, fault: DurationText.Fault) {
        #expect(throws: fault) { try DurationText.duration(from: text) }
    }

    @Test("Even the longest fits an Int64 of nanoseconds")
    func longest() {
        #expect(DurationText.longest.components.seconds < Int64.max / 1_000_000_000)
    }
}
