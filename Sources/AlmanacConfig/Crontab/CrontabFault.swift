/// Why a line of a crontab is not taken: what was found, what was expected, and what to do.
struct CrontabFault: Error, Hashable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// The bytes that mean something in a crontab.
enum CrontabByte {
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    /// What stands between the fields of a line: cron knows no other blanks there.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// What isspace(3) says of a byte, which goes for the lines that set variables.
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    /// The beginning of some text of a crontab in quotes, for a message.
    static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
        // Enough for what a quotation shows, whatever the characters.
        "\(Quotation(String(decoding: bytes.prefix(4 * Quotation.limit + 4), as: UTF8.self)))"
    }
}
