/// Where a line of the log comes from. All names have six letters, so that the text of every line begins at the same place.
package enum LogStream: String, Hashable, Sendable, CaseIterable {
    case stdout
    case stderr
    /// The supervisor itself.
    case system
}

/// One line of a run's log in the CRI format: `2026-03-29T01:00:00.123456789Z stdout F text`, then a newline.
///
/// The flag is `F` where the command wrote a newline after the text, and `P` where it did not, or not yet: a long line, one that stood without its
/// newline for a while, or one that the other stream cut in two. The text is any bytes but a newline.
package struct LogLine: Hashable, Sendable {
    /// The most text that a writer puts into one line, in bytes: what a shipper of container logs expects.
    package static let textLimit = 16 << 10
    /// The bytes in front of the text: time, a space, the stream, a space, the flag, a space.
    package static let headerLength = UTCTimestamp.length + 1 + 6 + 1 + 1 + 1

    /// When the text was read from the command, in nanoseconds since 1970 in UTC.
    package var nanosecondsSinceEpoch: Int64
    package var stream: LogStream
    /// Whether a newline followed the text.
    package var isComplete: Bool
    package var text: [UInt8]

    package init(nanosecondsSinceEpoch: Int64, stream: LogStream, isComplete: Bool, text: [UInt8]) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
        self.stream = stream
        self.isComplete = isComplete
        self.text = text
    }
}

/// What stands in front of the text of a log line, without the time.
package struct LogLineHeader: Hashable, Sendable {
    package var stream: LogStream
    /// Whether a newline follows the text.
    package var isComplete: Bool

    package init(stream: LogStream, isComplete: Bool) {
        self.stream = stream
        self.isComplete = isComplete
    }

    /// Reads the header of a physical line, which is all of `bytes`; nil where it is none.
    package init?(_ bytes: ArraySlice<UInt8>) {
        self.init(bytes.span)
    }

    /// The same, of bytes that lie somewhere. Whoever counts the lines of a log comes through here with each of them.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == LogLine.headerLength else { return nil }
        let name = UTCTimestamp.length + 1
        let flag = LogLine.headerLength - 2
        let space = UInt8(ascii: " ")
        guard bytes[name - 1] == space, bytes[flag - 1] == space, bytes[flag + 1] == space else { return nil }
        switch bytes[flag] {
        case UInt8(ascii: "F"): isComplete = true
        case UInt8(ascii: "P"): isComplete = false
        default: return nil
        }
        var letters: UInt64 = 0
        for index in name..<flag - 1 { letters = letters << 8 | UInt64(bytes[index]) }
        switch letters {
        case 0x73_74_64_6F_75_74: stream = .stdout
        case 0x73_74_64_65_72_72: stream = .stderr
        case 0x73_79_73_74_65_6D: stream = .system
        default: return nil
        }
    }
}
