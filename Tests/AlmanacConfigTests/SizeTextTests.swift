import Testing

@testable import AlmanacConfig

@Suite("A size is a number with a unit")
struct SizeTextTests {
    @Test(
        arguments: [
            ("0", 0), ("0b", 0), ("1b", 1), ("100MB", 100_000_000), ("100mb", 100_000_000), ("1k", 1000),
            ("1.5gb", 1_500_000_000), ("2TB", 2_000_000_000_000), ("1KiB", 1024), ("1.5MiB", 1_572_864),
            ("1gib", 1_073_741_824), ("1Ti", 1_099_511_627_776), ("0.001kb", 1), ("0.001kib", 1), ("0.5b", 0),
            ("5 gb", 5_000_000_000), ("007mb", 7_000_000), ("1000000tb", 1_000_000_000_000_000_000),
        ] as [(String, Int64)]
    )
    func reads(text: String, size: Int64) throws {
        #expect(try SizeText.bytes(from: text) == size)
    }

    @Test(
        arguments: [
            ("", .malformed), ("mb", .malformed), ("-1mb", .malformed), ("+1mb", .malformed), (".5mb", .malformed),
            ("1.mb", .malformed), ("1.0001mb", .malformed), ("1mb ", .malformed), (" 1mb", .malformed),
            ("1mb2kb", .malformed), ("1\tmb", .malformed), ("1,5mb", .malformed), ("0.5", .malformed),
            ("1.5", .malformed), ("100", .missingUnit(digits: "100")), ("100 ", .malformed),
            ("1xb", .unknownUnit("xb")), ("1bib", .unknownUnit("bib")), ("1µb", .unknownUnit("µb")),
            ("1000001tb", .tooLarge), ("1000000.001tb", .tooLarge), ("9223372036854775808b", .tooLarge),
            ("9223372036854775807kb", .tooLarge),
        ] as [(String, SizeText.Fault)]
    )
    func refuses(text: String, fault: SizeText.Fault) {
        #expect(throws: fault) { try SizeText.bytes(from: text) }
    }
}
