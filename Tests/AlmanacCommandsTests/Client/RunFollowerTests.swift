import AlmanacAPI
import Testing

@testable import AlmanacCommands

@Suite("Following a run prints its lines as they come, each to its stream")
struct RunFollowerTests {
    private func page(_ lines: [(Int, String, String, Bool)], total: Int, finalized: Bool) throws
        -> ScriptedDaemon.Answer
    {
        let page = LogPage(
            lines: lines.map {
                LogLine(n: Int64($0.0), ts: 1000, stream: $0.1, text: $0.2, partial: $0.3 ? true : nil)
            },
            firstAvailable: 0,
            totalLines: Int64(total),
            truncated: false,
            finalized: finalized
        )
        return .init(String(decoding: try WireCoding.encode(page), as: UTF8.self))
    }

    private func follow(
        _ daemon: ScriptedDaemon,
        form: RunFollower.Form = .streams,
        untilEnd: Bool = true
    ) async throws -> (output: String, error: String) {
        let (output, error) = (ScratchFile(), ScratchFile())
        let (outputEnd, errorEnd) = (output.descriptor, error.descriptor)
        let run = try WireCoding.decode(RunResource.self, from: DaemonClientTests.run.utf8)
        try await DaemonClient.withClient(socket: daemon.socket) { client in
            try await RunFollower(
                client: client,
                run: run,
                form: form,
                standardOutput: outputEnd,
                standardError: errorEnd
            )
            .follow(untilEnd: untilEnd)
        }
        try await daemon.stop()
        return (output.text, error.text)
    }

    private static let path = "GET /api/tasks/backup/runs/01KJ0000000000000000000000/log"

    /// A stream of lines, and of what else is given; one that breaks off where it has no `done`.
    private func stream(_ lines: [(Int, String, String, Bool)], then rest: String = "") throws -> ScriptedDaemon.Answer
    {
        let events = try lines.map { line in
            let event = LogLineSSEEvent(
                LogLine(n: Int64(line.0), ts: 1000, stream: line.1, text: line.2, partial: line.3 ? true : nil)
            )
            let data = String(decoding: try WireCoding.encode(event), as: UTF8.self)
            return "id: \(line.0)\nevent: line\ndata: \(data)\n\n"
        }
        return .init(":\n\n" + events.joined() + rest)
    }

    private static let done = "event: done\ndata: {\"final_line\":0,\"status\":\"ended\"}\n\n"

