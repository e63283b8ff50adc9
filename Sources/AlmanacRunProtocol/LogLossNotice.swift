/// What the supervisor tells in the log in the place of output that could not be written, because the disk was full for instance.
package struct LogLossNotice: Hashable, Sendable {
    private static let middle = " bytes of output are lost here: "

    /// The line's text.
    package let text: String

    /// - Parameter reason: in words.
    package init(bytes: Int64, reason: String) {
        text = "\(bytes)\(Self.middle)\(reason)"
    }

    /// The notice of a line; nil where it is none.
    package init?(_ line: LogLine) {
        let text = String(decoding: line.text, as: UTF8.self)
        guard line.stream == .system, let middle = text.firstRange(of: Self.middle),
            Int64(text[..<middle.lowerBound]) != nil
        else { return nil }
        self.text = text
    }
}
