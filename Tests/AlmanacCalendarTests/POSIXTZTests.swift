import AlmanacCalendar
import Testing

@Suite("POSIX TZ strings with the extensions of RFC 9636")
struct POSIXTZTests {
    /// A string and the changes that it makes in a year.
    struct Row: CustomTestStringConvertible, Sendable {
        let rule: String
        let text: String
        let year: Int
        let changes: [String]
        var testDescription: String { "\(rule): \(text)" }

        init(_ rule: String, _ text: String, _ year: Int, _ changes: [String]) {
            (self.rule, self.text, self.year, self.changes) = (rule, text, year, changes)
        }
    }

    static let rows = [
        Row("the sign is turned round", "EST5", 2026, []),
        Row(
            "Mm.w.d, w = 5 is the last",
            "CET-1CEST,M3.5.0,M10.5.0/3",
            2026,
            ["03-29T01:00:00Z +02:00", "10-25T01:00:00Z +01:00"]
        ),
        Row(
            "the default time is 02:00",
            "EST5EDT,M3.2.0,M11.1.0",
            2026,
            ["03-08T07:00:00Z -04:00", "11-01T06:00:00Z -05:00"]
        ),
        Row(
            "an offset of its own",
            "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
            2026,
            ["04-04T15:00:00Z +10:30", "10-03T15:30:00Z +11:00"]
        ),
        Row(
            "the summer spans the new year",
            "NZST-12NZDT,M9.5.0,M4.1.0/3",
            2026,
            ["04-04T14:00:00Z +12:00", "09-26T14:00:00Z +13:00"]
        ),
        Row(
            "hours below 0",
            "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
            2026,
            ["03-29T01:00:00Z -01:00", "10-25T01:00:00Z -02:00"]
        ),
        Row(
            "hours beyond a day",
            "EET-2EEST,M3.4.4/50,M10.4.4/50",
            2026,
            ["03-28T00:00:00Z +03:00", "10-23T23:00:00Z +02:00"]
        ),
        Row("-167 hours", "AAA0BBB,M1.2.0/-167,M7.1.0", 2026, ["01-04T01:00:00Z +01:00", "07-05T01:00:00Z +00:00"]),
        Row("167 hours", "AAA0BBB,M1.2.0/167,M7.1.0", 2026, ["01-17T23:00:00Z +01:00", "07-05T01:00:00Z +00:00"]),
        Row(
            "Jn does not count 29 February",
            "AAA0BBB,J59/0,J60/0",
            2024,
            ["02-28T00:00:00Z +01:00", "02-29T23:00:00Z +00:00"]
        ),
        Row("Jn in a common year", "AAA0BBB,J59/0,J60/0", 2023, ["02-28T00:00:00Z +01:00", "02-28T23:00:00Z +00:00"]),
        Row("n counts it", "AAA0BBB,59/0,60/1", 2024, ["02-29T00:00:00Z +01:00", "03-01T00:00:00Z +00:00"]),
        Row("n in a common year", "AAA0BBB,59/0,60/1", 2023, ["03-01T00:00:00Z +01:00", "03-02T00:00:00Z +00:00"]),
        Row("n counts from 0", "AAA0BBB,0/5,J365/12", 2026, ["01-01T05:00:00Z +01:00", "12-31T11:00:00Z +00:00"]),
        Row(
            "minutes and seconds",
            "AAA-0:20:30BBB-1:40:50,M6.1.0/1:02:03,M7.1.0/4:05:06",
            2026,
            ["06-07T00:41:33Z +01:40:50", "07-05T02:24:16Z +00:20:30"]
        ),
        Row(
            "negative daylight saving time",
            "IST-1GMT0,M10.5.0,M3.5.0/1",
            2026,
            ["03-29T01:00:00Z +01:00", "10-25T01:00:00Z +00:00"]
        ),
        Row("all-year daylight saving time", "EST5EDT,0/0,J365/25", 2026, []),
        Row("all-year by negative daylight saving time", "XXX3EDT4,0/0,J365/23", 2026, []),
        Row("daylight saving time of no length", "AAA0BBB,J100/0,J100/1", 2026, []),
        Row("summers that overlap", "AAA0BBB,0/0,J365/167", 2026, []),
        Row(
            "an offset of more than a day",
            "<-25>24:59:59<+25>-25,M3.1.0,M10.1.0",
            2026,
            ["03-02T02:59:59Z +25:00", "10-03T01:00:00Z -24:59:59"]
        ),
    ]

