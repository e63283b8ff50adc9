import AlmanacRunProtocol
import AlmanacSupervisor
import AlmanacTesting
import Testing

@Suite("Output is cut into lines and loses no byte")
struct LineSplitterTests {
    struct Part: Hashable {
        var isComplete: Bool
        var text: [UInt8]
    }

    /// The parts that come of the chunks, and what was left waiting.
    static func parts(_ chunks: [[UInt8]]) -> (parts: [Part], waiting: Int) {
        var splitter = LineSplitter()
        var parts: [Part] = []
        for chunk in chunks {
            unsafe chunk.withUnsafeBytes { bytes in
                unsafe splitter.split(bytes) { isComplete, text in
                    unsafe parts.append(Part(isComplete: isComplete, text: Array(text)))
                }
            }
        }
        let waiting = splitter.pendingCount
        unsafe splitter.flush { isComplete, text in
            unsafe parts.append(Part(isComplete: isComplete, text: Array(text)))
        }
        return (parts, waiting)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let chunks: [String]
        let parts: [String]
    }

    static let rows = [
        Row(testDescription: "nothing", chunks: ["", ""], parts: []),
        Row(testDescription: "an empty line", chunks: ["\n"], parts: ["F "]),
        Row(testDescription: "whole lines", chunks: ["a\nb\n"], parts: ["F a", "F b"]),
        Row(testDescription: "a line in pieces", chunks: ["a", "b", "c\n"], parts: ["F abc"]),
        Row(testDescription: "no newline at the end", chunks: ["a\nb"], parts: ["F a", "P b"]),
        Row(testDescription: "a newline of its own", chunks: ["ab", "\n", "\n"], parts: ["F ab", "F "]),
    ]

    @Test(arguments: rows)
    func table(row: Row) {
        let parts = Self.parts(row.chunks.map { Array($0.utf8) }).parts
        #expect(parts.map { "\($0.isComplete ? "F" : "P") \(String(decoding: $0.text, as: UTF8.self))" } == row.parts)
    }

    @Test("A line of the longest text stays whole; a byte more makes two", arguments: [0, 1, 5000, 16_384])
    func longestText(firstChunk: Int) {
        let limit = LogLine.textLimit
        for excess in [0, 1] {
            let line = [UInt8](repeating: 0x61, count: limit + excess) + [UInt8(ascii: "\n")]
            let parts = Self.parts([Array(line[..<firstChunk]), Array(line[firstChunk...])]).parts
            #expect(parts.map(\.text.count) == (excess == 0 ? [limit] : [limit, 1]))
            #expect(parts.map(\.isComplete) == (excess == 0 ? [true] : [false, true]))
        }
    }

    @Test("Whatever the chunks are, the parts are the bytes", arguments: 0..<40)
    func property(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let newlines = [0, 1, 30, 250].randomElement(using: &generator)!
        let bytes = (0..<60_000).map { _ in
            Int.random(in: 0..<256, using: &generator) < newlines ? 10 : UInt8.random(in: 0...255, using: &generator)
        }
        var chunks: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = [1, 17, 1000, 16_384, 65_536].randomElement(using: &generator)!
            chunks.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        let (parts, waiting) = Self.parts(chunks)
        #expect(parts.flatMap { $0.text + ($0.isComplete ? [10] : []) } == bytes)
        #expect(parts.allSatisfy { $0.text.count <= LogLine.textLimit && !$0.text.contains(10) })
        #expect(parts.allSatisfy { $0.isComplete || !$0.text.isEmpty })
        #expect(waiting <= LogLine.textLimit)
    }
}
