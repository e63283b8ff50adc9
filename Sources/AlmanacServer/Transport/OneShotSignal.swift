import Synchronization

/// Something that happens once, or never: a client that hangs up, a daemon that goes down.
final class OneShotSignal: Sendable {
    /// Stands for one registered callback.
    struct Token: Sendable {
        fileprivate let number: UInt64
    }

    private enum State {
        case waiting(callbacks: [UInt64: @Sendable () -> Void], nextNumber: UInt64)
        case fired
    }

    private let state = Mutex(State.waiting(callbacks: [:], nextNumber: 0))

    var hasFired: Bool {
        state.withLock { state in
            if case .fired = state { true } else { false }
        }
    }

    /// Lets it happen; all but the first time do nothing.
    func fire() {
        let callbacks = state.withLock { state in
            defer { state = .fired }
            return switch state {
            case .waiting(let callbacks, _): Array(callbacks.values)
            case .fired: [] as [@Sendable () -> Void]
            }
        }
        for callback in callbacks { callback() }
    }

    /// Calls back when it happens, on whatever thread that is; at once where it has happened.
    ///
    /// - Returns: what `forget` takes; nil where it has happened.
    func whenFired(_ callback: @escaping @Sendable () -> Void) -> Token? {
        let token: Token? = state.withLock { state in
            guard case .waiting(var callbacks, let number) = state else { return nil }
            callbacks[number] = callback
            state = .waiting(callbacks: callbacks, nextNumber: number + 1)
            return Token(number: number)
        }
        if token == nil { callback() }
        return token
    }

    /// Drops a callback.
    func forget(_ token: Token?) {
        guard let token else { return }
        state.withLock { state in
            guard case .waiting(var callbacks, let number) = state else { return }
            callbacks[token.number] = nil
            state = .waiting(callbacks: callbacks, nextNumber: number)
        }
    }
}
