import AlmanacCalendar
import Testing

@Suite("Zone files are read, or refused with the reason and the place")
struct TZifTests {
    /// A malformed file and what is said about it.
    struct Row: CustomTestStringConvertible, Sendable {
        let file: String
        let reason: TZifError.Reason
        let byteOffset: Int
        var testDescription: String { file }

        init(_ file: String, _ reason: TZifError.Reason, at byteOffset: Int) {
            (self.file, self.reason, self.byteOffset) = (file, reason, byteOffset)
        }
    }

    /// Where the 64-bit header begins in the files that `make.py` makes: after a header and a block of ten bytes.
    static let second = 54
    /// Where their 64-bit data begin.
    static let data = 98

    static let malformed = [
        Row("empty", .notTZif, at: 0),
        Row("not-tzif", .notTZif, at: 0),
        Row("header-cut", .truncated(missing: "header"), at: 30),
        Row("version-1-as-digit", .unknownVersion(0x31), at: 4),
        Row("version-5", .unknownVersion(0x35), at: 4),
        Row("version-of-second-header", .unknownVersion(0x33), at: second + 4),
        Row("second-header-missing", .notTZif, at: second),
        Row("second-header-cut", .truncated(missing: "header"), at: second + 20),
        Row("second-magic-wrong", .notTZif, at: second),
        Row("32-bit-data-cut", .truncated(missing: "32-bit data"), at: 54),
        Row("64-bit-data-cut", .truncated(missing: "data"), at: 200),
        Row("huge-counts", .truncated(missing: "data"), at: 114),
        Row("huge-counts-32", .truncated(missing: "32-bit data"), at: 54),
        Row("no-types", .impossibleCount("the file has no local time type"), at: second + 36),
        Row(
            "257-types",
            .impossibleCount("257 local time types are more than the 256 that there can be"),
            at: second + 36
        ),
        Row("no-abbreviations", .impossibleCount("the file has no abbreviations"), at: second + 40),
        Row("leap-seconds", .leapSeconds, at: second + 28),
        Row(
            "isstd-count",
            .impossibleCount("1 standard-time indicators do not fit 2 local time types"),
            at: second + 24
        ),
        Row("isut-count", .impossibleCount("3 UT indicators do not fit 2 local time types"), at: second + 20),
        Row("transitions-equal", .unorderedTransition(index: 2), at: data + 16),
        Row("transitions-descending", .unorderedTransition(index: 2), at: data + 16),
        Row("type-index", .unknownType(index: 2, of: 2), at: data + 17),
        Row("offset-too-large", .offsetOutOfRange(seconds: 93_600), at: data),
        Row("offset-too-small", .offsetOutOfRange(seconds: -90_000), at: data),
        Row("offset-minimum", .offsetOutOfRange(seconds: .min), at: data),
        Row("isdst-2", .notABoolean(2), at: data + 4),
        Row("abbreviation-index", .abbreviationOutOfRange, at: data + 5),
        Row("abbreviation-endless", .abbreviationOutOfRange, at: data + 5),
        Row("abbreviation-not-ascii", .abbreviationNotASCII, at: data + 5),
        Row("isstd-2", .notABoolean(2), at: data + 10),
        Row("isut-2", .notABoolean(2), at: data + 11),
        Row("ut-without-standard", .indicatorsDisagree, at: data + 11),
        Row("footer-missing", .truncated(missing: "footer"), at: data + 10),
        Row("footer-without-first-newline", .footerNotDelimited, at: data + 10),
        Row("footer-without-last-newline", .footerNotDelimited, at: data + 10),
        Row("footer-not-posix", .footer(POSIXTZError(reason: .expected("a digit"), byteOffset: 6)), at: data + 17),
        Row("footer-without-rules", .footer(POSIXTZError(reason: .noRule, byteOffset: 9)), at: data + 20),
        Row(
            "footer-hour-168",
            .footer(POSIXTZError(reason: .outOfRange(what: "hours", expected: "0 to 167"), byteOffset: 17)),
            at: data + 28
        ),
        Row(
            "footer-with-nul",
            .footer(POSIXTZError(reason: .expected("a digit"), byteOffset: 3)),
            at: data + 14
        ),
        Row("after-the-end", .trailingBytes, at: data + 16),
        Row("after-the-end-of-version-1", .trailingBytes, at: 54),
    ]

    @Test("Malformed files", arguments: malformed)
    func refused(row: Row) throws {
        let error = #expect(throws: TZifError.self) {
            try ZoneRules(id: ZoneID("x"), tzif: Fixtures.bytes("malformed/\(row.file).tzif"))
        }
        let found = try #require(error)
        #expect(found.reason == row.reason)
        #expect(found.byteOffset == row.byteOffset)
        #expect(!found.description.isEmpty)
    }

    @Test("Every malformed fixture has a row")
    func completeness() {
        #expect(Set(Fixtures.names(in: "malformed")) == Set(Self.malformed.map { $0.file + ".tzif" }))
    }

    @Test(
        "A file cut anywhere is refused",
        arguments: ["zones/Europe/Berlin", "slim/Europe/Berlin", "version1/Europe/Berlin", "made/ThreeTimes"]
    )
    func cut(file: String) {
        let bytes = Fixtures.bytes(file)
        for count in 0..<bytes.count {
            #expect(throws: TZifError.self) { try ZoneRules(id: ZoneID("x"), tzif: Array(bytes[..<count])) }
        }
    }

    @Test(
        "Files of every version from 1 to 4 are read",
        arguments: ["version1/Europe/Berlin", "slim/Europe/Berlin", "unusual/version4.tzif"]
    )
    func versions(file: String) throws {
        _ = try ZoneRules(id: ZoneID("x"), tzif: Fixtures.bytes(file))
    }

    @Test("A file of version 3 is read: its footer has hours beyond a day")
    func version3() throws {
        var bytes = Fixtures.bytes("slim/Europe/Berlin")
        bytes[4] = UInt8(ascii: "3")
        let second = try #require(bytes.indices.dropFirst().first { bytes[$0...].starts(with: "TZif".utf8) })
        bytes[second + 4] = UInt8(ascii: "3")
        let footer = try #require(bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")))
        let zone = try ZoneRules(
            id: ZoneID("x"),
            tzif: bytes[...footer] + Array("<-02>2<-01>,M3.5.0/-1,M10.5.0/0\n".utf8)
        )
        #expect(zone.transition(after: instant("2030-01-01T00:00:00Z"))?.at == instant("2030-03-31T01:00:00Z"))
    }
}

