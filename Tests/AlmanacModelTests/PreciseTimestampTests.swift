import AlmanacCalendar
import AlmanacModel
import Testing

@Suite("A precise timestamp prints as RFC 3339 with as much of a fraction as it has")
struct PreciseTimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (1_500_000_000, "1970-01-01T00:00:01.500Z"),
            (1_000_001_000, "1970-01-01T00:00:01.000001Z"),
            (1_000_000_001, "1970-01-01T00:00:01.000000001Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (-500_000_000, "1969-12-31T23:59:59.500Z"),
        ] as [(Int64, String)]
    )
    func printed(nanoseconds: Int64, text: String) {
        #expect(PreciseTimestamp(nanosecondsSinceEpoch: nanoseconds).description == text)
    }

    @Test("Whole seconds are rounded towards the past, before 1970 too")
    func wholeSeconds() {
        #expect(PreciseTimestamp(nanosecondsSinceEpoch: -1).timestamp.secondsSinceEpoch == -1)
        #expect(PreciseTimestamp(nanosecondsSinceEpoch: 999_999_999).timestamp.secondsSinceEpoch == 0)
        #expect(PreciseTimestamp(nanosecondsSinceEpoch: -1_000_000_000).timestamp.secondsSinceEpoch == -1)
    }

    @Test("A timestamp beyond its range is clamped")
    func clamped() {
        #expect(PreciseTimestamp(Timestamp(secondsSinceEpoch: .max)).nanosecondsSinceEpoch == .max)
        #expect(PreciseTimestamp(Timestamp(secondsSinceEpoch: .min)).nanosecondsSinceEpoch == .min)
    }
}