    @Test("pages first, then the stream goes on where they ended, until the run has ended")
    func pages() async throws {
        let daemon = try await ScriptedDaemon(
            try page([(0, "stdout", "one", false), (1, "stderr", "oops", false)], total: 3, finalized: false),
            try page([(2, "stdout", "half, ", true)], total: 3, finalized: false),
            try stream(
                [(3, "stdout", "whole", false), (4, "system", "ended by its time limit", false)],
                then: Self.done
            )
        )
        let (output, error) = try await follow(daemon)
        #expect(output == "one\nhalf, whole\n")
        #expect(error == "oops\nended by its time limit\n")
        #expect(
            daemon.requests.map { $0.split(separator: " ")[1].split(separator: "/")[5...].joined(separator: "/") }
                == ["log?from=0&limit=1000", "log?from=2&limit=1000", "log/stream"]
        )
        #expect(daemon.requests.allSatisfy { $0.hasPrefix(Self.path) })
        #expect(daemon.requests.last?.hasSuffix("after=2") == true)
    }

    @Test("lines that were dropped in between are passed over")
    func dropped() async throws {
        let daemon = try await ScriptedDaemon(
            try page([(7, "stdout", "late", false)], total: 9, finalized: true),
            try page([(8, "stdout", "later", false)], total: 9, finalized: true)
        )
        #expect(try await follow(daemon).output == "late\nlater\n")
    }

    @Test("a stream that passes lines over is left for the page that has them")
    func passedOver() async throws {
        let daemon = try await ScriptedDaemon(
            try page([], total: 0, finalized: false),
            try stream([], then: "event: dropped\ndata: {\"after\":-1,\"count\":9}\n\n"),
            try page([(0, "stdout", "a", false)], total: 1, finalized: true)
        )
        #expect(try await follow(daemon).output == "a\n")
        #expect(daemon.requests.count == 3)
    }

    @Test("a server that repeats itself is not printed again")
    func repeated() async throws {
        let daemon = try await ScriptedDaemon(
            try page([(0, "stdout", "a", false)], total: 1, finalized: false),
            try stream([(0, "stdout", "a", false), (1, "stdout", "b", false)], then: Self.done)
        )
        #expect(try await follow(daemon).output == "a\nb\n")
    }

    @Test("a stream that breaks off is taken up where it was, by the next daemon if need be")
    func cut() async throws {
        let daemon = try await ScriptedDaemon(
            try page([], total: 0, finalized: false),
            try stream([(0, "stdout", "a", false)]),
            .hangUp,
            .init(#"{"title":"Service Unavailable","status":503}"#, status: 503),
            try page([(1, "stdout", "b", false)], total: 2, finalized: false),
            try stream([(2, "stdout", "c", false)], then: Self.done)
        )
        #expect(try await follow(daemon).output == "a\nb\nc\n")
        #expect(daemon.requests.count == 6)
    }

    @Test("a daemon that does not answer at first is not waited for")
    func absent() async throws {
        let daemon = try await ScriptedDaemon(.hangUp)
        await #expect(throws: DaemonClientError.self) { _ = try await follow(daemon) }
    }

    @Test("without following, what there is, is all")
    func once() async throws {
        let daemon = try await ScriptedDaemon(try page([(0, "stdout", "a", false)], total: 1, finalized: false))
        #expect(try await follow(daemon, untilEnd: false).output == "a\n")
    }

    @Test("as JSON every line is an object on standard output")
    func json() async throws {
        let daemon = try await ScriptedDaemon(
            try page([(0, "stderr", "a\tb", false), (1, "stdout", "c", true)], total: 2, finalized: true)
        )
        let (output, error) = try await follow(daemon, form: .json)
        #expect(
            output == #"{"n":0,"stream":"stderr","text":"a\tb","ts":1000}"# + "\n"
                + #"{"n":1,"partial":true,"stream":"stdout","text":"c","ts":1000}"# + "\n"
        )
        #expect(error == "")
    }

    @Test(
        "pages grow while they are full and light, and shrink where they are heavy",
        arguments: [
            (1000, 1000, 50_000, 2000), (1000, 999, 50_000, 1000), (8000, 8000, 400_000, 10_000),
            (10_000, 10_000, 500_000, 10_000),
            (1000, 1000, 2_000_000, 1000), (1000, 1000, 20_000_000, 500), (100, 100, 20_000_000, 100),
        ]
    )
    func pageSize(size: Int, lines: Int, bytes: Int, expected: Int) {
        #expect(RunFollower.pageSize(after: size, lines: lines, bytes: bytes) == expected)
    }

    @Test("a run that is not known any more ends it")
    func gone() async throws {
        let daemon = try await ScriptedDaemon(
            .init(#"{"title":"Not Found","status":404,"detail":"no such run"}"#, status: 404)
        )
        await #expect(throws: DaemonClientError.self) { _ = try await follow(daemon) }
    }

    @Test("the end is waited for")
    func end() async throws {
        let ended = DaemonClientTests.run.replacing(#""running""#, with: #""ended","end_reason":"failed""#)
        let daemon = try await ScriptedDaemon(
            .init(DaemonClientTests.run),
            try stream([], then: Self.done),
            .init(ended)
        )
        let run = try WireCoding.decode(RunResource.self, from: DaemonClientTests.run.utf8)
        let answer = try await DaemonClient.withClient(socket: daemon.socket) { client in
            try await RunFollower(client: client, run: run, form: .streams).end()
        }
        #expect(answer.value.endReason == "failed")
        #expect(String(decoding: answer.json, as: UTF8.self) == ended)
        #expect(daemon.requests.count == 3)
        try await daemon.stop()
    }
}
