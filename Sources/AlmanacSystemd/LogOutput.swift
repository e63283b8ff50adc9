/// What became of an attempt to write a message.
package enum LogDelivery: Sendable, Hashable {
    case written
    /// It may be taken later: the journal is away, the disk is full.
    case postponed
    /// It never will be.
    case refused
}

/// Where messages are written to. One thread uses it, and it may block that.
package protocol LogOutput: Sendable {
    mutating func write(_ record: LogRecord) -> LogDelivery
}
