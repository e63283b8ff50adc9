import AlmanacRunProtocol
import AlmanacSupervisor
import Glibc
import Testing

/// A disk whose room and faults a test decides.
private final class FakeDisk {
    var current: [UInt8] = []
    var older: [UInt8] = []
    /// The most that one call writes.
    var largestWrite = Int.max
    /// How many more bytes fit.
    var room = Int.max
    var fault: Int32 = ENOSPC
    var rotationFault: Int32?
    var writes = 0

    /// The command's bytes in both parts.
    var raw: String {
        var decoder = LogDecoder()
        var raw: [UInt8] = []
        decoder.decode(older + current, into: &raw)
        return String(decoding: raw, as: UTF8.self)
    }

    /// The lines of both parts, numbered as the notice in front of the present part has it.
    var numberedLines: [(number: Int, text: String)] {
        func lines(_ part: [UInt8]) -> [LogLine] {
            var decoder = LogLineDecoder()
            var lines: [LogLine] = []
            decoder.decode(part) { lines.append($0) }
            return lines
        }
        var first = 0
        if case .droppedOld(_, _, let dropped) = lines(current).first.flatMap(LogLimitNotice.init) {
            first = Int(dropped)
        }
        return (lines(older) + lines(current)).enumerated().map { index, line in
            (first + index, String(decoding: line.text, as: UTF8.self))
        }
    }

    /// The supervisor's lines in both parts.
    var reports: [String] {
        var decoder = LogLineDecoder()
        var reports: [String] = []
        decoder.decode(older + current) { line in
            if line.stream == .system { reports.append(String(decoding: line.text, as: UTF8.self)) }
        }
        return reports
    }
}

private struct FakeLog: LogDestination {
    let disk: FakeDisk

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        disk.writes += 1
        let count = min(bytes.count, disk.largestWrite, disk.room)
        guard count > 0 else { throw SystemError(errno: disk.fault) }
        unsafe disk.current.append(contentsOf: bytes.prefix(count))
        disk.room -= count
        return count
    }

    func rotate() throws(SystemError) {
        if let fault = disk.rotationFault { throw SystemError(errno: fault) }
        disk.older = disk.current
        disk.current = []
    }

    func synchronize() throws(SystemError) {}
}

extension LogWriter {
    fileprivate mutating func append(_ text: String, _ stream: LogStream = .stdout, isComplete: Bool = true) {
        let bytes = Array(text.utf8)
        unsafe bytes.withUnsafeBytes { bytes in unsafe append(stream, isComplete: isComplete, text: bytes) }
    }
}

@Suite("The log takes what the disk takes, and tells what is missing")
struct LogWriterTests {
    @Test("A batch is one write")
    func oneWrite() {
        let disk = FakeDisk()
        var writer = LogWriter(FakeLog(disk: disk), limit: nil)
        for number in 0..<1000 { writer.append("\(number)") }
        writer.flush()
        #expect(disk.writes == 1)
        #expect(disk.raw == (0..<1000).map { "\($0)\n" }.joined())
        let finished = writer.finish()
        #expect(finished)
    }

    @Test("Short writes tear no line", arguments: [1, 3, 1000])
    func shortWrites(size: Int) {
        let disk = FakeDisk()
        disk.largestWrite = size
        var writer = LogWriter(FakeLog(disk: disk), limit: nil)
        writer.append("one")
        writer.append("two", .stderr, isComplete: false)
        writer.flush()
        #expect(disk.raw == "one\ntwo")
    }

    @Test("A full disk loses only what comes while it is full, and says so", arguments: [0, 10, 40, 43, 44, 60])
    func fullDisk(room: Int) {
        let disk = FakeDisk()
        disk.room = room
        var writer = LogWriter(FakeLog(disk: disk), limit: nil)
        writer.append("one")
        writer.append("two")
        writer.flush()
        #expect(writer.failure == SystemError(errno: ENOSPC))
        writer.append("lost")
        writer.report("not told")
        writer.flush()
        disk.room = .max
        writer.flush()
        #expect(writer.failure == nil)
        writer.append("three")
        let finished = writer.finish()
        #expect(finished)
        #expect(disk.raw == "one\ntwo\nthree\n")
        #expect(disk.reports == ["5 bytes of output are lost here: No space left on device"])
        #expect(writer.loss.byteCount == 5)
        #expect(writer.loss.message == "5 bytes of output are not in the log because writing failed for a while")
    }

    @Test("A buffer that is full while the disk is loses the line, whole")
    func fullBuffer() {
        let disk = FakeDisk()
        disk.room = 0
        var writer = LogWriter(FakeLog(disk: disk), limit: nil)
        let line = String(repeating: "x", count: 9999)
        for _ in 0..<12 { writer.append(line) }
        #expect(writer.failure == SystemError(errno: ENOSPC))
        disk.room = .max
        let finished = writer.finish()
        #expect(finished)
        let kept = disk.raw.utf8.count
        #expect(kept % 10_000 == 0)
        #expect(kept + Int(writer.loss.byteCount) == 120_000)
    }

