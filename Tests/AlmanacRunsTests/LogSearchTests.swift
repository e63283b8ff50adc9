import AlmanacCalendar
import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import AlmanacRuns
import AlmanacTesting
import Glibc
import Testing

@Suite("A search goes through a log in pieces, and resumes where it stopped")
struct LogSearchTests {
    private let folder = TemporaryFolder()
    private let logs: RunLogs
    private let run: SurveyedRun
    private let runFolder: RunFolder

    init() throws {
        logs = RunLogs(dataFolder: folder.path, executor: ThreadExecutor(name: "files"))
        var ids = RunIDSequence()
        let now = PreciseTimestamp(nanosecondsSinceEpoch: 0)
        run = SurveyedRun(position: RunPosition(createdAt: now, id: ids.next(at: now)), taskName: "job")
        runFolder = RunFolder(dataFolder: folder.path, taskName: "job", runID: run.id.description)
        try runFolder.create()
    }

    /// Finds the lines that hold a text, and counts what it has looked at.
    private final class Finder: LineScanning {
        let text: [UInt8]
        var work = 0
        init(_ text: String) { self.text = Array(text.utf8) }
        func finds(_ line: [UInt8]) -> Bool { !line.split(separator: text, maxSplits: 1).elementsEqual([line[...]]) }
    }

    private func line(_ text: String, _ stream: String = "stdout") -> String {
        "2026-03-29T01:00:00.000000000Z \(stream) F \(text)\n"
    }

    private func write(_ text: String, to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        #expect(unsafe Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count)
    }

    /// All pieces of a search.
    private func search(_ text: String, work: Int = 1 << 20, limit: Int = 1000) async throws -> [RunLogLine] {
        var lines: [RunLogLine] = []
        var place: RunLogPlace?
        repeat {
            let findings = try await logs.search(run, from: place, work: work, limit: limit) { Finder(text) }
            #expect(findings.lines.count <= limit)
            lines += findings.lines
            #expect(findings.place != place || findings.place == nil)
            place = findings.place
        } while place != nil
        return lines
    }

    @Test("A run without a log holds nothing")
    func none() async throws {
        #expect(try await search("x").isEmpty)
    }

    @Test("Lines of every stream are found, with their numbers", arguments: [1, 100, 5000, 1 << 20], [1, 3, 1000])
    func pieces(work: Int, limit: Int) async throws {
        let texts = (0..<3000).map { "line \($0)" + ($0 % 7 == 0 ? " seven" : "") }
        try write(
            texts.enumerated().map { line($1, $0 % 14 == 0 ? "system" : "stderr") }.joined(),
            to: runFolder.logPath
        )
        let lines = try await search("seven", work: work, limit: limit)
        #expect(lines.map(\.number) == stride(from: 0, to: 3000, by: 7).map(\.self))
        #expect(lines.allSatisfy { $0.stream == ($0.number % 14 == 0 ? .system : .stderr) })
        #expect(lines.map { String(decoding: $0.text, as: UTF8.self) } == lines.map { texts[$0.number] })
    }

    @Test("A line without its newline is none yet, and is found once it is whole")
    func torn() async throws {
        let whole = line("a fish") + line("another fish")
        try write(String(whole.dropLast(3)), to: runFolder.logPath)
        #expect(try await search("fish").map(\.number) == [0])
        try write(whole, to: runFolder.logPath)
        #expect(try await search("fish").map(\.number) == [0, 1])
    }

    @Test("What is no line of a log is passed over, however long it is")
    func damaged() async throws {
        try write(
            line("fish 0") + String(repeating: "x", count: 3 << 20) + "\n" + line("fish 1"),
            to: runFolder.logPath
        )
        #expect(try await search("fish", work: 10).map(\.number) == [0, 1])
    }

    @Test("Where a limit cuts the log meanwhile, the search goes on by the number of the line")
    func cut() async throws {
        try write((0..<10).map { line("fish \($0)") }.joined(), to: runFolder.logPath)
        let first = try await logs.search(run, from: nil, work: 1 << 20, limit: 4) { Finder("fish") }
        #expect(first.lines.map(\.number) == [0, 1, 2, 3])
        // The supervisor has dropped the first five, and says so in a line of its own.
        let notice = LogLimitNotice.droppedOld(limit: 100, bytes: 50, lines: 5).text
        unsafe unlink(runFolder.logPath)
        try write(line(notice, "system") + (6..<10).map { line("fish \($0)") }.joined(), to: runFolder.logPath + ".new")
        #expect(unsafe rename(runFolder.logPath + ".new", runFolder.logPath) == 0)
        let rest = try await logs.search(run, from: first.place, work: 1 << 20, limit: 10) { Finder("fish") }
        #expect(rest.lines.map(\.number) == [6, 7, 8, 9])
        #expect(rest.lines.map { String(decoding: $0.text, as: UTF8.self) } == (6..<10).map { "fish \($0)" })
    }
}
