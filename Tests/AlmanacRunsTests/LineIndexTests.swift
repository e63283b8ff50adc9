import AlmanacRunProtocol
import AlmanacTesting
import Testing

@testable import AlmanacRuns

@Suite("The index of a log knows where its lines begin")
struct LineIndexTests {
    private let folder = TemporaryFolder()

    private func write(_ numbers: Range<Int>) {
        let lines = numbers.map { "2026-03-29T01:00:00.000000000Z stdout F line \($0)\n" }.joined()
        let old = TemporaryFolder.read(folder.file("log")) ?? []
        folder.write(String(decoding: old, as: UTF8.self) + lines, to: "log")
    }

    private func open() throws -> LogParts {
        try LogParts.open(folder.file("log"), older: folder.file("log.old"))
    }

    @Test("What is written after the opening waits for the next one: a writer may be faster than the reader")
    func growth() throws {
        write(0..<1500)
        let log = try open()
        write(1500..<2500)
        var index = LineIndex(identity: log.identity)
        try index.extend(over: log)
        #expect(index.lineCount == 1500)
        let later = try open()
        try index.extend(over: later)
        #expect(index.lineCount == 2500)
        let lines = try later.lines(from: 2100, limit: 1, &index).lines
        #expect(lines.map { String(decoding: $0.line.text, as: UTF8.self) } == ["line 2100"])
    }
}
