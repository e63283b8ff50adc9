import NIOCore
import Synchronization

/// Numbered events for any number of clients, each at a position of its own: read and encoded once where several are at the
/// same one.
///
/// What was read last is kept for those who come a little later, in bounds; who is further behind reads for himself.
final class EventFeed: Sendable {
    /// Reads what comes after a number; nil where there is nothing.
    typealias Read = @Sendable (_ position: Int64) async throws -> EventBatch?

    fileprivate struct Reading {
        var version: UInt64
        var task: Task<EventBatch?, any Error>
    }

    fileprivate struct State {
        var signals: [ObjectIdentifier: StreamSignal] = [:]
        /// How often there was news: what was read before the last of them may lack it.
        var version: UInt64 = 0
        var readings: [Int64: Reading] = [:]
        var batches: [EventBatch] = []
        var byteCount = 0
    }

    private let state = Mutex(State())
    private let read: Read

    /// How many bytes are kept for each client, and for how many of them.
    private static let kept = (bytes: 64 << 10, clients: 8)

    init(read: @escaping Read) {
        self.read = read
    }

    /// Wakes a client with all news from now on.
    ///
    /// - Returns: how many there are.
    @discardableResult
    func add(_ signal: StreamSignal) -> Int {
        state.withLock { state in
            state.signals[ObjectIdentifier(signal)] = signal
            return state.signals.count
        }
    }

    /// - Returns: how many are left.
    @discardableResult
    func remove(_ signal: StreamSignal) -> Int {
        state.withLock { state in
            state.signals[ObjectIdentifier(signal)] = nil
            state.trim()
            return state.signals.count
        }
    }

    /// Says that there is something new; nobody is woken for it yet.
    func outdate() {
        state.withLock { $0.version &+= 1 }
    }

    /// Wakes all clients.
    func tell() {
        let signals = state.withLock { state in
            state.version &+= 1
            return Array(state.signals.values)
        }
        for signal in signals { signal.set(.news) }
    }

    /// What comes after a number, as much as is given at a time; nil where there is nothing.
    func batch(after position: Int64) async throws -> EventBatch? {
        enum Found {
            case batch(EventBatch)
            case reading(Task<EventBatch?, any Error>)
        }
        let found: Found = state.withLock { state in
            if let batch = state.batches.last(where: { $0.covers(position) }) { return .batch(batch) }
            if let reading = state.readings[position], reading.version == state.version {
                return .reading(reading.task)
            }
            let version = state.version
            let task = Task { try await self.readAndKeep(position, version) }
            state.readings[position] = Reading(version: version, task: task)
            return .reading(task)
        }
        switch found {
        case .batch(let batch): return batch.rest(after: position)
        case .reading(let task): return try await task.value
        }
    }

    private func readAndKeep(_ position: Int64, _ version: UInt64) async throws -> EventBatch? {
        let outcome: Result<EventBatch?, any Error>
        do {
            outcome = .success(try await read(position))
        } catch {
            outcome = .failure(error)
        }
        state.withLock { state in
            if state.readings[position]?.version == version { state.readings[position] = nil }
            if case .success(.some(let batch)) = outcome { state.keep(batch) }
        }
        return try outcome.get()
    }
}

extension EventFeed.State {
    fileprivate mutating func keep(_ batch: EventBatch) {
        // Nobody else could want it.
        guard signals.count > 1 else { return }
        batches.append(batch)
        byteCount += batch.bytes.readableBytes
        trim()
    }

    fileprivate mutating func trim() {
        let limit = signals.count > 1 ? EventFeed.keptBytes(for: signals.count) : 0
        while byteCount > limit || (batches.count > 64), let first = batches.first {
            batches.removeFirst()
            byteCount -= first.bytes.readableBytes
        }
        if signals.isEmpty { batches = [] }
    }
}

extension EventFeed {
    fileprivate static func keptBytes(for clients: Int) -> Int {
        kept.bytes * min(clients, kept.clients)
    }
}
