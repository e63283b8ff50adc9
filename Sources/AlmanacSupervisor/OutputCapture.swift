import AlmanacRunProtocol
import CLinux
import Glibc

/// Carries what the command writes from its two pipes into the log.
@safe
struct OutputCapture: ~Copyable {
    /// How long the beginning of a line waits for the rest of it, in nanoseconds.
    static let holdNanoseconds: Int64 = 200_000_000
    /// How long a failed write waits for the next attempt when the command writes nothing, in nanoseconds.
    static let retryNanoseconds: Int64 = 1_000_000_000
    /// The most that is read at once: what a pipe holds.
    private static let chunkSize = 64 << 10

    private var output: OutputPipe
    private var error: OutputPipe
    private var log: RunOutput
    private let chunk: UnsafeMutableRawBufferPointer
    private var retryDeadline: Int64?

    /// Takes over the read ends of both pipes, which do not block; -1 for one that there is not.
    init(output: Int32, error: Int32, log: consuming RunOutput) {
        self.output = OutputPipe(descriptor: output, stream: .stdout)
        self.error = OutputPipe(descriptor: error, stream: .stderr)
        self.log = log
        unsafe chunk = .allocate(byteCount: Self.chunkSize, alignment: 4096)
    }

    deinit {
        unsafe chunk.deallocate()
    }

    /// The descriptors to wait for; -1 for a pipe that has ended.
    var descriptors: (output: Int32, error: Int32) { (output.descriptor, error.descriptor) }

    /// When `timePassed` is due, in nanoseconds of CLOCK_MONOTONIC; nil while nothing waits for a time.
    var deadline: Int64? {
        [output.holdDeadline, error.holdDeadline, retryDeadline, log.journalDeadline].compactMap(\.self).min()
    }

    /// What to wait for until it can be written to; -1 for nothing.
    var awaitedDescriptor: Int32 { log.awaitedDescriptor }

    /// Whether the log is full.
    var isFull: Bool { log.isFull }

    var loss: (byteCount: Int64, message: String?) { log.loss }

    /// Reads one chunk of the command's standard output, and writes the log.
    mutating func readOutput(at now: Int64) {
        _ = unsafe Self.read(&output, after: &error, &log, chunk, now)
        writeLog(at: now)
    }

    /// Reads one chunk of the command's standard error, and writes the log.
    mutating func readError(at now: Int64) {
        _ = unsafe Self.read(&error, after: &output, &log, chunk, now)
        writeLog(at: now)
    }

    /// Writes beginnings of lines that have waited long enough, and what could not be written before.
    mutating func timePassed(at now: Int64) {
        guard let deadline, now >= deadline else { return }
        log.setTime(nanosecondsSinceEpoch: Kernel.nanosecondsSinceEpoch)
        if let deadline = output.holdDeadline, now >= deadline { output.flush(to: &log) }
        if let deadline = error.holdDeadline, now >= deadline { error.flush(to: &log) }
        if let deadline = log.journalDeadline, now >= deadline { log.sendToJournal() }
        writeLog(at: now)
    }

    /// Goes on with what waits for the journal.
    mutating func sendToJournal() {
        log.sendToJournal()
    }

    /// Adds a line of the supervisor's own, after all that the command has written so far.
    mutating func report(_ text: String, at now: Int64) {
        log.setTime(nanosecondsSinceEpoch: Kernel.nanosecondsSinceEpoch)
        output.flush(to: &log)
        error.flush(to: &log)
        log.report(text)
        writeLog(at: now)
    }

    /// Reads what the pipes still hold once all writers of the run are gone, and closes them.
    ///
    /// Somebody else may hold a pipe open and even go on writing: what counts is what a pipe can hold at this moment.
    mutating func drain() {
        unsafe Self.drain(&output, after: &error, &log, chunk)
        unsafe Self.drain(&error, after: &output, &log, chunk)
        log.finishJournal()
    }

    /// Makes the log durable; false where that has failed and may yet succeed.
    mutating func finishLog() -> Bool {
        log.finishLog()
    }

    private mutating func writeLog(at now: Int64) {
        log.flush()
        retryDeadline = log.isFailing ? now + Self.retryNanoseconds : nil
    }

    /// Reads one chunk; returns the number of bytes, 0 at the end of the pipe, nil where there is nothing to read now.
    private static func read(
        _ pipe: inout OutputPipe,
        after other: inout OutputPipe,
        _ log: inout RunOutput,
        _ chunk: UnsafeMutableRawBufferPointer,
        _ now: Int64
    ) -> Int? {
        guard pipe.descriptor >= 0 else { return 0 }
        let count = unsafe Glibc.read(pipe.descriptor, chunk.baseAddress, chunk.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        log.setTime(nanosecondsSinceEpoch: Kernel.nanosecondsSinceEpoch)
        guard count > 0 else {
            pipe.flush(to: &log)
            pipe.close()
            return 0
        }
        // The other stream's text was there first, newline or not.
        other.flush(to: &log)
        unsafe pipe.take(UnsafeRawBufferPointer(rebasing: chunk[..<count]), to: &log, now)
        return count
    }

    private static func drain(
        _ pipe: inout OutputPipe,
        after other: inout OutputPipe,
        _ log: inout RunOutput,
        _ chunk: UnsafeMutableRawBufferPointer
    ) {
        guard pipe.descriptor >= 0 else { return }
        var rest = max(Int(clinux_fcntl(pipe.descriptor, CLINUX_F_GETPIPE_SZ, 0)), chunkSize)
        while rest > 0, let count = unsafe read(&pipe, after: &other, &log, chunk, 0), count > 0 {
            rest -= count
            log.flush()
        }
        log.setTime(nanosecondsSinceEpoch: Kernel.nanosecondsSinceEpoch)
        pipe.flush(to: &log)
        pipe.close()
    }
}

/// One of the command's two streams: its pipe, and the beginning of a line that waits for the rest.
private struct OutputPipe: ~Copyable {
    private(set) var descriptor: Int32
    let stream: LogStream
    private var splitter = LineSplitter()
    private(set) var holdDeadline: Int64?

    init(descriptor: Int32, stream: LogStream) {
        self.descriptor = descriptor
        self.stream = stream
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer, to log: inout RunOutput, _ now: Int64) {
        let stream = stream
        var hasEmitted = false
        unsafe splitter.split(bytes) { isComplete, text in
            hasEmitted = true
            unsafe log.append(stream, isComplete: isComplete, text: text)
        }
        if splitter.pendingCount == 0 {
            holdDeadline = nil
        } else if hasEmitted || holdDeadline == nil {
            holdDeadline = now + OutputCapture.holdNanoseconds
        }
    }

    mutating func flush(to log: inout RunOutput) {
        let stream = stream
        unsafe splitter.flush { isComplete, text in
            unsafe log.append(stream, isComplete: isComplete, text: text)
        }
        holdDeadline = nil
    }

    mutating func close() {
        _ = Glibc.close(descriptor)
        descriptor = -1
    }
}
