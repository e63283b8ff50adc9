import Testing

@testable import AlmanacConfig

@Suite("The name that was meant is the nearest one, if it is near")
struct NearestNameTests {
    static let known = ["run", "cron", "timeout", "timezone", "on_overlap", "run_on_start", "group"]

    @Test(
        arguments: [
            ("timout", "timeout"), ("timeuot", "timeout"), ("tiemout", "timeout"), ("timeoutt", "timeout"),
            ("tmeot", "timeout"), ("on-overlap", "on_overlap"), ("ON_OVERLAP", "on_overlap"),
            ("runonstart", "run_on_start"),
            ("corn", "cron"), ("crno", "cron"), ("ru", "run"), ("rn", "run"), ("time_zone", "timezone"),
            ("rum", "run"), ("timeone", "timezone"),
            ("", nil), ("crayon", nil), ("r", nil), ("schedule", nil), ("retry_attempts", nil),
            (String(repeating: "x", count: 100_000), nil),
        ] as [(String, String?)]
    )
    func nearest(name: String, expected: String?) {
        #expect(NearestName.nearest(to: name, among: Self.known) == expected)
    }
}
