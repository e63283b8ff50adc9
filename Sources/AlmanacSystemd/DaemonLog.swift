import Glibc
package import Logging

/// The daemon's log: the journal where standard error is a stream to it, otherwise standard error.
package struct DaemonLog: Sendable {
    /// What writes; its `run` wants a thread of its own.
    package let queue: LogQueue
    package let isJournal: Bool
    private let label: String

    /// - Parameters:
    ///   - label: the name that messages are logged under.
    ///   - journalStream: the value of `JOURNAL_STREAM`; nil where it is not set.
    ///   - messageIDs: MESSAGE_ID of each kind of event, by its name.
    package init(label: String, journalStream: String?, messageIDs: [String: String]) {
        self.label = label
        isJournal = JournalStream.isStandardError(journalStream)
        queue =
            isJournal
            ? LogQueue(output: JournalOutput(fields: JournalFields(identifier: label, messageIDs: messageIDs)))
            : LogQueue(output: StreamOutput(descriptor: STDERR_FILENO, label: label))
    }

    package func logger(level: Logger.Level) -> Logger {
        Logger(label: label) { _ in QueueLogHandler(queue: queue, logLevel: level) }
    }
}

/// Hands messages to a queue.
package struct QueueLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let queue: LogQueue

    package init(queue: LogQueue, logLevel: Logger.Level = .info) {
        self.queue = queue
        self.logLevel = logLevel
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = all["error"] ?? "\(error)" }
        queue.append(
            LogRecord(
                level: event.level,
                message: "\(event.message)",
                fields: all.sorted { $0.key < $1.key }.map { LogRecord.Field($0.key, "\($0.value)") },
                source: event.source,
                file: event.file,
                function: event.function,
                line: event.line
            )
        )
    }
}
