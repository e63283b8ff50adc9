import AlmanacCalendar
import Testing

@testable import AlmanacCommands

@Suite("almanac next shows people local time, UTC, the distance, and what clock changes do")
struct NextTableTests {
    private func table(
        _ expression: String,
        from: String,
        count: Int,
        fold: FoldPolicy = .first,
        skipped: Bool = false
    ) throws -> String {
        let from = try ZoneFixtures.instant(from)
        let request = NextRequest(
            schedule: try ZoneFixtures.berlin(expression, fold: fold),
            from: from,
            until: .maximum,
            limit: count,
            includesSkipped: skipped
        )
        var output = OutputBuffer()
        try request.writeTable(to: &output, now: from, colour: .off)
        return output.text
    }

    @Test("a gap")
    func gap() throws {
        #expect(
            try table("0,30 2 * * *", from: "2026-03-28T12:00:00Z", count: 3, skipped: true) == """
                LOCAL TIME                    UTC                   FROM NOW    REMARK
                Sun 2026-03-29 03:00:00 CEST  2026-03-29T01:00:00Z  in 13h      02:00 does not exist this day: runs when the clocks have jumped
                Sun 2026-03-29 03:00:00 CEST  2026-03-29T01:00:00Z  in 13h      skipped: 02:30 does not exist this day
                Mon 2026-03-30 02:00:00 CEST  2026-03-30T00:00:00Z  in 1d 12h

                """
        )
    }

    @Test("a fold")
    func fold() throws {
        #expect(
            try table("30 2 * * *", from: "2026-10-24T12:00:00Z", count: 3, skipped: true) == """
                LOCAL TIME                    UTC                   FROM NOW    REMARK
                Sun 2026-10-25 02:30:00 CEST  2026-10-25T00:30:00Z  in 12h 30m  02:30 comes twice: this is the first time
                Sun 2026-10-25 02:30:00 CET   2026-10-25T01:30:00Z  in 13h 30m  skipped: 02:30 comes twice, and this is the second time
                Mon 2026-10-26 02:30:00 CET   2026-10-26T01:30:00Z  in 1d 13h

                """
        )
    }

    @Test("a change that touches no tick is remarked on at the next firing")
    func change() throws {
        #expect(
            try table("0 12 * * *", from: "2026-03-27T12:00:00Z", count: 3) == """
                LOCAL TIME                    UTC                   FROM NOW    REMARK
                Sat 2026-03-28 12:00:00 CET   2026-03-28T11:00:00Z  in 23h
                Sun 2026-03-29 12:00:00 CEST  2026-03-29T10:00:00Z  in 1d 22h   the clocks went forward by 1h on 2026-03-29, from 02:00 to 03:00
                Mon 2026-03-30 12:00:00 CEST  2026-03-30T10:00:00Z  in 2d 22h

                """
        )
    }

    @Test("a long answer is printed in pieces under one line of titles")
    func pieces() throws {
        let lines = try table("* * * * *", from: "2026-01-01T00:00:00Z", count: 4500).split(separator: "\n")
        #expect(lines.count == 4501)
        #expect(lines.filter { $0.hasPrefix("LOCAL") }.count == 1)
        #expect(lines.dropFirst().allSatisfy { $0.dropFirst(30).prefix(22).hasSuffix("Z  ") })
    }

    @Test("distances", arguments: [(0, "now"), (1, "in 1s"), (-90, "1m 30s ago"), (86_400, "in 1d")])
    func distances(seconds: Int64, expected: String) throws {
        let now = try ZoneFixtures.instant("2026-01-01T00:00:00Z")
        #expect((now + seconds).distance(from: now) == expected)
    }
}
