import Testing

@testable import AlmanacCommands

@Suite("Request lines are read one by one, and no line can grow without bound")
struct RequestLinesTests {
    private func lines(of text: String) throws -> [RequestLines.Line] {
        let file = ScratchFile(text)
        var lines = RequestLines(descriptor: file.descriptor)
        var result: [RequestLines.Line] = []
        while let line = try lines.next() { result.append(line) }
        return result
    }

    @Test(
        "lines end at newlines",
        arguments: [
            ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n", [""]), ("\n\na\n", ["", "", "a"]),
            ("a\r\n", ["a\r"]),
        ] as [(String, [String])]
    )
    func splitting(text: String, expected: [String]) throws {
        #expect(try lines(of: text) == expected.map { .whole(Array($0.utf8)) })
    }

    /// A file of lines made of one letter, told by their lengths alone.
    struct LongLines: CustomTestStringConvertible {
        /// How far each line's length is from the limit.
        let excess: [Int]
        let endsInNewline: Bool
        let isTooLong: [Bool]

        var testDescription: String { "\(excess)\(endsInNewline ? "" : ", the last one without a newline")" }
    }

    @Test(
        "a line of the limit is whole, and one more byte is too long, wherever it stands",
        arguments: [
            LongLines(excess: [0], endsInNewline: true, isTooLong: [false]),
            LongLines(excess: [0], endsInNewline: false, isTooLong: [false]),
            LongLines(excess: [1], endsInNewline: true, isTooLong: [true]),
            LongLines(excess: [1], endsInNewline: false, isTooLong: [true]),
            LongLines(excess: [1, 0, -1, 1], endsInNewline: true, isTooLong: [true, false, false, true]),
            LongLines(excess: [2 * RequestLines.maximumLength, 0], endsInNewline: false, isTooLong: [true, false]),
        ]
    )
    func limit(long: LongLines) throws {
        let lengths = long.excess.map { RequestLines.maximumLength + $0 }
        let text = lengths.map { String(repeating: "x", count: $0) }.joined(separator: "\n")
        let found = try lines(of: text + (long.endsInNewline ? "\n" : ""))
        #expect(found.map { $0 == .tooLong } == long.isTooLong)
        for (line, length) in zip(found, lengths) {
            if case .whole(let bytes) = line { #expect(bytes.count == length) }
        }
    }
}
