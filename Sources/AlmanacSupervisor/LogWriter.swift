package import AlmanacRunProtocol
import Glibc

/// Writes the lines of a run's log in batches, keeps to the log's limit, and counts what it has to leave out.
///
/// A disk that is full or failing never stops the command: lines that were taken stay in the buffer, so that none is torn; lines that come
/// meanwhile are counted and dropped; and the first line after it tells how many bytes are missing.
package struct LogWriter<Destination: LogDestination>: ~Copyable {
    private var destination: Destination
    private var encoder: LogLineEncoder
    private let limit: RunSpec.LogLimit?

    /// The bytes in the current file, those in the buffer included.
    private var fileCount: Int64 = 0
    /// The bytes of output in the current file, and in the older one.
    private var outputCount: (current: Int64, older: Int64) = (0, 0)
    /// The lines in the current file and in the older one, and those that are gone with earlier ones.
    private var lineCount: (current: Int64, older: Int64, dropped: Int64) = (0, 0, 0)
    private var isCut = false

    /// Why the last write failed; nil while writing works.
    package private(set) var failure: SystemError?
    /// Bytes of output that were dropped since writing began to fail and that the log does not tell of yet.
    private var untoldCount: Int64 = 0
    /// Bytes of output that are not in the log and never will be.
    package private(set) var lostCount: Int64 = 0

    /// Whether the output has reached the limit under `dropNew` or `killTask`: nothing more is taken.
    package private(set) var isFull = false

    /// The size of the buffer, in bytes.
    package static var capacity: Int { 96 << 10 }

    package init(_ destination: Destination, limit: RunSpec.LogLimit?) {
        self.destination = destination
        self.limit = limit
        encoder = LogLineEncoder(capacity: Self.capacity)
    }

    /// Sets the time of the lines that follow, in nanoseconds since 1970 in UTC.
    package mutating func setTime(nanosecondsSinceEpoch: Int64) {
        encoder.setTime(nanosecondsSinceEpoch: nanosecondsSinceEpoch)
    }

    /// Takes a line of the command's output.
    package mutating func append(_ stream: LogStream, isComplete: Bool, text: UnsafeRawBufferPointer) {
        let outputBytes = Int64(text.count) + (isComplete ? 1 : 0)
        let size = Int64(LogLineEncoder.size(textCount: text.count))
        guard failure == nil else {
            untoldCount += outputBytes
            lostCount += outputBytes
            return
        }
        guard makeRoom(for: size) else {
            lostCount += outputBytes
            return
        }
        if unsafe !encoder.append(stream, isComplete: isComplete, text: text) {
            flush()
            // A failed flush may still have made room, but a line after a gap comes after the line that tells of it.
            guard failure == nil, unsafe encoder.append(stream, isComplete: isComplete, text: text) else {
                untoldCount += outputBytes
                lostCount += outputBytes
                return
            }
        }
        fileCount += size
        lineCount.current += 1
        outputCount.current += outputBytes
    }

    /// Adds a line of the supervisor's own, whatever the limit. It is dropped while writing fails.
    package mutating func report(_ text: String) {
        guard failure == nil else { return }
        appendReport(text)
    }

    /// Writes what the buffer holds.
    package mutating func flush() {
        do throws(SystemError) {
            while encoder.count > 0 {
                let written = try unsafe destination.write(encoder.bytes)
                encoder.removeFirst(written)
            }
            guard let error = failure else { return }
            failure = nil
            guard untoldCount > 0 else { return }
            appendReport(LogLossNotice(bytes: untoldCount, reason: describe(errno: error.errno)).text)
            untoldCount = 0
            flush()
        } catch {
            failure = error
        }
    }

    /// Writes what is left and makes the log durable; false where that has failed and may yet succeed.
    package mutating func finish() -> Bool {
        flush()
        if failure == nil {
            do throws(SystemError) {
                try destination.synchronize()
                return true
            } catch {
                failure = error
            }
        }
        return failure.map { !$0.mayPass } ?? true
    }

    /// What the result says about the log: the bytes that are missing, those that the buffer still holds included, and why.
    package var loss: (byteCount: Int64, message: String?) {
        if let failure {
            let reason = describe(errno: failure.errno)
            // What waits in the buffer cannot be told apart from its headers any more: its size is an upper bound.
            let count = lostCount + Int64(encoder.count)
            return (count, "\(count) bytes of output are not in the log: \(reason)")
        }
        guard lostCount > 0 else { return (0, nil) }
        let reason = isFull || isCut ? "because of its limit" : "because writing failed for a while"
        return (lostCount, "\(lostCount) bytes of output are not in the log \(reason)")
    }

    // MARK: The limit

    /// Makes sure that `size` more bytes are within the limit; false where they are to be dropped.
    private mutating func makeRoom(for size: Int64) -> Bool {
        guard let limit else { return true }
        if isFull { return false }
        switch limit.policy {
        case .dropNew, .killTask:
            guard fileCount + size > limit.maxBytes else { return true }
            isFull = true
            appendReport(LogLimitNotice.dropsNew(limit: limit.maxBytes).text)
            return false
        case .dropOld:
            guard fileCount > 0, fileCount + size > limit.maxBytes / 2 else { return true }
            return cut(limit)
        }
    }

    /// Sets the current file aside, in the place of an older one.
    private mutating func cut(_ limit: RunSpec.LogLimit) -> Bool {
        flush()
        guard failure == nil else { return true }
        do throws(SystemError) {
            try destination.rotate()
        } catch {
            isFull = true
            appendReport("the log cannot be cut, and what follows is not kept: \(describe(errno: error.errno))")
            return false
        }
        let dropped = outputCount.older
        lostCount += dropped
        outputCount = (0, outputCount.current)
        lineCount = (0, lineCount.current, lineCount.dropped + lineCount.older)
        fileCount = 0
        if dropped > 0 {
            isCut = true
            let notice = LogLimitNotice.droppedOld(
                limit: limit.maxBytes,
                bytes: lostCount,
                lines: lineCount.dropped
            )
            appendReport(notice.text)
            // Readers number the lines by it.
            flush()
        }
        return true
    }

    private mutating func appendReport(_ text: String) {
        var text = text
        var appended = text.withUTF8 { bytes in
            unsafe encoder.append(.system, isComplete: true, text: UnsafeRawBufferPointer(bytes))
        }
        if !appended {
            flush()
            guard failure == nil else { return }
            appended = text.withUTF8 { bytes in
                unsafe encoder.append(.system, isComplete: true, text: UnsafeRawBufferPointer(bytes))
            }
        }
        if appended { lineCount.current += 1 }
        fileCount += Int64(LogLineEncoder.size(textCount: text.utf8.count))
    }
}
