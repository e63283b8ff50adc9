/// How a run ended, as its supervisor saw it.
package struct RunResult: RunFile {
    package enum Outcome: Hashable, Sendable {
        /// The command ended by itself, with that exit code.
        case exited(code: Int32)
        /// A signal ended the command, and the supervisor had not asked for it.
        case signaled(number: Int32)
        /// The command was ended because it took longer than its time limit.
        case timedOut
        /// The command was ended, or not started, because somebody wanted it so.
        case stopped(reason: StopReason)
        /// There is no command: it could not be started, for the reason in that sentence.
        case startFailed(message: String)
        /// The command was ended because its output was larger than the log may be.
        case logOverflow
    }

    package var outcome: Outcome
    /// The command's exit code; 128 + n where signal n ended it; -1 where no command ran.
    package var exitCode: Int32
    /// When the command was started, in nanoseconds since 1970 in UTC; nil where none was.
    package var startedNanosecondsSinceEpoch: Int64?
    /// When the last descendant was gone and all output in the log, in nanoseconds since 1970 in UTC.
    package var endedNanosecondsSinceEpoch: Int64
    /// The time between the two by CLOCK_MONOTONIC, which no clock step changes; 0 where no command ran.
    package var elapsedNanoseconds: Int64
    /// The processor time of the command and all its descendants, user and system.
    package var cpuNanoseconds: Int64
    /// The most memory at a time: of all of them together where the run has a cgroup with the memory controller, else the
    /// largest resident set of any one.
    package var maxRSSBytes: Int64
    /// Whether the supervisor had to end processes that the command left behind.
    package var endedDescendants: Bool
    /// Whether SIGKILL was needed for any process of the run.
    package var killed: Bool
    /// The bytes of output that are not in the log, because writing failed (a full disk) or because of the log limit.
    package var lostLogBytes: Int64
    /// What the outcome does not say, in a sentence; nil where there is nothing to add.
    package var message: String?

    package init(
        outcome: Outcome,
        exitCode: Int32,
        startedNanosecondsSinceEpoch: Int64?,
        endedNanosecondsSinceEpoch: Int64,
        elapsedNanoseconds: Int64 = 0,
        cpuNanoseconds: Int64 = 0,
        maxRSSBytes: Int64 = 0,
        endedDescendants: Bool = false,
        killed: Bool = false,
        lostLogBytes: Int64 = 0,
        message: String? = nil
    ) {
        self.outcome = outcome
        self.exitCode = exitCode
        self.startedNanosecondsSinceEpoch = startedNanosecondsSinceEpoch
        self.endedNanosecondsSinceEpoch = endedNanosecondsSinceEpoch
        self.elapsedNanoseconds = elapsedNanoseconds
        self.cpuNanoseconds = cpuNanoseconds
        self.maxRSSBytes = maxRSSBytes
        self.endedDescendants = endedDescendants
        self.killed = killed
        self.lostLogBytes = lostLogBytes
        self.message = message
    }
}

extension RunResult {
    package static var format: String { "almanac-run-result" }
    package static func path(in folder: RunFolder) -> String { folder.resultPath }

    package func encoded() -> [UInt8] {
        var records = RunRecords()
        outcome.append(to: &records)
        records.append("exit-code", exitCode)
        records.append("started-ns", ifPresent: startedNanosecondsSinceEpoch)
        records.append("ended-ns", endedNanosecondsSinceEpoch)
        records.append("elapsed-ns", elapsedNanoseconds)
        records.append("cpu-ns", cpuNanoseconds)
        records.append("max-rss-bytes", maxRSSBytes)
        records.append("ended-descendants", endedDescendants ? 1 : 0)
        records.append("killed", killed ? 1 : 0)
        records.append("lost-log-bytes", lostLogBytes)
        records.append("message", ifPresent: message)
        return records.encoded(format: Self.format, version: Self.version)
    }

    package init(decoding bytes: [UInt8]) throws(RunFormatError) {
        let records = try RunRecords(decoding: bytes, format: Self.format, version: Self.version)
        let endedDescendants: UInt8 = try records.integer("ended-descendants") ?? 0
        let killed: UInt8 = try records.integer("killed") ?? 0
        self.init(
            outcome: try Outcome(records),
            exitCode: try records.require(records.integer("exit-code"), "exit-code"),
            startedNanosecondsSinceEpoch: try records.integer("started-ns"),
            endedNanosecondsSinceEpoch: try records.require(records.integer("ended-ns"), "ended-ns"),
            elapsedNanoseconds: try records.integer("elapsed-ns") ?? 0,
            cpuNanoseconds: try records.integer("cpu-ns") ?? 0,
            maxRSSBytes: try records.integer("max-rss-bytes") ?? 0,
            endedDescendants: endedDescendants != 0,
            killed: killed != 0,
            lostLogBytes: try records.integer("lost-log-bytes") ?? 0,
            message: records.text("message")
        )
    }
}

extension RunResult.Outcome {
    fileprivate func append(to records: inout RunRecords) {
        switch self {
        case .exited(let code):
            records.append("outcome", "exited")
            records.append("code", code)
        case .signaled(let number):
            records.append("outcome", "signaled")
            records.append("signal", number)
        case .timedOut:
            records.append("outcome", "timed-out")
        case .stopped(let reason):
            records.append("outcome", "stopped")
            records.append("reason", reason.rawValue)
        case .startFailed(let message):
            records.append("outcome", "start-failed")
            records.append("failure", message)
        case .logOverflow:
            records.append("outcome", "log-overflow")
        }
    }

    fileprivate init(_ records: RunRecords) throws(RunFormatError) {
        switch try records.require(records.text("outcome"), "outcome") {
        case "exited":
            self = .exited(code: try records.require(records.integer("code"), "code"))
        case "signaled":
            self = .signaled(number: try records.require(records.integer("signal"), "signal"))
        case "timed-out":
            self = .timedOut
        case "stopped":
            self = .stopped(reason: StopReason(rawValue: try records.require(records.text("reason"), "reason")))
        case "start-failed":
            self = .startFailed(message: try records.require(records.text("failure"), "failure"))
        case "log-overflow":
            self = .logOverflow
        case let unknown:
            throw .invalid(field: "outcome", value: unknown)
        }
    }
}
