/// The text form that all files of a run's folder share: a line with format and version, then records whose values have their length in front.
///
///     almanac-run-spec 1
///     argv 7
///     /bin/sh
///     argv 2
///     -c
///     end
///
/// A record is `KEY LENGTH`, a newline, LENGTH bytes of any kind, a newline. A key may come several times. `end` closes the file, so that a truncated one
/// shows. A reader ignores keys that it does not know: a later release may add keys within a version, and takes a new version when an old reader
/// would do the wrong thing without them.
package struct RunRecords: Equatable {
    package private(set) var records: [(key: String, value: [UInt8])] = []

    package static func == (left: RunRecords, right: RunRecords) -> Bool {
        left.records.elementsEqual(right.records) { $0.key == $1.key && $0.value == $1.value }
    }

    // MARK: Writing

    package mutating func append(_ key: String, _ value: [UInt8]) {
        records.append((key, value))
    }

    package mutating func append(_ key: String, _ text: String) {
        append(key, Array(text.utf8))
    }

    package mutating func append(_ key: String, _ number: some BinaryInteger) {
        append(key, String(number))
    }

    /// Appends a record unless there is no value.
    package mutating func append(_ key: String, ifPresent number: (some BinaryInteger)?) {
        if let number { append(key, number) }
    }

    package mutating func append(_ key: String, ifPresent text: String?) {
        if let text { append(key, text) }
    }

    package func encoded(format: String, version: Int) -> [UInt8] {
        var bytes = Array("\(format) \(version)\n".utf8)
        for (key, value) in records {
            bytes.append(contentsOf: "\(key) \(value.count)\n".utf8)
            bytes.append(contentsOf: value)
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes.append(contentsOf: "end\n".utf8)
        return bytes
    }

    // MARK: Reading

    package init() {}

    package init(decoding bytes: [UInt8], format: String, version: Int) throws(RunFormatError) {
        var reader = RecordReader(bytes: bytes)
        guard let header = reader.line(limit: 80), header.hasPrefix(format + " ") else {
            throw .otherFormat(expected: "\(format) \(version)")
        }
        let found = String(header.dropFirst(format.utf8.count + 1))
        guard found == String(version) else {
            throw .unknownVersion(format: format, found: found, known: version)
        }
        while let record = try reader.record() {
            records.append(record)
        }
    }

    package func value(_ key: String) -> [UInt8]? {
        records.first { $0.key == key }?.value
    }

    package func values(_ key: String) -> [[UInt8]] {
        records.filter { $0.key == key }.map(\.value)
    }

    package func text(_ key: String) -> String? {
        value(key).map { String(decoding: $0, as: UTF8.self) }
    }

    package func integer<Integer: FixedWidthInteger>(_ key: String) throws(RunFormatError) -> Integer? {
        guard let value = value(key) else { return nil }
        return try Self.integer(value, key)
    }

    package func integers<Integer: FixedWidthInteger>(_ key: String) throws(RunFormatError) -> [Integer] {
        var numbers: [Integer] = []
        for value in values(key) { numbers.append(try Self.integer(value, key)) }
        return numbers
    }

    /// `value`, which the field `key` must have.
    package func require<Value>(_ value: Value?, _ key: String) throws(RunFormatError) -> Value {
        guard let value else { throw .missing(field: key) }
        return value
    }

    private static func integer<Integer: FixedWidthInteger>(
        _ value: [UInt8],
        _ key: String
    ) throws(RunFormatError) -> Integer {
        let text = String(decoding: value, as: UTF8.self)
        guard let number = Integer(text) else { throw .invalid(field: key, value: text) }
        return number
    }
}

/// Walks over the records of a file's bytes.
private struct RecordReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next line without its newline; nil where none ends within `limit` bytes.
    mutating func line(limit: Int) -> String? {
        let rest = bytes[position...].prefix(limit)
        guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { position = newline + 1 }
        return String(decoding: bytes[position..<newline], as: UTF8.self)
    }

    /// The next record; nil after the line that closes the file.
    mutating func record() throws(RunFormatError) -> (key: String, value: [UInt8])? {
        let start = position
        guard let head = line(limit: 80) else {
            throw .malformed(offset: start, reason: "the file is cut off")
        }
        if head == "end" {
            guard position == bytes.count else {
                throw .malformed(offset: position, reason: "there is something after the end")
            }
            return nil
        }
        let parts = head.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let length = Int(parts[1]), length >= 0 else {
            throw .malformed(offset: start, reason: "expected a key and a length")
        }
        guard length < bytes.count - position else {
            throw .malformed(offset: start, reason: "the file is cut off")
        }
        let value = Array(bytes[position..<position + length])
        position += length
        guard bytes[position] == UInt8(ascii: "\n") else {
            throw .malformed(offset: position, reason: "expected a newline after the value")
        }
        position += 1
        return (String(parts[0]), value)
    }
}