    @Test("A disk that stays full is told in the result", arguments: [ENOSPC, EFBIG])
    func staysFull(fault: Int32) {
        let disk = FakeDisk()
        disk.room = 60
        disk.fault = fault
        var writer = LogWriter(FakeLog(disk: disk), limit: nil)
        writer.append("one")
        writer.append("two")
        // What will never work is not worth waiting for.
        let finished = writer.finish()
        #expect(finished == (fault == EFBIG))
        #expect(writer.loss.byteCount > 0)
        #expect(writer.loss.message?.contains("bytes of output are not in the log: ") == true)
    }

    // MARK: The limit

    static let lines = (100..<200).map { "line \($0)" }

    private static func write(_ disk: FakeDisk, _ limit: RunSpec.LogLimit, batch: Int) -> LogLoss {
        var writer = LogWriter(FakeLog(disk: disk), limit: limit)
        for (index, line) in lines.enumerated() {
            writer.append(line)
            if index % batch == batch - 1 { writer.flush() }
        }
        _ = writer.finish()
        return LogLoss(count: writer.loss.byteCount, message: writer.loss.message, isFull: writer.isFull)
    }

    struct LogLoss: Equatable {
        let count: Int64
        let message: String?
        let isFull: Bool
    }

    @Test(
        "Past the limit nothing more is kept",
        arguments: [RunSpec.LogLimit.Policy.dropNew, .killTask],
        [1, 7, 1000]
    )
    func dropNew(policy: RunSpec.LogLimit.Policy, batch: Int) {
        let disk = FakeDisk()
        // A line takes 40 bytes in front, 8 of text, and its newline.
        let loss = Self.write(disk, .init(maxBytes: 490, policy: policy), batch: batch)
        #expect(disk.raw == Self.lines[..<10].map { $0 + "\n" }.joined())
        #expect(disk.reports == ["the log has reached its limit of 490 bytes: what follows is not kept"])
        #expect(
            loss
                == LogLoss(
                    count: 810,
                    message: "810 bytes of output are not in the log because of its limit",
                    isFull: true
                )
        )
    }

    @Test("Past the limit the oldest goes", arguments: [1, 7, 1000])
    func dropOld(batch: Int) {
        let disk = FakeDisk()
        let loss = Self.write(disk, .init(maxBytes: 1200, policy: .dropOld), batch: batch)
        let kept = disk.raw
        #expect((Self.lines.map { $0 + "\n" }.joined()).hasSuffix(kept))
        #expect(disk.older.count + disk.current.count <= 1200)
        #expect(kept.utf8.count >= 9 * 10)
        #expect(loss.count == Int64(900 - kept.utf8.count))
        #expect(disk.reports.count == 2)
        #expect(disk.reports.allSatisfy { $0.hasPrefix("the log has reached its limit of 1200 bytes: ") })
        #expect(!loss.isFull)
    }

    @Test("Lines keep their numbers through every cut, and none is left out", arguments: [900, 1200, 3000])
    func numbers(limit: Int64) {
        let disk = FakeDisk()
        var writer = LogWriter(FakeLog(disk: disk), limit: .init(maxBytes: limit, policy: .dropOld))
        var known: [Int: String] = [:]
        for line in Self.lines {
            writer.append(line)
            writer.flush()
            for (number, text) in disk.numberedLines {
                #expect(known[number] ?? text == text)
                known[number] = text
            }
        }
        #expect(known.keys.sorted() == Array(0..<known.count))
        let output = known.sorted { $0.key < $1.key }.map(\.value).filter { $0.hasPrefix("line ") }
        #expect(output == Self.lines)
        #expect(disk.numberedLines.first?.number ?? 0 > 10)
    }

    @Test("Output within the limit is whole, and cut into two parts at most")
    func withinLimit() {
        let disk = FakeDisk()
        let loss = Self.write(disk, .init(maxBytes: 10_000, policy: .dropOld), batch: 1)
        #expect(disk.raw == Self.lines.map { $0 + "\n" }.joined())
        #expect(loss == LogLoss(count: 0, message: nil, isFull: false))
        #expect(disk.reports.isEmpty)
    }

    @Test("A log that cannot be cut keeps what it has")
    func rotationFails() {
        let disk = FakeDisk()
        disk.rotationFault = EACCES
        let loss = Self.write(disk, .init(maxBytes: 980, policy: .dropOld), batch: 1)
        #expect(disk.raw == Self.lines[..<10].map { $0 + "\n" }.joined())
        #expect(disk.reports == ["the log cannot be cut, and what follows is not kept: Permission denied"])
        #expect(loss.count == 810)
    }
}
