import Synchronization

/// What the task of a stream waits for; whatever comes while it does something else is kept.
final class StreamSignal: Sendable {
    struct Kinds: OptionSet, Sendable {
        let rawValue: UInt8

        /// There may be something new.
        static let news = Kinds(rawValue: 1)
        /// It is time for a sign of life.
        static let beat = Kinds(rawValue: 2)
        /// Nobody wants the stream any more; it stays so.
        static let end = Kinds(rawValue: 4)
    }

    fileprivate struct State {
        var pending: Kinds = []
        var waiter: CheckedContinuation<Kinds, Never>?
    }

    private let state = Mutex(State())

    var hasEnded: Bool { state.withLock { $0.pending.contains(.end) } }

    func set(_ kind: Kinds) {
        let (waiter, pending) = state.withLock { state in
            state.pending.formUnion(kind)
            guard let waiter = state.waiter else { return (CheckedContinuation<Kinds, Never>?.none, Kinds()) }
            state.waiter = nil
            return (waiter, state.take())
        }
        waiter?.resume(returning: pending)
    }

    /// Waits until something is set, and takes it; for one task at a time.
    func next() async -> Kinds {
        await withCheckedContinuation { continuation in
            let pending: Kinds? = state.withLock { state in
                if state.pending.isEmpty {
                    state.waiter = continuation
                    return nil
                }
                return state.take()
            }
            if let pending { continuation.resume(returning: pending) }
        }
    }
}

extension StreamSignal.State {
    fileprivate mutating func take() -> StreamSignal.Kinds {
        defer { pending.formIntersection(.end) }
        return pending
    }
}
