import AlmanacModel
import Testing

@Suite("Run ids are ULIDs that sort in the order of their making")
struct RunIDTests {
    static func moment(milliseconds: Int64) -> PreciseTimestamp {
        PreciseTimestamp(nanosecondsSinceEpoch: milliseconds * 1_000_000)
    }

    @Test("The time part is that of the ULID specification's example")
    func knownTime() {
        var ids = RunIDSequence()
        // 1469918176385 is 01ARYZ6S41 in the specification.
        #expect(ids.next(at: Self.moment(milliseconds: 1_469_918_176_385)).description.hasPrefix("01ARYZ6S41"))
    }

    @Test("Ids of one millisecond, of a later one and of a clock that went back all sort after those before")
    func monotonic() {
        var ids = RunIDSequence()
        var last = ids.next(at: Self.moment(milliseconds: 1_000_000))
        for milliseconds in [1_000_000, 1_000_000, 1_000_001, 5, 999_999, 2_000_000] as [Int64] {
            let next = ids.next(at: Self.moment(milliseconds: milliseconds))
            #expect(last < next)
            #expect(RunID(next.description) == next)
            last = next
        }
    }

    @Test("A sequence goes on after the newest id that there is, with an earlier clock too")
    func continues() throws {
        let last = try #require(RunID("01ARYZ6S41ZZZZZZZZZZZZZZZZ"))
        var ids = RunIDSequence(after: last)
        let next = ids.next(at: Self.moment(milliseconds: 0))
        #expect(next > last)
        #expect(next.description == "01ARYZ6S420000000000000000")
    }

    @Test(
        "What is not a ULID is refused",
        arguments: [
            "", "01ARYZ6S41", "81ARYZ6S41TSV4RRFFQ69G5FAV", "01ARYZ6S41TSV4RRFFQ69G5FAI", "01ARYZ6S41TSV4RRFFQ69G5FA/",
            "01ARYZ6S41TSV4RRFFQ69G5FAVX", "../../../../../../etc/pass",
        ]
    )
    func refused(text: String) {
        #expect(RunID(text) == nil)
    }

    @Test("Lower-case letters are taken")
    func lowerCase() {
        #expect(RunID("01aryz6s41tsv4rrffq69g5fav")?.description == "01ARYZ6S41TSV4RRFFQ69G5FAV")
    }
}