@Suite("What a zone file leaves to the rules about its ends")
struct TZifEndTests {
    @Test("Before the first transition the first local time type applies")
    func beforeTheFirst() {
        let berlin = Fixtures.zone("Europe/Berlin")
        #expect(berlin.offset(at: instant("1893-03-31T23:06:31Z")).description == "+00:53:28")
        #expect(berlin.offset(at: instant("1893-03-31T23:06:32Z")).description == "+01:00")
        #expect(berlin.offset(at: .minimum).description == "+00:53:28")
        #expect(berlin.abbreviation(at: .minimum) == "LMT")
    }

    @Test("On the last transition itself the footer rules already, even where it contradicts the data")
    func onTheLast() {
        let zone = Fixtures.zone("unusual/footer-contradicts-last-transition.tzif")
        #expect(zone.offset(at: Timestamp(secondsSinceEpoch: 999_999)).seconds == 0)
        #expect(zone.offset(at: Timestamp(secondsSinceEpoch: 1_000_000)).seconds == 0)
        #expect(zone.transition(after: .minimum) == nil)
    }

    @Test("An empty footer leaves the last type in force")
    func emptyFooter() {
        let zone = Fixtures.zone("unusual/empty-footer.tzif")
        #expect(zone.offset(at: Timestamp(secondsSinceEpoch: 0)).seconds == 3600)
        #expect(zone.offset(at: .maximum).seconds == 0)
        #expect(zone.transition(before: .maximum)?.at == Timestamp(secondsSinceEpoch: 1_000_000))
    }

    @Test("A file of version 1 has no footer: its last type stays in force")
    func version1() {
        let zone = Fixtures.zone("version1/Europe/Berlin")
        #expect(zone.transition(after: instant("2037-01-01T00:00:00Z"))?.at == instant("2037-03-29T01:00:00Z"))
        #expect(zone.transition(after: instant("2037-11-01T00:00:00Z")) == nil)
        #expect(zone.offset(at: .maximum).description == "+01:00")
    }

    @Test("Without transitions the footer rules all of time")
    func footerOnly() {
        let zone = Fixtures.zone("unusual/no-transitions-but-rules.tzif")
        #expect(zone.transition(after: instant("0500-01-01T00:00:00Z"))?.at == instant("0500-03-28T01:00:00Z"))
        #expect(zone.transition(after: instant("9998-05-01T00:00:00Z"))?.at == instant("9998-10-25T01:00:00Z"))
        #expect(zone.transition(before: instant("0001-03-01T00:00:00Z"))?.at.description == "0000-10-29T01:00:00Z")
    }

    @Test("A first transition at the beginning of time is one like others")
    func bigBang() {
        let zone = Fixtures.zone("unusual/big-bang.tzif")
        #expect(zone.offset(at: Timestamp(secondsSinceEpoch: .min)).seconds == 0)
        #expect(zone.offset(at: .minimum).seconds == 0)
        #expect(zone.offset(at: Timestamp(secondsSinceEpoch: 0)).seconds == 3600)
    }

    @Test("Transitions at the ends of the 64-bit range do no harm")
    func farTransitions() {
        let zone = Fixtures.zone("unusual/times-at-the-ends.tzif")
        for seconds in [Int64.min, -1, 0, .max] {
            let instant = Timestamp(secondsSinceEpoch: seconds)
            _ = zone.offset(at: instant)
            _ = zone.transition(after: instant)
            _ = zone.transition(before: instant)
            _ = zone.instants(of: zone.wallTime(at: instant))
        }
    }

    @Test("Daylight saving time all year is one offset without changes")
    func allYear() {
        let zone = Fixtures.zone("unusual/all-year-dst.tzif")
        #expect(zone.transition(after: .minimum) == nil)
        for text in ["2026-01-01T04:59:59Z", "2026-01-01T05:00:00Z", "2026-07-01T00:00:00Z", "2027-12-31T23:59:59Z"] {
            #expect(zone.offset(at: instant(text)).description == "-04:00")
            #expect(zone.abbreviation(at: instant(text)) == "EDT")
            #expect(zone.isDaylightSaving(at: instant(text)))
        }
    }

    @Test(
        "Fat and slim files of a zone say the same",
        arguments: Fixtures.names(in: "slim").flatMap { area in
            Fixtures.names(in: "slim/" + area).map { area + "/" + $0 }
        }
    )
    func slimAndFat(name: String) {
        let (fat, slim) = (Fixtures.zone(name), Fixtures.zone("slim/" + name))
        var instant = Timestamp.minimum
        while let transition = fat.transition(after: instant), transition.at < .maximum {
            #expect(slim.transition(after: instant) == transition)
            #expect(slim.abbreviation(at: transition.at) == fat.abbreviation(at: transition.at))
            instant = transition.at
            if instant > Timestamp(secondsSinceEpoch: 20_000_000_000) { break }
        }
    }
}
