import Logging

/// How a message and its metadata become fields of the journal, systemd.journal-fields(7).
package struct JournalFields: Sendable {
    /// A field's name may have no more bytes.
    package static let longestName = 64

    private let identifier: String
    /// By the names of events: 32 hexadecimal digits.
    private let messageIDs: [String: String]

    /// - Parameters:
    ///   - identifier: SYSLOG_IDENTIFIER; in capitals, what the names of fields begin with.
    ///   - messageIDs: MESSAGE_ID of each kind of event, by its name.
    package init(identifier: String, messageIDs: [String: String]) {
        self.identifier = identifier
        self.messageIDs = messageIDs
    }

    /// The fields, each `NAME=VALUE`. A value may be any bytes.
    package func encoded(_ record: LogRecord) -> [[UInt8]] {
        var fields = [
            ("MESSAGE", record.message),
            ("PRIORITY", "\(record.level.priority)"),
            ("SYSLOG_IDENTIFIER", identifier),
            ("CODE_FILE", record.file),
            ("CODE_LINE", "\(record.line)"),
            ("CODE_FUNC", record.function),
        ]
        if let id = record.event.flatMap({ messageIDs[$0] }) { fields.append(("MESSAGE_ID", id)) }
        fields += record.fields.map { (name(ofKey: $0.key), $0.value) }
        return fields.map { name, value in Array("\(name)=".utf8) + Array(value.utf8) }
    }

    /// `ALMANAC_RUN_ID` for `run_id`: capitals, digits and underscores are all that a name may have.
    func name(ofKey key: String) -> String {
        let name = "\(identifier)_\(key)".utf8.prefix(Self.longestName).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: name, as: UTF8.self)
    }
}

extension Logger.Level {
    /// The priority of syslog(3).
    package var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
