import Glibc
import Logging
import Synchronization

/// Takes messages from any thread and has one of its own write them, so that a journal that hangs or a pipe that nobody
/// reads holds up nobody else.
///
/// With nothing to write, that thread sleeps on a semaphore and makes no system call.
package final class LogQueue: Sendable {
    private struct State {
        var backlog: LogBacklog
        /// Whether a message has been taken out and not been dealt with yet.
        var isWriting = false
    }

    /// How long an output that has postponed a message is left alone, in milliseconds; it doubles from one to the other.
    private static let pause: (first: Int, longest: Int) = (20, 2000)

    private let state: Mutex<State>
    private let output: any LogOutput
    private let arrivals = Semaphore()

    package init(output: any LogOutput, limit: LogBacklog.Limit = LogBacklog.Limit()) {
        self.output = output
        state = Mutex(State(backlog: LogBacklog(limit: limit)))
    }

    /// Takes a message; never blocks.
    package func append(_ record: LogRecord) {
        let wakes = state.withLock { state in
            let wasEmpty = state.backlog.isEmpty
            state.backlog.append(record)
            return wasEmpty && !state.isWriting
        }
        if wakes { arrivals.signal() }
    }

    /// Writes what comes, for as long as the process lives: the body of the queue's thread.
    package func run() {
        var output = output
        while true {
            arrivals.wait()
            while let record = takeNext() {
                write(record, to: &output)
            }
        }
    }

    /// Waits until all that was appended has been written; false where that takes longer than the limit.
    package func flush(within limit: Duration) -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while !state.withLock({ $0.backlog.isEmpty && !$0.isWriting }) {
            if clock.now >= end { return false }
            sleep(milliseconds: 2)
        }
        return true
    }

    private func takeNext() -> LogRecord? {
        state.withLock { state in
            let record = state.backlog.popFirst()
            state.isWriting = record != nil
            return record
        }
    }

    private func write(_ record: LogRecord, to output: inout any LogOutput) {
        switch persist(record, to: &output) {
        case .written:
            let dropped = state.withLock { $0.backlog.isHalfEmpty ? $0.backlog.takeDropped() : 0 }
            if dropped > 0, persist(Self.notice(ofDropped: dropped), to: &output) != .written {
                state.withLock { state in
                    for _ in 0..<dropped { state.backlog.noteLoss() }
                }
            }
        case .refused, .postponed:
            state.withLock { $0.backlog.noteLoss() }
        }
    }

    /// Tries again for as long as the output only postpones it.
    private func persist(_ record: LogRecord, to output: inout any LogOutput) -> LogDelivery {
        var pause = Self.pause.first
        while true {
            let delivery = output.write(record)
            if delivery != .postponed { return delivery }
            sleep(milliseconds: pause)
            pause = min(pause * 2, Self.pause.longest)
        }
    }

    private static func notice(ofDropped count: Int) -> LogRecord {
        LogRecord(
            level: .warning,
            message:
                "\(count) messages of the log are lost: they could not be written while they were few enough to be kept",
            fields: [LogRecord.Field("count", "\(count)"), LogRecord.Field(LogRecord.eventKey, "messages_lost")]
        )
    }

    private func sleep(milliseconds: Int) {
        poll(nil, 0, Int32(milliseconds))
    }
}

/// A semaphore between threads: waiting on it makes one system call, futex, and none while asleep.
private final class Semaphore: Sendable {
    // A sem_t must stay where it is; its address is immutable, and sem_post and sem_wait are safe from any thread.
    private let bits: UInt
    private var pointer: UnsafeMutablePointer<sem_t> { unsafe UnsafeMutablePointer(bitPattern: bits)! }

    init() {
        let memory = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        unsafe sem_init(memory, 0, 0)
        bits = UInt(bitPattern: memory)
    }

    deinit {
        unsafe sem_destroy(pointer)
        unsafe pointer.deallocate()
    }

    func signal() {
        unsafe sem_post(pointer)
    }

    func wait() {
        while unsafe sem_wait(pointer) == -1 && errno == EINTR {}
    }
}
