/// Gives back the bytes that the command wrote, from the log, in pieces of any size.
///
/// The supervisor's own lines are left out. A last line that is not whole yet gives what is there of its text. What is not a line of a log is passed over.
///
///     var decoder = LogDecoder()
///     var raw: [UInt8] = []
///     decoder.decode(Array("2026-03-29T01:00:00.000000000Z stdout F hello\n".utf8), into: &raw)
///     // raw is "hello\n"
package struct LogDecoder: Sendable {
    private enum Position {
        /// Within the bytes in front of a text; those read so far wait in `header`.
        case header
        case text(LogStream, isComplete: Bool)
        /// Within a line that is none of a log.
        case unknown
    }

    private var position = Position.header
    private var header: [UInt8] = []

    package init() {}

    /// Whether all of the bytes so far are whole lines.
    package var isAtLineStart: Bool {
        if case .header = position { header.isEmpty } else { false }
    }

    /// Appends to `raw` what the command wrote of the next bytes of the log.
    package mutating func decode(_ chunk: some Collection<UInt8>, into raw: inout [UInt8]) {
        decode(chunk) { stream, bytes in
            if stream != .system { raw.append(contentsOf: bytes) }
        }
    }

    /// Calls `body` with the pieces of the output in order, of which `stream` wrote each; the newline after a complete line is among them.
    package mutating func decode(_ chunk: some Collection<UInt8>, body: (LogStream, ArraySlice<UInt8>) -> Void) {
        var rest = ArraySlice(chunk)
        while !rest.isEmpty {
            switch position {
            case .header:
                readHeader(&rest)
            case .text(let stream, let isComplete):
                let newline = rest.firstIndex(of: UInt8(ascii: "\n"))
                guard let newline else {
                    body(stream, rest)
                    return
                }
                let end = isComplete ? newline + 1 : newline
                if end > rest.startIndex { body(stream, rest[..<end]) }
                rest = rest[(newline + 1)...]
                position = .header
            case .unknown:
                guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else { return }
                rest = rest[(newline + 1)...]
                position = .header
            }
        }
    }

    /// Takes a header, or what there is of it, from the front of `rest`.
    private mutating func readHeader(_ rest: inout ArraySlice<UInt8>) {
        let piece = rest.prefix(LogLine.headerLength - header.count)
        if let newline = piece.firstIndex(of: UInt8(ascii: "\n")) {
            // Too short to be a line of a log.
            header.removeAll(keepingCapacity: true)
            rest = rest[(newline + 1)...]
            return
        }
        rest = rest.dropFirst(piece.count)
        let found: LogLineHeader?
        if piece.count == LogLine.headerLength {
            found = LogLineHeader(piece)
        } else {
            header += piece
            guard header.count == LogLine.headerLength else { return }
            found = LogLineHeader(header[...])
            header.removeAll(keepingCapacity: true)
        }
        position = found.map { .text($0.stream, isComplete: $0.isComplete) } ?? .unknown
    }
}
