/// Writes JSON straight to bytes, in the form that `WireCoding.encode` gives it.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member or element is the first of what it is in.
    private var isFirst = true

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// An object; its members are to be written in the order of their names.
    mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        try members(&self)
        bytes.append(UInt8(ascii: "}"))
        isFirst = false
    }

    mutating func array<Element>(
        _ elements: [Element],
        _ write: (inout JSONWriter, Element) throws -> Void
    ) rethrows {
        bytes.append(UInt8(ascii: "["))
        isFirst = true
        for element in elements {
            separate()
            try write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
        isFirst = false
    }

    /// A member's name; its value comes next.
    mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { text in unsafe bytes.append(contentsOf: text) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func member(_ name: StaticString, _ value: String?) throws {
        guard let value else { return }
        self.name(name)
        if value.utf8.allSatisfy(Self.isPlain) {
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: value.utf8)
            bytes.append(UInt8(ascii: "\""))
        } else {
            bytes += try WireCoding.encodeGenerally(value)
        }
    }

    mutating func member(_ name: StaticString, _ value: Int64?) {
        guard let value else { return }
        self.name(name)
        bytes.append(contentsOf: value.description.utf8)
    }

    mutating func member(_ name: StaticString, _ value: Double?) throws {
        guard let value else { return }
        guard value.isFinite else {
            try member(name, general: value)
            return
        }
        self.name(name)
        let text = value.description.utf8
        bytes.append(contentsOf: text.suffix(2).elementsEqual(".0".utf8) ? text.dropLast(2) : text[...])
    }

    mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        self.name(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Anything else, the slow way.
    mutating func member(_ name: StaticString, general value: (some Encodable)?) throws {
        guard let value else { return }
        self.name(name)
        bytes += try WireCoding.encodeGenerally(value)
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    /// Whether a byte stands for itself within a string, whatever is around it.
    private static func isPlain(_ byte: UInt8) -> Bool {
        0x20..<0x7F ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}

/// What writes itself, since it is asked for often and in numbers.
protocol JSONWritable: Encodable {
    /// About how many bytes it comes to.
    var jsonSize: Int { get }

    /// Writes what `JSONEncoder` would.
    func write(to writer: inout JSONWriter) throws
}
