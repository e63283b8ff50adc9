import AlmanacRunProtocol

/// Where the lines of a run go: its log, and the journal where its task wants that.
struct RunOutput: ~Copyable {
    private var log: LogWriter<LogFile>
    private var journal: RunJournal?

    init(log: consuming LogWriter<LogFile>, journal: RunJournal?) {
        self.log = log
        self.journal = journal
    }

    /// Whether the log is full.
    var isFull: Bool { log.isFull }
    /// Whether the log could not be written the last time.
    var isFailing: Bool { log.failure != nil }
    var loss: (byteCount: Int64, message: String?) { log.loss }

    /// What to wait for until it can be written to; -1 for nothing.
    var awaitedDescriptor: Int32 { journal?.awaitedDescriptor ?? -1 }
    /// When `sendToJournal` is due without that, in nanoseconds of CLOCK_MONOTONIC.
    var journalDeadline: Int64? { journal?.retryDeadline }

    mutating func setTime(nanosecondsSinceEpoch: Int64) {
        log.setTime(nanosecondsSinceEpoch: nanosecondsSinceEpoch)
    }

    mutating func append(_ stream: LogStream, isComplete: Bool, text: UnsafeRawBufferPointer) {
        unsafe log.append(stream, isComplete: isComplete, text: text)
        unsafe journal?.append(stream, isComplete: isComplete, text: text)
    }

    /// Adds a line of the supervisor's own.
    mutating func report(_ text: String) {
        log.report(text)
        var text = text
        text.withUTF8 { bytes in
            unsafe journal?.append(.system, isComplete: true, text: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Writes the log.
    mutating func flush() {
        log.flush()
    }

    mutating func sendToJournal() {
        journal?.send()
    }

    /// Gives the journal what is left for it, and tells in the log of what it has not got.
    mutating func finishJournal() {
        journal?.finish()
        guard let lost = journal?.lost, lost.lines > 0 else { return }
        let lines = lost.lines == 1 ? "1 line of this log is" : "\(lost.lines) lines of this log are"
        log.report("\(lines) not in the journal: \(lost.reason)")
    }

    /// Makes the log durable; false where that has failed and may yet succeed.
    mutating func finishLog() -> Bool {
        log.finish()
    }
}
