import AlmanacRunProtocol
import AlmanacTesting
import Glibc
import Testing

@Suite("A time stamp is RFC 3339 in UTC with nine digits")
struct UTCTimestampTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let nanoseconds: Int64
        let text: String
        var testDescription: String { text }
    }

    static let rows = [
        Row(nanoseconds: 0, text: "1970-01-01T00:00:00.000000000Z"),
        Row(nanoseconds: -1, text: "1969-12-31T23:59:59.999999999Z"),
        Row(nanoseconds: 951_827_696_000_000_007, text: "2000-02-29T12:34:56.000000007Z"),
        Row(nanoseconds: 1_774_746_000_123_456_789, text: "2026-03-29T01:00:00.123456789Z"),
        Row(nanoseconds: 4_107_542_399_000_000_000, text: "2100-02-28T23:59:59.000000000Z"),
        Row(nanoseconds: 4_107_542_400_000_000_000, text: "2100-03-01T00:00:00.000000000Z"),
        Row(nanoseconds: .max, text: "2262-04-11T23:47:16.854775807Z"),
        Row(nanoseconds: .min, text: "1677-09-21T00:12:43.145224192Z"),
    ]

    @Test(arguments: rows)
    func bothWays(row: Row) {
        #expect(String(decoding: UTCTimestamp.bytes(nanosecondsSinceEpoch: row.nanoseconds), as: UTF8.self) == row.text)
        #expect(UTCTimestamp.nanosecondsSinceEpoch(row.text.utf8) == row.nanoseconds)
    }

    @Test("Every day of 600 years has the date that the C library gives it")
    func differential() {
        for day in stride(from: -106_000, through: 106_000, by: 1) {
            var seconds = time_t(day) * 86_400 + 3723
            var civil = unsafe tm()
            unsafe gmtime_r(&seconds, &civil)
            let date = unsafe (Int(civil.tm_year) + 1900, Int(civil.tm_mon) + 1, Int(civil.tm_mday))
            let bytes = UTCTimestamp.bytes(nanosecondsSinceEpoch: Int64(seconds) * 1_000_000_000)
            let digits = bytes.map { Int($0) - 48 }
            let matches =
                digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3] == date.0
                && digits[5] * 10 + digits[6] == date.1
                && digits[8] * 10 + digits[9] == date.2
                && UTCTimestamp.nanosecondsSinceEpoch(bytes) == Int64(seconds) * 1_000_000_000
            if !matches { Issue.record("day \(day): \(String(decoding: bytes, as: UTF8.self))") }
        }
    }

    @Test(arguments: [
        "", "2026-03-29T01:00:00Z", "2026-03-29 01:00:00.123456789Z", "2026-13-29T01:00:00.123456789Z",
        "2026-03-29T24:00:00.123456789Z", "2026-03-29T01:00:00.12345678xZ", "2262-04-11T23:47:16.854775808Z",
        "1677-09-21T00:12:43.145224191Z", "9999-12-31T23:59:59.999999999Z", "2026-03-29T01:00:00.123456789z",
    ])
    func refuses(text: String) {
        #expect(UTCTimestamp.nanosecondsSinceEpoch(text.utf8) == nil)
    }
}

@Suite("A log gives back the command's bytes")
struct LogTests {
    static let log = """
        2026-03-29T01:00:00.123456789Z stdout F hello
        2026-03-29T01:00:00.123456789Z system F not the command's
        2026-03-29T01:00:01.000000000Z stderr P no new
        2026-03-29T01:00:02.000000000Z stderr F line
        2026-03-29T01:00:02.000000000Z stdout F 
        2026-03-29T01:00:03.000000000Z stdout P  two  spaces 

        """
    static let raw = "hello\nno newline\n\n two  spaces "

    static func encode(_ lines: [LogLine]) -> [UInt8] {
        var encoder = LogLineEncoder(capacity: 1 << 20)
        for line in lines {
            encoder.setTime(nanosecondsSinceEpoch: line.nanosecondsSinceEpoch)
            let appended = unsafe line.text.withUnsafeBytes { text in
                unsafe encoder.append(line.stream, isComplete: line.isComplete, text: text)
            }
            #expect(appended)
        }
        return unsafe Array(encoder.bytes)
    }

    static func lines(of log: [UInt8], chunk: Int) -> (lines: [LogLine], decoder: LogLineDecoder) {
        var decoder = LogLineDecoder()
        var lines: [LogLine] = []
        for start in stride(from: 0, to: log.count, by: chunk) {
            decoder.decode(log[start..<min(start + chunk, log.count)]) { lines.append($0) }
        }
        return (lines, decoder)
    }

    static func raw(of log: [UInt8], chunk: Int) -> [UInt8] {
        var decoder = LogDecoder()
        var raw: [UInt8] = []
        for start in stride(from: 0, to: log.count, by: chunk) {
            decoder.decode(log[start..<min(start + chunk, log.count)], into: &raw)
        }
        return raw
    }

