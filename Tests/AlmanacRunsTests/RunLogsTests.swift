import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
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

    @Test(
        "A line that was cut goes on in the next one of its stream, on whichever page that is",
        arguments: 0..<4 as Range<UInt64>
    )
    func continued(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var wanted: [(isContinued: Bool, isPartial: Bool)] = []
        var text = ""
        var partial: Set<String> = []
        for _ in 0..<3500 {
            let stream = ["stdout", "stderr"].randomElement(using: &random) ?? ""
            let isPartial = Int.random(in: 0..<3, using: &random) == 0
            wanted.append((partial.contains(stream), isPartial))
            if isPartial { partial.insert(stream) } else { partial.remove(stream) }
            // Lines that pieces of the file cut at all places.
            let filling = String(repeating: "x", count: Int.random(in: 0...60, using: &random))
            text += "2026-03-29T01:00:00.000000000Z \(stream) \(isPartial ? "P" : "F") \(filling)\n"
        }
        folder.write(text, to: "runs/job/\(run.id)/log")
        for _ in 0..<60 {
            let first = Int.random(in: 0..<3500, using: &random)
            let lines = try await logs.logPage(of: run, from: first, limit: 50).lines
            #expect(lines.map(\.number) == Array(first..<min(3500, first + 50)))
            for line in lines {
                let (isContinued, isPartial) = wanted[line.number]
                #expect(line.isContinued == isContinued && line.isPartial == isPartial, "line \(line.number)")
            }
        }
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

    func notice(_ notice: LogLimitNotice) {
        let path = "runs/job/\(run.id)/log"
        let old = TemporaryFolder.read(folder.file(path)) ?? []
        let line = "2026-03-29T01:00:00.000000000Z system F \(notice.text)\n"
        folder.write(String(decoding: old, as: UTF8.self) + line, to: path)
    }

    @Test("Where a limit has dropped the oldest lines, the others keep their numbers")
    func droppedOld() async throws {
        write(4000..<5500)
        let path = folder.file("runs/job/\(run.id)")
        _ = unsafe rename("\(path)/log", "\(path)/log.old")
        notice(.droppedOld(limit: 1, bytes: 2, lines: 4000))
        write(5501..<5503)
        let page = try await logs.logPage(of: run, from: 0, limit: 2)
        #expect(page.firstAvailable == 4000)
        #expect(page.totalLines == 5503)
        #expect(page.isTruncated)
        #expect(page.lines.map(\.number) == [4000, 4001])
        #expect(try await texts(from: 5499, limit: 1) == ["5499: line 5499"])
        #expect(try await texts(from: 5501, limit: 9) == ["5501: line 5501", "5502: line 5502"])
        #expect(try await texts(from: -1, limit: 9) == ["5502: line 5502"])
        #expect(try await texts(from: -9000, limit: 1) == ["4000: line 4000"])
        #expect(try await texts(from: 5503, limit: 9) == [])
    }

    @Test("Where a limit has dropped the newest lines, the log is truncated and begins with the first")
    func droppedNew() async throws {
        write(0..<1000)
        notice(.dropsNew(limit: 1))
        notice(.dropsNew(limit: 2))
        let page = try await logs.logPage(of: run, from: 0, limit: 1)
        #expect(page.isTruncated)
        #expect(page.firstAvailable == 0)
        #expect(page.totalLines == 1002)
    }

    @Test("What a command prints is no notice")
    func forged() async throws {
        let text = LogLimitNotice.droppedOld(limit: 1, bytes: 2, lines: 3).text
        folder.write("2026-03-29T01:00:00.000000000Z stdout F \(text)\n", to: "runs/job/\(run.id)/log")
        let page = try await logs.logPage(of: run, from: 0, limit: 1)
        #expect(page.firstAvailable == 0)
        #expect(!page.isTruncated)
    }

    @Test("A run without a log has no lines and no bytes")
    func none() async throws {
        let page = try await logs.logPage(of: run, from: -1000, limit: 1000)
        #expect(page.totalLines == 0)
        #expect(try await logs.rawLog(of: run).next() == nil)
    }
}
