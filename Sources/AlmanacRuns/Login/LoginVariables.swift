package import AlmanacRunProtocol

/// The grammar of /etc/environment, as pam_env(8) of Debian 12 reads it, its peculiarities included.
///
/// - A line ends at its first `#`, within quotes too; what is before it counts without the blanks in front.
/// - A line that ends with a backslash goes on with the next one that is not blank and no comment. The backslash goes, the blanks in front of the
///   next line too unless another follows it.
/// - `export ` in front of the name is left out. A name is letters, digits and underscores; lines with another are passed over.
/// - A value that begins with a quote loses it, and loses a quote at its end; those within stay. Nothing is escaped or expanded.
/// - A name alone removes the variable.
/// - A line that is too long or has a NUL in it, and a last one that ends with a backslash, end the file.
package enum LoginVariables {
    /// The longest line, continued ones together, in bytes.
    private static let lineLimit = 8192

    /// Applies the bytes of a file to what there is.
    package static func apply(_ bytes: [UInt8], to variables: inout [String: ByteString]) {
        var lines = PhysicalLines(bytes)
        while let line = logicalLine(&lines) {
            guard let (name, value) = assignment(line) else { continue }
            variables[name] = value
        }
    }

    /// The next line, continued where a backslash says so; nil at the end, and where it is too long or cut off.
    private static func logicalLine(_ lines: inout PhysicalLines) -> [UInt8]? {
        var line: [UInt8] = []
        while let physical = lines.next() {
            guard line.count + physical.count < lineLimit, !physical.contains(0) else { return nil }
            // Blanks in front are a part of what goes on, and not of what begins.
            let text = physical.drop(while: isBlank)
            guard let first = text.first, first != hash else { continue }
            if let comment = text.firstIndex(of: hash) {
                line += line.isEmpty ? text[..<comment] : physical[..<comment]
                return line
            }
            let piece = line.isEmpty ? text : physical
            let end = text.lastIndex { !isBlank($0) } ?? text.startIndex
            guard text[end] == backslash else {
                return line + piece
            }
            line += piece[..<end]
        }
        return nil
    }

    /// What a line sets; a nil value removes. Nil for a line that says nothing.
    private static func assignment(_ line: [UInt8]) -> (name: String, value: ByteString?)? {
        var rest = line.drop(while: isBlank)
        let export = Array("export ".utf8)
        if rest.starts(with: export) { rest = rest.dropFirst(export.count) }
        rest = rest.prefix { $0 != newline }
        let name = rest.prefix { $0 != equals }
        guard !name.isEmpty, name.allSatisfy(isNamePart) else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        guard name.endIndex < rest.endIndex else { return (text, nil) }
        let value = rest[(name.endIndex + 1)...]
        guard let quote = value.first, isQuote(quote) else { return (text, ByteString(bytes: Array(value))) }
        var unquoted = value.dropFirst()
        if let last = unquoted.last, isQuote(last) { unquoted = unquoted.dropLast() }
        return (text, ByteString(bytes: Array(unquoted)))
    }

    private static let hash = UInt8(ascii: "#")
    private static let backslash = UInt8(ascii: "\\")
    private static let newline = UInt8(ascii: "\n")
    private static let equals = UInt8(ascii: "=")

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == newline
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// The lines of a file as they stand, each with its newline.
private struct PhysicalLines {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[..<end]
    }
}
