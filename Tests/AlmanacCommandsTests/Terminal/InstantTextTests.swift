import AlmanacCalendar
import Testing

@testable import AlmanacCommands

@Suite("Instants are written as their descriptions, only faster")
struct InstantTextTests {
    private static let seconds: [Int64] = [
        0, 1, -1, 59, 60, 3599, 3600, 86_399, 86_400, -86_400, -86_401, 951_782_400, 1_774_746_000, 4_102_444_799,
        -62_135_596_800, 253_402_300_799,
    ]

    @Test("every instant, whatever was written before it")
    func instants() {
        var text = InstantText()
        for first in Self.seconds {
            for second in Self.seconds {
                var bytes: [UInt8] = []
                text.append(Timestamp(secondsSinceEpoch: first), to: &bytes)
                text.append(Timestamp(secondsSinceEpoch: second), to: &bytes)
                let expected = "\(Timestamp(secondsSinceEpoch: first))\(Timestamp(secondsSinceEpoch: second))"
                #expect(String(decoding: bytes, as: UTF8.self) == expected)
            }
        }
    }

    @Test("local clocks follow every change, whatever was shown before")
    func localClock() throws {
        let zone = try ZoneFixtures.rules("Europe/Berlin")
        var clock = LocalClock(zone: zone)
        let start = try ZoneFixtures.instant("2026-03-29T00:59:59Z")
        #expect(clock.text(start) == "Sun 2026-03-29 01:59:59 CET")
        #expect(clock.text(start + 1) == "Sun 2026-03-29 03:00:00 CEST")
        #expect(clock.text(start) == "Sun 2026-03-29 01:59:59 CET")
        let autumn = try ZoneFixtures.instant("2026-10-25T00:59:59Z")
        #expect(clock.text(autumn) == "Sun 2026-10-25 02:59:59 CEST")
        #expect(clock.text(autumn + 1) == "Sun 2026-10-25 02:00:00 CET")
    }
}

@Suite("JSON strings escape what they must and nothing else")
struct JSONTextTests {
    @Test(
        "escapes",
        arguments: [
            ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{0}\u{1F}", #""\u0000\u001f""#),
            ("日\u{7F}", "\"日\u{7F}\""),
        ]
    )
    func escapes(text: String, json: String) {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == json)
    }
}
