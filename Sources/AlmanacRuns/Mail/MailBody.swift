import AlmanacRunProtocol

/// What the command has printed, from its log: its bytes as they came, of both streams.
///
/// The supervisor's own lines are left out, but for those that tell where the log is cut: in their place stands one line. As cron sends
/// it, it has nothing of what is printed after the command itself has ended, by a process that it has left behind.
package struct MailBody: Sendable {
    private var decoder = LogDecoder()
    private var systemLine: [UInt8] = []
    private var isAtLineStart = true

    /// Whether the command has printed something, as far as the log has been decoded.
    package private(set) var hasOutput = false

    private let endsWithCommand: Bool
    /// Whether there is nothing more to come, whatever the log has.
    package private(set) var isComplete = false

    /// - Parameter endsWithCommand: whether what comes after the command's own end is left out.
    package init(endsWithCommand: Bool = false) {
        self.endsWithCommand = endsWithCommand
    }

    /// Appends what the next bytes of the log bring.
    package mutating func decode(_ chunk: some Collection<UInt8>, into body: inout [UInt8]) {
        // Taken out, for the closure changes the rest.
        var decoder = decoder
        decoder.decode(chunk) { stream, bytes in
            if isComplete { return }
            if stream == .system {
                takeSystem(bytes, into: &body)
            } else {
                hasOutput = true
                isAtLineStart = bytes.last == UInt8(ascii: "\n")
                body.append(contentsOf: bytes)
            }
        }
        self.decoder = decoder
    }

    private mutating func takeSystem(_ bytes: ArraySlice<UInt8>, into body: inout [UInt8]) {
        // No notice is longer; the rest of such a line is dropped.
        if systemLine.count < 1 << 12 { systemLine += bytes }
        guard bytes.last == UInt8(ascii: "\n") else { return }
        let line = LogLine(
            nanosecondsSinceEpoch: 0,
            stream: .system,
            isComplete: true,
            text: Array(systemLine.dropLast())
        )
        systemLine = []
        if endsWithCommand, CommandEndNotice(line) != nil { isComplete = true }
        guard let notice = LogLimitNotice(line)?.text ?? LogLossNotice(line)?.text else { return }
        hasOutput = true
        if !isAtLineStart { body.append(UInt8(ascii: "\n")) }
        body.append(contentsOf: "[\(notice)]\n".utf8)
        isAtLineStart = true
    }
}
