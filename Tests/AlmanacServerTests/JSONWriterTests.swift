import Testing

@testable import AlmanacAPI

@Suite("What writes its own JSON writes what JSONEncoder does, byte for byte")
struct JSONWriterTests {
    @Test("A run with nothing but what is required")
    func bare() throws {
        try expectSame(Self.run)
    }

    @Test("A run with a value in every member")
    func whole() throws {
        let whole = Self.wholeRun
        // A member that the type gets later is missing here first.
        #expect(Mirror(reflecting: whole).children.allSatisfy { !"\($0.value)".hasPrefix("nil") })
        try expectSame(whole)
    }

    @Test(
        "Text of every kind, in a member and as a parameter",
        arguments: (UInt32(0)...0x100).compactMap(Unicode.Scalar.init).map { "a\(Character($0))b" } + [
            "", "a/b", "\\", "\"", "<&'>", "\r\n", "né", "日本語", "👩‍👩‍👧", "\u{2028}\u{2029}", "e\u{301}",
            "\u{FFFD}\u{10FFFF}",
        ]
    )
    func text(_ text: String) throws {
        var run = Self.run
        run.schema = text
        run.taskName = text
        run.message = text
        run.params = [text: text, "b": "", "B": text, "a/": "1"]
        try expectSame(run)
    }

    @Test(
        "Figures of every size",
        arguments: [
            0, -0.0, 1, 0.1, 0.000_001, 1e-5, 1e-7, 1.5e300, 123_456_789.125, 1e15, 1e16, 1e17, 1e21,
            9_007_199_254_740_992,
            .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
        ]
    )
    func figures(_ figure: Double) throws {
        var run = Self.run
        run.cpuSeconds = figure
        run.exitCode = .min
        run.maxRSSBytes = .max
        try expectSame(run)
    }

    @Test("A figure that JSON does not have is refused by both", arguments: [Double.nan, .infinity])
    func infinite(_ figure: Double) {
        var run = Self.run
        run.cpuSeconds = figure
        #expect(throws: EncodingError.self) { try WireCoding.encode(run) }
        #expect(throws: EncodingError.self) { try WireCoding.encodeGenerally(run) }
    }

    @Test("Pages of no, one and several runs", arguments: [0, 1, 3])
    func pages(_ count: Int) throws {
        var page = RunPage(runs: Array([Self.run, Self.wholeRun, Self.run].prefix(count)), total: 1_000_000)
        try expectSame(page)
        page.schema = "http://localhost/schemas/RunsResponseBody.json"
        try expectSame(page)
    }

    private func expectSame(_ value: some JSONWritable) throws {
        let bytes = try WireCoding.encode(value)
        #expect(try bytes == WireCoding.encodeGenerally(value), "\(String(decoding: bytes, as: UTF8.self))")
    }

    private static let run = RunResource(
        id: "01ARYZ6S41TSV4RRFFQ69G5FAV",
        taskName: "backup",
        status: "pending",
        exitCode: 0,
        triggeredBy: "cron",
        createdAt: "2026-03-29T01:00:00Z"
    )

    private static var wholeRun: RunResource {
        var run = run
        run.schema = "http://localhost:9477/schemas/Run.json"
        run.endReason = "failed"
        run.startAt = "2026-03-29T01:00:00.25Z"
        run.endAt = "2026-03-29T01:00:01.5Z"
        run.retryOfRunID = "01ARYZ6S41TSV4RRFFQ69G5FAW"
        run.externalExecutionID = "x-1"
        run.params = ["region": "eu", "host": "a"]
        run.scheduledAt = "2026-03-29T01:00:00Z"
        run.tick = "2026-03-29T03:00:00"
        run.timezone = "Europe/Berlin"
        run.missedCount = 3
        run.missedUntil = "2026-03-29T01:00:00Z"
        run.catchUp = true
        run.cpuSeconds = 0.25
        run.maxRSSBytes = 4096
        run.message = "signal 9 ended the command"
        return run
    }
}
