import Glibc
package import Logging

/// One message on its way to the journal or to standard error: all of it, as text.
package struct LogRecord: Sendable, Hashable {
    /// A piece of metadata.
    package struct Field: Sendable, Hashable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The metadata key whose value names the kind of event.
    package static let eventKey = "event"

    package var level: Logger.Level
    package var message: String
    /// In the order of their keys.
    package var fields: [Field]
    /// The module that the message comes from.
    package var source: String
    package var file: String
    package var function: String
    package var line: UInt
    /// When it was logged, in seconds since 1970 in UTC.
    package var secondsSinceEpoch: Int

    package init(
        level: Logger.Level,
        message: String,
        fields: [Field] = [],
        source: String = "AlmanacSystemd",
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line,
        secondsSinceEpoch: Int = time(nil)
    ) {
        self.level = level
        self.message = message
        self.fields = fields
        self.source = source
        self.file = file
        self.function = function
        self.line = line
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// The kind of event that it tells of; nil where it has none.
    package var event: String? { fields.first { $0.key == Self.eventKey }?.value }

    /// The bytes that it takes while it waits, by and large.
    var size: Int {
        fields.reduce(message.utf8.count + 256) { $0 + $1.key.utf8.count + $1.value.utf8.count + 64 }
    }
}
