import AlmanacLinux
import AlmanacModel
import AlmanacRuns
import AlmanacTesting
import Glibc
import Testing

@Suite("Pages of a log are those of its lines, however it grows")
struct RunLogsTests {
    let folder = TemporaryFolder()
    let run: Run
    let logs: RunLogs

    init() {
        var ids = RunIDSequence()
        let now = PreciseTimestamp(nanosecondsSinceEpoch: 0)
        run = Run(id: ids.next(at: now), taskName: "job", trigger: .api, createdAt: now)
        logs = RunLogs(dataFolder: folder.path, executor: ThreadExecutor(name: "test"))
        for path in ["runs", "runs/job", "runs/job/\(run.id)"] { _ = unsafe mkdir(folder.file(path), 0o700) }
    }

    func write(_ numbers: Range<Int>, to name: String = "log") {
        let lines = numbers.map { "2026-03-29T01:00:00.000000000Z stdout F line \($0)\n" }.joined()
        let old = TemporaryFolder.read(folder.file("runs/job/\(run.id)/\(name)")) ?? []
        folder.write(String(decoding: old, as: UTF8.self) + lines, to: "runs/job/\(run.id)/\(name)")
    }

    func texts(from: Int, limit: Int) async throws -> [String] {
        try await logs.logPage(of: run, from: from, limit: limit).lines.map {
            "\($0.number): \(String(decoding: $0.text, as: UTF8.self))"
        }
    }

    @Test("From the begin, from the middle, from the end, and beyond it")
    func pages() async throws {
        write(0..<5000)
        #expect(try await texts(from: 0, limit: 2) == ["0: line 0", "1: line 1"])
        #expect(try await texts(from: 2999, limit: 3) == ["2999: line 2999", "3000: line 3000", "3001: line 3001"])
        #expect(try await texts(from: -2, limit: 10) == ["4998: line 4998", "4999: line 4999"])
        #expect(try await texts(from: -9000, limit: 1) == ["0: line 0"])
        #expect(try await texts(from: 5000, limit: 10) == [])
        #expect(try await logs.logPage(of: run, from: 0, limit: 1).totalLines == 5000)
    }

    @Test("Lines that come later are on the next page")
    func growth() async throws {
        write(0..<1500)
        #expect(try await texts(from: 1499, limit: 10) == ["1499: line 1499"])
        write(1500..<1502)
        #expect(try await texts(from: 1500, limit: 10) == ["1500: line 1500", "1501: line 1501"])
    }

    @Test("The part that was set aside comes first, and a new one begins the count anew")
    func rotation() async throws {
        write(0..<10)
        #expect(try await texts(from: 9, limit: 1) == ["9: line 9"])
        let path = folder.file("runs/job/\(run.id)")
        _ = unsafe rename("\(path)/log", "\(path)/log.old")
        write(10..<12)
        #expect(try await texts(from: 8, limit: 10) == ["8: line 8", "9: line 9", "10: line 10", "11: line 11"])
    }

    @Test("A run without a log has no lines and no bytes")
    func none() async throws {
        let page = try await logs.logPage(of: run, from: -1000, limit: 1000)
        #expect(page.totalLines == 0)
        #expect(try await logs.rawLog(of: run).next() == nil)
    }
}
