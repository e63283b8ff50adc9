/// Finds where everything stands in a TOML 1.0 text.
///
/// It takes every text that is TOML to its end, in time and space proportional to the text. Of one that is not it
/// checks the structure: keys, headers, brackets, quotes, definitions, the forms of numbers and dates. Ranges, escapes
/// and control characters it leaves to TOMLKit, whose parser relies on that structure without a check: no text that
/// this scanner refuses may come before it.
struct TOMLScanner {
    /// What a text in UTF-8 may begin with.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    let bytes: [UInt8]
    var index = 0
    var outline = TOMLOutline()

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func outline(of bytes: [UInt8]) -> TOMLOutline {
        var scanner = TOMLScanner(bytes)
        do {
            try scanner.scanDocument()
        } catch {
            scanner.outline.stop = error
        }
        return scanner.outline
    }

    // MARK: Lines

    private mutating func scanDocument() throws(TOMLOutline.Stop) {
        if bytes.starts(with: Self.byteOrderMark) { index = Self.byteOrderMark.count }
        var table = TOMLOutline.root
        while true {
            try skipBlankLines()
            guard let byte = current else { return }
            if byte == UInt8(ascii: "[") {
                table = try scanHeader()
            } else {
                try scanKeyValue(into: table)
            }
            try skipRestOfLine()
        }
    }

    /// Reads `[a.b]` or `[[a.b]]`.
    ///
    /// - Returns: the table that the lines below belong to.
    private mutating func scanHeader() throws(TOMLOutline.Stop) -> TOMLOutline.NodeID {
        let start = index
        index += 1
        let isArray = skip("[")
        let path = try scanKey()
        try expect("]")
        if isArray { try expect("]") }

        var parent = TOMLOutline.root
        for part in path.dropLast() {
            if let existing = outline.child(part.name, of: parent) {
                parent = try lastTable(of: existing, at: start)
            } else {
                parent = try outline.add(part.name, to: parent, .table(hasHeader: false), at: start)
            }
        }
        let name = path[path.count - 1].name
        let existing = outline.child(name, of: parent)
        if isArray {
            let array: TOMLOutline.NodeID
            if let existing {
                guard outline[existing].kind == .arrayOfTables else { throw redefinition(of: existing, at: start) }
                array = existing
            } else {
                array = try outline.add(name, to: parent, .arrayOfTables, at: start)
            }
            return try outline.addElement(to: array, .table(hasHeader: true), at: start)
        }
        guard let existing else { return try outline.add(name, to: parent, .table(hasHeader: true), at: start) }
        guard outline[existing].kind == .table(hasHeader: false) else { throw redefinition(of: existing, at: start) }
        outline[existing].kind = .table(hasHeader: true)
        outline[existing].offset = start
        outline[existing].valueOffset = start
        return existing
    }

    /// The table that a step of a header's path leads to: of an array of tables, its last one.
    private func lastTable(of id: TOMLOutline.NodeID, at offset: Int) throws(TOMLOutline.Stop) -> TOMLOutline.NodeID {
        switch outline[id].kind {
        case .table: return id
        case .arrayOfTables:
            guard let last = outline[id].children.last else {
                preconditionFailure("an array of tables came into being without its first element")
            }
            return last
        case .value: throw redefinition(of: id, at: offset)
        }
    }

    mutating func scanKeyValue(into table: TOMLOutline.NodeID) throws(TOMLOutline.Stop) {
        let path = try scanKey()
        try expect("=", "after the key")
        skipBlanks()

        var parent = table
        for part in path.dropLast() {
            if let existing = outline.child(part.name, of: parent) {
                guard case .table = outline[existing].kind else { throw redefinition(of: existing, at: part.offset) }
                parent = existing
            } else {
                parent = try outline.add(part.name, to: parent, .table(hasHeader: false), at: part.offset)
            }
        }
        let part = path[path.count - 1]
        if let existing = outline.child(part.name, of: parent) { throw redefinition(of: existing, at: part.offset) }
        let node = try outline.add(part.name, to: parent, .value, at: part.offset)
        outline[node].valueOffset = index
        try scanValue(of: node)
    }

