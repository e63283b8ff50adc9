/// What the supervisor tells in the log where the command itself has ended and the run goes on with what it has left behind.
package struct CommandEndNotice: Hashable, Sendable {
    /// As a shell gives it.
    package var exitCode: Int32

    package init(exitCode: Int32) {
        self.exitCode = exitCode
    }

    /// The line's text.
    package var text: String {
        "the command has ended with exit code \(exitCode); the run goes on with the processes that it left behind"
    }

    /// The notice of a line; nil where it is none.
    package init?(_ line: LogLine) {
        guard line.stream == .system else { return nil }
        let text = String(decoding: line.text, as: UTF8.self)
        guard let exitCode = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).compactMap({ Int32($0) }).first
        else { return nil }
        self.exitCode = exitCode
        if self.text != text { return nil }
    }
}
