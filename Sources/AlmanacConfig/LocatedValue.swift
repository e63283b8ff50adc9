import TOMLKit

/// A value of the file, and where it stands.
struct LocatedValue {
    enum Content {
        case string(String)
        case integer(Int)
        case float(Double)
        case boolean(Bool)
        /// One of TOML's dates and times, which no key takes.
        case date
        case array(TOMLArray)
        case table(TOMLTable)
    }

    private(set) var content: Content
    /// The byte at which it begins; nil where the outline does not know.
    let offset: Int?
    /// Its place in the outline; nil where the outline does not know it.
    let node: TOMLOutline.NodeID?
    /// The bytes of the text that are its value as they stand.
    private var plainText: ArraySlice<UInt8>?
    /// A string as the file has it, where placeholders in it have been replaced.
    private var written: String?
    /// Whether it is a secret, of which no message shows anything.
    var isSecret = false

    init(_ value: any TOMLValueConvertible, node: TOMLOutline.NodeID?, document: TOMLDocument) {
        self.node = node
        let place = node.map { document.outline[$0] }
        offset = place?.valueOffset
        plainText = place?.plainText.map { document.bytes[$0] }
        switch value.type {
        case .string:
            // TOMLKit gives a string as a copy that it never frees: take the file's own text where it is the value.
            content = .string(plainText.map { String(decoding: $0, as: UTF8.self) } ?? value.string ?? "")
        case .int: content = .integer(value.int ?? 0)
        case .double: content = .float(value.double ?? 0)
        case .bool: content = .boolean(value.bool ?? false)
        case .date, .time, .dateTime: content = .date
        case .array: content = .array(value.array ?? TOMLArray())
        case .table: content = .table(value.table ?? TOMLTable())
        }
    }

    /// The same string with its placeholders replaced.
    func replaced(by text: String) -> LocatedValue {
        guard case .string(let written) = content else { preconditionFailure("placeholders outside of a string") }
        var value = self
        value.content = .string(text)
        value.written = written
        value.plainText = nil
        return value
    }

    /// Whether a message may not show its text: it is a secret, or comes from the environment or another file.
    var isConcealed: Bool { isSecret || written != nil }

    /// Where a code point of a string stands in the file.
    ///
    /// - Parameter column: from 1.
    /// - Returns: the byte; that of the whole value where the string is not written as it reads: over several lines,
    ///   with escapes or with placeholders.
    func offset(ofColumn column: Int) -> Int? {
        guard let plainText else { return offset }
        var remaining = column - 1
        for (index, byte) in zip(plainText.indices, plainText) where byte & 0xC0 != 0x80 {
            if remaining == 0 { return index }
            remaining -= 1
        }
        return plainText.endIndex
    }

    /// What was found, for a fault: `the string "5"`, `the number 5`, `a table`.
    var found: String {
        if isSecret { return foundSecret }
        if let written { return "the value of \(Quotation(written))" }
        return switch content {
        case .string(let text): text.isEmpty ? "an empty string" : "the string \(Quotation(text))"
        case .integer(let number): "the number \(number)"
        case .float(let number): "the number \(number)"
        case .boolean(let value): "\(value)"
        case .date: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }

    private var foundSecret: String {
        switch content {
        case .string(let text): text.isEmpty ? "an empty string" : "a string"
        case .integer, .float: "a number"
        case .boolean: "a boolean"
        case .date: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }

    /// The fault of a value that is of the wrong type or out of range.
    ///
    /// - Parameter advice: what to do; left out where it may tell more of the value than a message may show.
    func mismatch(_ expectation: String, advice: String? = nil) -> ValueFault {
        let advice = isConcealed ? nil : advice
        return ValueFault("expected \(expectation), found \(found)\(advice.map { "; \($0)" } ?? "")", at: offset)
    }
}

/// What is wrong with a value.
struct ValueFault: Error {
    let message: String
    let offset: Int?

    init(_ message: String, at offset: Int?) {
        self.message = message
        self.offset = offset
    }
}

/// Text from the file in quotes, as a message shows it: on one line, and of a bearable length.
struct Quotation: CustomStringConvertible {
    /// How many characters are shown.
    static let limit = 60

    private let text: String

    init(_ text: String) {
        self.text = text
    }

    var description: String {
        var shown = ""
        for scalar in text.prefix(Self.limit).unicodeScalars {
            shown += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return text.count > Self.limit ? #""\#(shown)..."# + "\"" : "\"\(shown)\""
    }
}