    @Test(arguments: [1, 2, 3, 7, 31, 40, 41, 42, 1000])
    func inPiecesOfAnySize(chunk: Int) {
        let bytes = Array(Self.log.utf8)
        #expect(String(decoding: Self.raw(of: bytes, chunk: chunk), as: UTF8.self) == Self.raw)
        let (lines, decoder) = Self.lines(of: bytes, chunk: chunk)
        #expect(lines.count == 6)
        #expect(!decoder.hasTornLine)
        #expect(decoder.damagedLines == 0)
        #expect(Self.encode(lines) == bytes)
    }

    @Test("A torn last line gives the text that is there, and the rest when it comes")
    func tornLine() {
        let bytes = Array(Self.log.utf8)
        var wholePrefixes = 0
        for length in 0...bytes.count {
            var decoder = LogDecoder()
            var raw: [UInt8] = []
            decoder.decode(bytes[..<length], into: &raw)
            #expect(Array(Self.raw.utf8).starts(with: raw))
            if decoder.isAtLineStart { wholePrefixes += 1 }
            decoder.decode(bytes[length...], into: &raw)
            #expect(raw == Array(Self.raw.utf8))
        }
        #expect(wholePrefixes == 7)
    }

    @Test("Any bytes come back through the lines that hold them")
    func anyBytes() {
        var generator = SeededGenerator(seed: 7)
        var lines: [LogLine] = []
        var expected: [UInt8] = []
        for index in 0..<500 {
            let length = [0, 1, 3, 40, 1000].randomElement(using: &generator)!
            var text = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            text.removeAll { $0 == UInt8(ascii: "\n") }
            let stream = LogStream.allCases.randomElement(using: &generator)!
            let isComplete = Bool.random(using: &generator)
            lines.append(
                LogLine(nanosecondsSinceEpoch: Int64(index), stream: stream, isComplete: isComplete, text: text)
            )
            if stream != .system { expected += text + (isComplete ? [UInt8(ascii: "\n")] : []) }
        }
        let log = Self.encode(lines)
        for chunk in [1, 13, 4096, log.count] {
            #expect(Self.raw(of: log, chunk: chunk) == expected)
            #expect(Self.lines(of: log, chunk: chunk).lines == lines)
        }
    }

    @Test(
        "What is no line of a log is passed over",
        arguments: [
            "", "hello", "2026-03-29T01:00:00.123456789Z stdout", "2026-03-29T01:00:00.123456789Z stdout X text",
            "2026-03-29T01:00:00.123456789Z stdin F text", "2026-03-29T01:00:00.123456789Z  F text", "a b c d e",
            "2026-03-29T01:00:00.123456789Z stdout FF text", String(repeating: "x", count: 5000),
        ]
    )
    func foreignLine(line: String) {
        let good = Array("2026-03-29T01:00:00.123456789Z stdout F good\n".utf8)
        let log = good + Array("\(line)\n".utf8) + good
        for chunk in [1, log.count] {
            #expect(String(decoding: Self.raw(of: log, chunk: chunk), as: UTF8.self) == "good\ngood\n")
            let (lines, decoder) = Self.lines(of: log, chunk: chunk)
            #expect(lines.map(\.text) == [Array("good".utf8), Array("good".utf8)])
            #expect(decoder.damagedLines == 1)
        }
    }

    @Test("A line without an end does not make the decoder grow for ever")
    func endlessLine() {
        var decoder = LogLineDecoder()
        let piece = [UInt8](repeating: 0x78, count: 100_000)
        for _ in 0..<50 { decoder.decode(piece) { _ in Issue.record("no line has ended") } }
        #expect(decoder.hasTornLine)
        var lines: [LogLine] = []
        decoder.decode(Array("\n2026-03-29T01:00:00.123456789Z stdout F good\n".utf8)) { lines.append($0) }
        #expect(lines.count == 1)
        #expect(decoder.damagedLines == 1)
    }

    @Test("An encoder without room takes nothing of a line")
    func fullBuffer() {
        var encoder = LogLineEncoder(capacity: 20_000)
        let text = [UInt8](repeating: 0x61, count: 15_000)
        unsafe text.withUnsafeBytes { text in
            #expect(unsafe encoder.append(.stdout, isComplete: true, text: text))
            #expect(encoder.count == LogLineEncoder.size(textCount: 15_000))
            #expect(unsafe !encoder.append(.stdout, isComplete: true, text: text))
            #expect(encoder.count == 15_041)
            encoder.removeFirst(15_000)
            #expect(unsafe Array(encoder.bytes) == [UInt8](repeating: 0x61, count: 40) + [UInt8(ascii: "\n")])
            #expect(unsafe encoder.append(.stdout, isComplete: true, text: text))
        }
    }
}