    @Test("The changes of a year", arguments: rows)
    func changes(row: Row) throws {
        let zone = try ZoneRules(id: ZoneID("x"), posixTZ: row.text)
        let year = String(row.year)
        var found: [String] = []
        var at = instant("\(row.year - 1)-12-31T23:59:59Z")
        while let transition = zone.transition(after: at), transition.at.description.hasPrefix(year) {
            found.append("\(transition.at.description.dropFirst(5)) \(transition.offsetAfter)")
            at = transition.at
        }
        #expect(found == row.changes)
    }

    @Test(
        "What holds without changes",
        arguments: [
            ("EST5", "-05:00"), ("EST5EDT,0/0,J365/25", "-04:00"), ("XXX3EDT4,0/0,J365/23", "-04:00"),
            ("AAA0BBB,J100/0,J100/1", "+00:00"), ("AAA0BBB,0/0,J365/167", "+01:00"), ("<+0330>-3:30", "+03:30"),
            ("<-00>0", "+00:00"), ("AAA+5", "-05:00"),
        ]
    )
    func constant(text: String, offset: String) throws {
        let zone = try ZoneRules(id: ZoneID("x"), posixTZ: text)
        for at in [Timestamp.minimum, instant("2026-01-01T00:00:00Z"), instant("2026-07-01T00:00:00Z"), .maximum] {
            #expect(zone.offset(at: at).description == offset)
        }
    }

    @Test("Quoted names hold digits and signs")
    func quotedNames() throws {
        let zone = try ZoneRules(id: ZoneID("x"), posixTZ: "<-02>2<-01>,M3.5.0/-1,M10.5.0/0")
        #expect(zone.abbreviation(at: instant("2026-01-01T00:00:00Z")) == "-02")
        #expect(zone.abbreviation(at: instant("2026-07-01T00:00:00Z")) == "-01")
        #expect(zone.isDaylightSaving(at: instant("2026-07-01T00:00:00Z")))
    }

    @Test(
        "Other text is refused, with its place",
        arguments: [
            ("", 0), ("5", 0), ("EST", 3), ("EST+", 4), ("EST5EDT", 7), ("EST5EDT,", 8), ("EST5EDT,M3.2.0", 14),
            ("EST5EDT,M3.2.0,", 15),
            ("EST5EDT,M3.2.0,M11.1.0,", 22), ("EST5EDT,M0.2.0,M11.1.0", 9), ("EST5EDT,M13.2.0,M11.1.0", 9),
            ("EST5EDT,M3.0.0,M11.1.0", 11),
            ("EST5EDT,M3.6.0,M11.1.0", 11), ("EST5EDT,M3.2.7,M11.1.0", 13), ("EST5EDT,M3.2,M11.1.0", 12),
            ("EST5EDT,J0,J365", 9),
            ("EST5EDT,J366,J365", 9), ("EST5EDT,366,J365", 8), ("EST5EDT,0/168,J365", 10), ("EST5EDT,0/2:60,J365", 12),
            ("EST5EDT,0/2:00:60,J365", 15), ("EST5EDT,0/,J365", 10), ("EST5EDT;0,J365", 7), ("EST26", 3),
            ("EST5EDT26,0,J365", 7), ("EST-26", 3), ("EST5:60", 5),
            ("EST5 EDT", 4), ("<EST5", 5), ("<>5", 1), ("<E T>5", 2), ("É5", 0), ("EST5EDT,0000/0,J365", 11),
            (":EST5", 0), ("Europe/Berlin", 6),
        ]
    )
    func refused(text: String, byteOffset: Int) {
        let error = #expect(throws: POSIXTZError.self) { try ZoneRules(id: ZoneID("x"), posixTZ: text) }
        #expect(error?.byteOffset == byteOffset)
        #expect(error?.description.isEmpty == false)
    }
}
