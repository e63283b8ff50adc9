import AlmanacRunProtocol
import Glibc

/// Sends the lines of a run's output to the journal, beside the log, and never waits for it while the command runs.
///
/// What the journal does not take at once waits within a bound; beyond it lines are left out and counted. Its entries are
/// whole lines: what comes without a newline waits for the rest of its line, up to `lineLimit`.
struct RunJournal {
    /// The most that waits, in bytes.
    private static let pendingLimit = 1 << 20
    /// The longest line that is one entry, in bytes.
    private static let lineLimit = 1 << 20
    /// How long a journal that is away is left alone, in nanoseconds.
    private static let retryNanoseconds: Int64 = 1_000_000_000
    /// How long the end of a run waits for a journal that is full, in nanoseconds.
    private static let finishNanoseconds: Int64 = 1_000_000_000

    /// The fields that all entries have.
    private let head: [UInt8]
    private var socket = JournalSocket()
    private var pending: [[UInt8]] = []
    /// How many of `pending` have been sent.
    private var sentCount = 0
    private var pendingBytes = 0
    private var beginnings: (output: [UInt8], error: [UInt8]) = ([], [])

    /// When `send` is due because the journal was away, in nanoseconds of CLOCK_MONOTONIC.
    private(set) var retryDeadline: Int64?
    /// Lines that never reach the journal, and why the last of them does not.
    private(set) var lost: (lines: Int, reason: String) = (0, "")

    init(_ spec: RunSpec) {
        head = Array(
            "SYSLOG_IDENTIFIER=\(spec.taskName)\nALMANAC_TASK=\(spec.taskName)\nALMANAC_RUN_ID=\(spec.runID)\n".utf8
        )
    }

    /// What to wait for until it can be written to; -1 while nothing waits for that.
    var awaitedDescriptor: Int32 { hasPending && retryDeadline == nil ? socket.descriptor : -1 }

    private var hasPending: Bool { sentCount < pending.count }

    /// Takes a line of the output, or a part of one.
    mutating func append(_ stream: LogStream, isComplete: Bool, text: UnsafeRawBufferPointer) {
        var beginning = takeBeginning(of: stream)
        if isComplete, beginning.isEmpty || stream == .system { return unsafe take(entry(stream, text)) }
        unsafe beginning.append(contentsOf: text)
        if isComplete || beginning.count >= Self.lineLimit {
            unsafe beginning.withUnsafeBytes { line in unsafe take(entry(stream, line)) }
        } else {
            keep(beginning, of: stream)
        }
    }

    /// Sends what waits, as far as the journal takes it.
    mutating func send() {
        retryDeadline = nil
        while hasPending {
            switch socket.send(pending[sentCount]) {
            case .sent: removeFirst()
            case .refused(let error):
                removeFirst()
                lose(1, describe(errno: error))
            case .full: return
            case .away:
                retryDeadline = Kernel.monotonicNanoseconds + Self.retryNanoseconds
                return
            }
        }
    }

    /// Sends the rest. A journal that is full gets a moment to read; one that is away does not.
    mutating func finish() {
        for stream in [LogStream.stdout, .stderr] {
            let rest = takeBeginning(of: stream)
            if !rest.isEmpty { unsafe rest.withUnsafeBytes { line in unsafe take(entry(stream, line)) } }
        }
        let end = Kernel.monotonicNanoseconds + Self.finishNanoseconds
        send()
        while awaitedDescriptor >= 0 {
            let rest = end - Kernel.monotonicNanoseconds
            if rest <= 0 { break }
            socket.awaitRoom(milliseconds: Int32(rest / 1_000_000 + 1))
            send()
        }
        if hasPending { lose(pending.count - sentCount, retryDeadline == nil ? Self.full : Self.away) }
        pending = []
        sentCount = 0
    }

    private static let full = "the journal did not take them in time"
    private static let away = "there is no journal"

    /// Takes out what there is of a stream's line.
    private mutating func takeBeginning(of stream: LogStream) -> [UInt8] {
        var beginning: [UInt8] = []
        switch stream {
        case .stdout: swap(&beginning, &beginnings.output)
        case .stderr: swap(&beginning, &beginnings.error)
        case .system: break
        }
        return beginning
    }

    private mutating func keep(_ beginning: [UInt8], of stream: LogStream) {
        switch stream {
        case .stdout: beginnings.output = beginning
        case .stderr: beginnings.error = beginning
        case .system: break
        }
    }

    private mutating func take(_ entry: [UInt8]) {
        guard entry.count <= Self.pendingLimit - pendingBytes || !hasPending else {
            return lose(1, retryDeadline == nil ? Self.full : Self.away)
        }
        pending.append(entry)
        pendingBytes += entry.count
        if retryDeadline == nil { send() }
    }

    private mutating func removeFirst() {
        pendingBytes -= pending[sentCount].count
        pending[sentCount] = []
        sentCount += 1
        // Moving the rest up costs as much as it frees.
        if sentCount * 2 >= pending.count {
            pending.removeFirst(sentCount)
            sentCount = 0
        }
    }

    private mutating func lose(_ lines: Int, _ reason: String) {
        lost = (lost.lines + lines, reason)
    }

    /// An entry, systemd.journal-fields(7). A line has no newline in it, so the plain form of a field takes any of them.
    private func entry(_ stream: LogStream, _ text: UnsafeRawBufferPointer) -> [UInt8] {
        let (priority, prefix) = unsafe Self.priority(of: text, stream)
        var entry = head
        entry.reserveCapacity(head.count + text.count + 64)
        entry += Array("PRIORITY=\(priority)\nALMANAC_STREAM=\(stream.rawValue)\nMESSAGE=".utf8)
        unsafe entry.append(contentsOf: text.dropFirst(prefix))
        entry.append(UInt8(ascii: "\n"))
        return entry
    }

    /// The priority of a line and how many of its bytes say so: `<3>` at its beginning, as sd-daemon(3) has it; otherwise
    /// informational, whichever stream it comes from.
    private static func priority(of text: UnsafeRawBufferPointer, _ stream: LogStream) -> (priority: UInt8, prefix: Int)
    {
        if stream == .system { return (5, 0) }
        guard text.count >= 3, unsafe text[0] == UInt8(ascii: "<"), unsafe text[2] == UInt8(ascii: ">"),
            unsafe (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(text[1])
        else { return (6, 0) }
        return unsafe (text[1] - UInt8(ascii: "0"), 3)
    }
}
