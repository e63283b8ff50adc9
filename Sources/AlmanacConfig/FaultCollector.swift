/// Gathers the faults of one file while it is read.
///
/// They are noted by their byte offset; lines and columns are counted once, at the end, in a single pass.
final class FaultCollector {
    private struct Entry {
        let offset: Int?
        let table: String?
        let key: String?
        let message: String
    }

    private var entries: [Entry] = []
    private var warningEntries: [Entry] = []

    /// Notes a fault.
    ///
    /// - Parameter offset: the byte of the file at which it stands; nil for the whole file's.
    func report(_ message: String, at offset: Int? = nil, table: String? = nil, key: String? = nil) {
        entries.append(Entry(offset: offset, table: table, key: key, message: message))
    }

    /// Notes what is no fault, but that somebody should know of.
    func warn(_ message: String, at offset: Int? = nil, table: String? = nil, key: String? = nil) {
        warningEntries.append(Entry(offset: offset, table: table, key: key, message: message))
    }

    var isEmpty: Bool { entries.isEmpty }

    /// What to throw for the faults noted so far, in the order of the file.
    ///
    /// - Precondition: there is at least one.
    func refusal(path: String, bytes: [UInt8]) -> ConfigurationFaults {
        ConfigurationFaults(Self.located(entries, path: path, bytes: bytes))
    }

    /// The warnings noted so far, in the order of the file.
    func warnings(path: String, bytes: [UInt8]) -> [ConfigurationFault] {
        Self.located(warningEntries, path: path, bytes: bytes)
    }

    private static func located(_ entries: [Entry], path: String, bytes: [UInt8]) -> [ConfigurationFault] {
        // Those at the same place keep the order in which they were found.
        let ordered = entries.enumerated().sorted {
            ($0.element.offset ?? -1, $0.offset) < ($1.element.offset ?? -1, $1.offset)
        }
        var cursor = TextCursor(bytes)
        return ordered.map { _, entry in
            if let offset = entry.offset { cursor.advance(to: offset) }
            return ConfigurationFault(
                path: path,
                line: entry.offset.map { _ in cursor.line },
                column: entry.offset.map { _ in cursor.column },
                table: entry.table,
                key: entry.key,
                message: entry.message
            )
        }
    }
}

/// Counts lines and columns on the way through a text.
struct TextCursor {
    private let bytes: [UInt8]
    private var offset = 0
    /// From 1.
    private(set) var line = 1
    /// From 1, in Unicode code points.
    private(set) var column = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark takes no column.
        if bytes.starts(with: TOMLScanner.byteOrderMark) { offset = TOMLScanner.byteOrderMark.count }
    }

    /// Goes on to a byte offset; one that lies behind, or beyond the end, goes nowhere or to the end.
    mutating func advance(to target: Int) {
        while offset < min(target, bytes.count) {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if offset == bytes.count || bytes[offset] & 0xC0 != 0x80 {
                column += 1  // Once for each code point, at its last byte.
            }
        }
    }
}
