import AlmanacCalendar
import Testing

@Suite("Instants are read and printed as RFC 3339")
struct TimestampTests {
    @Test(
        "Text with Z or an offset",
        arguments: [
            ("2026-03-29T01:00:00Z", 1_774_746_000),
            ("2026-03-29T03:00:00+02:00", 1_774_746_000),
            ("2026-03-28T21:30:00-03:30", 1_774_746_000),
            ("2026-03-29t01:00:00z", 1_774_746_000),
            ("1970-01-01T00:00:00-00:00", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("2024-02-29T00:00:00+23:59", 1_709_078_460),
        ] as [(String, Int64)]
    )
    func text(text: String, seconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.secondsSinceEpoch == seconds)
    }

    @Test(
        "A fraction is cut off, before 1970 too",
        arguments: [
            ("2026-03-29T01:00:00.999999999999Z", "2026-03-29T01:00:00Z"),
            ("1960-01-01T00:00:00.5Z", "1960-01-01T00:00:00Z"),
            ("2026-03-29T03:00:00.0+02:00", "2026-03-29T01:00:00Z"),
        ]
    )
    func fractions(text: String, printed: String) {
        #expect(Timestamp(rfc3339: text)?.description == printed)
    }

    @Test("A leap second at the end of a UTC month is the second after it")
    func leapSeconds() {
        #expect(Timestamp(rfc3339: "2016-12-31T23:59:60Z") == instant("2017-01-01T00:00:00Z"))
        #expect(Timestamp(rfc3339: "2017-01-01T00:59:60+01:00") == instant("2017-01-01T00:00:00Z"))
        #expect(Timestamp(rfc3339: "2016-12-31T22:59:60Z") == nil)
        #expect(Timestamp(rfc3339: "2016-12-30T23:59:60Z") == nil)
        #expect(Timestamp(rfc3339: "9999-12-31T23:59:60Z") == nil)
    }

    @Test(
        "Other text is refused",
        arguments: [
            "", "2026-03-29", "2026-03-29T01:00:00", "2026-03-29 01:00:00Z", "2026-03-29T01:00Z",
            "2026-03-29T01:00:00.Z",
            "2026-03-29T01:00:00,5Z", "2026-03-29T01:00:00+0200", "2026-03-29T01:00:00+02", "2026-03-29T01:00:00+24:00",
            "2026-03-29T01:00:00+02:60", "2026-03-29T24:00:00Z", "2026-03-29T01:60:00Z", "2026-03-29T01:00:61Z",
            "2026-02-30T01:00:00Z",
            "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "-2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z ",
            " 2026-03-29T01:00:00Z",
            "2026-03-29T01:00:00ZZ", "2026-03-29T01:00:00𝟘Z", "2026-3-29T01:00:00Z",
        ]
    )
    func otherText(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("An offset must not lead out of the years 1 to 9999")
    func range() {
        #expect(Timestamp(rfc3339: "0001-01-01T00:00:00+00:01") == nil)
        #expect(Timestamp(rfc3339: "9999-12-31T23:59:59-00:01") == nil)
        #expect(Timestamp(rfc3339: "0001-01-01T00:01:00+00:01") == .minimum)
        #expect(Timestamp(rfc3339: "9999-12-31T23:58:59-00:01") == .maximum)
    }

    @Test("Sums and differences stay at the ends of the range")
    func saturation() {
        let last = Timestamp(secondsSinceEpoch: .max)
        let first = Timestamp(secondsSinceEpoch: .min)
        #expect(last + 1 == last)
        #expect(last.advanced(bySeconds: .max) == last)
        #expect(first - 1 == first)
        #expect(first - .max == first)
        #expect(last - .min == last)
        #expect(last.seconds(since: first) == .max)
        #expect(first.seconds(since: last) == .min)
        #expect(instant("2026-01-01T00:00:10Z").seconds(since: instant("2026-01-01T00:00:00Z")) == 10)
        #expect(instant("2026-01-01T00:00:10Z") - 10 == instant("2026-01-01T00:00:00Z"))
    }

    @Test("Instants print as they are read, over all years")
    func roundTrip() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<5000 {
            let seconds = Int64.random(
                in: Timestamp.minimum.secondsSinceEpoch...Timestamp.maximum.secondsSinceEpoch,
                using: &generator
            )
            let instant = Timestamp(secondsSinceEpoch: seconds)
            #expect(Timestamp(rfc3339: instant.description) == instant)
        }
    }
}