    private func redefinition(of id: TOMLOutline.NodeID, at offset: Int) -> TOMLOutline.Stop {
        .redefined(offset: offset, first: id)
    }

    // MARK: Keys

    private struct KeyPart {
        let name: String
        let offset: Int
    }

    /// Reads a dotted key of one part or more, and the blanks around it.
    private mutating func scanKey() throws(TOMLOutline.Stop) -> [KeyPart] {
        var parts: [KeyPart] = []
        repeat {
            skipBlanks()
            guard parts.count < TOMLOutline.maximumDepth else { throw .tooDeep(offset: index) }
            parts.append(try scanKeyPart())
            skipBlanks()
        } while skip(".")
        return parts
    }

    private mutating func scanKeyPart() throws(TOMLOutline.Stop) -> KeyPart {
        let start = index
        if let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let string = try scanOneLineString()
            let content = bytes[string.content]
            return KeyPart(name: string.hasEscapes ? unescaped(content) : text(content), offset: start)
        }
        while let byte = current, TOMLKey.isBare(byte) { index += 1 }
        guard index > start else { throw unexpected("a key") }
        return KeyPart(name: text(bytes[start..<index]), offset: start)
    }

    func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Resolves the escapes of a quoted key; one that TOML does not have stands for itself.
    private func unescaped(_ content: ArraySlice<UInt8>) -> String {
        var decoded: [UInt8] = []
        var rest = content
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
                decoded.append(byte)
                continue
            }
            switch letter {
            case UInt8(ascii: "b"): decoded.append(0x08)
            case UInt8(ascii: "t"): decoded.append(0x09)
            case UInt8(ascii: "n"): decoded.append(0x0A)
            case UInt8(ascii: "f"): decoded.append(0x0C)
            case UInt8(ascii: "r"): decoded.append(0x0D)
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                let digits = rest.prefix(letter == UInt8(ascii: "u") ? 4 : 8)
                rest = rest.dropFirst(digits.count)
                let scalar = UInt32(text(digits), radix: 16).flatMap(Unicode.Scalar.init)
                decoded += Array(String(scalar ?? "\u{FFFD}").utf8)
            default: decoded.append(letter)
            }
        }
        return text(decoded[...])
    }

    // MARK: Bytes

    /// The byte that comes next; nil at the end.
    var current: UInt8? {
        index < bytes.count ? bytes[index] : nil
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        index += 1
        return true
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skip(UInt8(ascii: character))
    }

    mutating func expect(_ character: Unicode.Scalar, _ place: String? = nil) throws(TOMLOutline.Stop) {
        guard skip(character) else { throw unexpected("\"\(character)\"" + (place.map { " \($0)" } ?? "")) }
    }

    /// The stop at a place that holds something else than what has to be there.
    func unexpected(_ expectation: String) -> TOMLOutline.Stop {
        let found =
            switch current {
            case nil: "the end of the file"
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): "the end of the line"
            default:
                Quotation(text(bytes[index...].prefix(4)).unicodeScalars.first.map { String($0) } ?? "").description
            }
        return .malformed(offset: index, message: "expected \(expectation), found \(found)")
    }

    mutating func skipBlanks() {
        while let byte = current, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { index += 1 }
    }

    /// Passes over blanks, comments and line ends.
    mutating func skipBlankLines() throws(TOMLOutline.Stop) {
        while true {
            skipBlanks()
            if skipComment() { continue }
            guard try skipLineEnd() else { return }
        }
    }

    /// Passes over what may follow a header or a value in its line.
    private mutating func skipRestOfLine() throws(TOMLOutline.Stop) {
        skipBlanks()
        if skipComment() || current == nil { return }
        guard try skipLineEnd() else { throw unexpected("the end of the line") }
    }

    /// Passes over a comment, up to the end of its line.
    private mutating func skipComment() -> Bool {
        guard skip("#") else { return false }
        while let byte = current, byte != UInt8(ascii: "\n") { index += 1 }
        return true
    }

    private mutating func skipLineEnd() throws(TOMLOutline.Stop) -> Bool {
        if skip("\n") { return true }
        guard skip("\r") else { return false }
        guard skip("\n") else { throw unexpected("a line feed after the carriage return") }
        return true
    }
}
