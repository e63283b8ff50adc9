import NIOCore
import Synchronization

/// Numbered events for any number of clients, each at a position of its own: read and encoded once where several are at the
/// same one.
///
/// What was read last is kept for those who come a little later, in bounds; who is further behind reads for himself.
///
/// News is told in rounds. A round wakes all clients once, a few at a time, and its pauses are so long that even many clients do
/// not take up the event loop. What is told of while a round is underway makes one further round, and clients go no further than
/// to what was there when somebody first read in the present one: otherwise each would find something new after each write.
final class EventFeed: Sendable {
    /// Reads what comes after a number; nil where there is nothing.
    typealias Read = @Sendable (_ position: Int64) async throws -> EventBatch?

    fileprivate struct Reading {
        var version: UInt64
        var task: Task<EventBatch?, any Error>
    }

    /// Clients being woken.
    fileprivate struct Round {
        /// Those who have not had their turn.
        var waiting: ArraySlice<StreamSignal>
        let size: Int
    }

    fileprivate struct State {
        var signals: [ObjectIdentifier: StreamSignal] = [:]
        /// The one that is underway, its last pause included.
        var round: Round?
        /// Whether there is news that no round has told of.
        var hasNews = false
        /// The number of the present round: what was read before it may lack what it tells of.
        var version: UInt64 = 0
        /// The first number after which there is nothing that a round has told of; nil where nobody has looked yet.
        var end: Int64?
        var readings: [Int64: Reading] = [:]
        var batches: [EventBatch] = []
        var byteCount = 0
    }

    private let state = Mutex(State())
    private let pace: StreamPace
    private let read: Read

    /// How many bytes are kept for each client, and for how many of them.
    private static let kept = (bytes: 64 << 10, clients: 8)

    init(_ pace: StreamPace, read: @escaping Read) {
        self.pace = pace
        self.read = read
    }

    /// Wakes a client with all news from now on.
    ///
    /// - Returns: how many there are.
    @discardableResult
    func add(_ signal: StreamSignal) -> Int {
        pace.addClient()
        return state.withLock { state in
            // While there was nobody, nobody may have listened for news.
            if state.signals.isEmpty { state.outdate() }
            state.signals[ObjectIdentifier(signal)] = signal
            return state.signals.count
        }
    }

    /// - Returns: how many are left.
    @discardableResult
    func remove(_ signal: StreamSignal) -> Int {
        pace.removeClient()
        return state.withLock { state in
            state.signals[ObjectIdentifier(signal)] = nil
            state.trim()
            return state.signals.count
        }
    }

    /// Says that what has been read is out of date; nobody is woken for it yet.
    func outdate() {
        state.withLock { $0.outdate() }
    }

    /// Says that there is something new, and has all clients woken with it: the first of them at once where it is quiet.
    func tell() {
        wake(
            state.withLock { state in
                state.hasNews = true
                return state.round == nil ? state.takeTurn() : nil
            }
        )
    }

    /// Wakes clients, and the next ones when their turn comes.
    private func wake(_ turn: (signals: ArraySlice<StreamSignal>, roundSize: Int)?) {
        guard let turn else { return }
        for signal in turn.signals { signal.set(.news) }
        pace.rest(after: turn.signals.count, of: turn.roundSize) { [weak self] in
            guard let self else { return }
            wake(state.withLock { $0.takeTurn() })
        }
    }

    /// What comes after a number, as much as is given at a time; nil where there is nothing before the next round.
    func batch(after position: Int64) async throws -> EventBatch? {
        enum Found {
            case batch(EventBatch)
            case reading(Task<EventBatch?, any Error>)
            case nothing
        }
        let found: Found = state.withLock { state in
            if let end = state.end, position >= end { return .nothing }
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
        case .nothing: return nil
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
            guard case .success(let batch) = outcome else { return }
            if let batch { state.keep(batch) }
            if state.version == version, batch?.reachesEnd ?? true {
                state.end = min(state.end ?? .max, batch?.through ?? position)
            }
        }
        return try outcome.get()
    }
}

extension EventFeed.State {
    fileprivate mutating func outdate() {
        version &+= 1
        end = nil
    }

    /// The clients that are woken next, of the round that is underway or of another one where there is news; nil where there are
    /// none, and the round is over.
    fileprivate mutating func takeTurn() -> (signals: ArraySlice<StreamSignal>, roundSize: Int)? {
        if round?.waiting.isEmpty ?? true {
            round = nil
            guard hasNews else { return nil }
            hasNews = false
            outdate()
            if signals.isEmpty { return nil }
            round = EventFeed.Round(waiting: Array(signals.values)[...], size: signals.count)
        }
        guard var present = round else { return nil }
        let turn = present.waiting.prefix(StreamPace.clientsAtOnce)
        present.waiting = present.waiting.dropFirst(turn.count)
        round = present
        return (turn, present.size)
    }

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
