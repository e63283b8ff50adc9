/// What cron makes of the last part of a line (do_command.c of 3.0pl1): the command, and what it reads.
struct CrontabCommand {
    /// Up to the first `%` without a backslash before it; `\%` and `\\` have become `%` and `\`.
    let command: [UInt8]
    /// What follows that `%`, with each further one as a newline and `\%` as `%`; it ends in a newline. Empty where the command reads nothing.
    let standardInput: [UInt8]

    private static let percent = UInt8(ascii: "%")
    private static let backslash = UInt8(ascii: "\\")

    init(_ text: ArraySlice<UInt8>) {
        var command: [UInt8] = []
        var isEscaped = false
        var end = text.endIndex
        for (index, byte) in zip(text.indices, text) {
            if isEscaped {
                if byte == Self.percent || byte == Self.backslash { command.removeLast() }
                isEscaped = false
            } else if byte == Self.percent {
                end = index
                break
            } else {
                isEscaped = byte == Self.backslash
            }
            command.append(byte)
        }
        self.command = command
        standardInput = Self.input(text[end...].dropFirst())
    }

    private static func input(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var input: [UInt8] = []
        var isEscaped = false
        var needsNewline = false
        for byte in text {
            if isEscaped, byte != percent { input.append(backslash) }
            let written = byte == percent && !isEscaped ? CrontabByte.newline : byte
            isEscaped = byte == backslash
            if !isEscaped {
                input.append(written)
                needsNewline = written != CrontabByte.newline
            }
        }
        if isEscaped { input.append(backslash) }
        if needsNewline { input.append(CrontabByte.newline) }
        return input
    }
}
