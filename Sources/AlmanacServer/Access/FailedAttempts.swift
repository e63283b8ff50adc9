import AlmanacModel
import Logging
import Synchronization

/// Slows those down who try wrong credentials, and tells the log of them.
///
/// Each address has a few attempts, which come back with time, and all at once with right credentials. The table is bounded: a
/// stranger with many addresses pushes out the oldest of them, and takes nothing away from anybody, since right credentials are
/// never held up.
final class FailedAttempts: Sendable {
    /// How many attempts an address has at first.
    static let burst = 10
    /// How long it takes until it has another one.
    static let interval = Duration.seconds(6)
    /// How many addresses are remembered.
    static let tableLimit = 4096
    /// How many lines the log gets at once, and how long it takes until it gets another one.
    static let logBurst = 5
    static let logInterval = Duration.seconds(30)

    /// Attempts that are left, as of a moment: a bucket that fills again.
    private struct Allowance {
        var count: Double
        var asOf: Duration

        /// Takes one.
        ///
        /// - Returns: nil, or how long it takes until there is one.
        mutating func take(at now: Duration, burst: Int, interval: Duration) -> Duration? {
            count = min(Double(burst), count + max(0, (now - asOf) / interval))
            asOf = now
            guard count < 1 else {
                count -= 1
                return nil
            }
            return interval * (1 - count)
        }
    }

    private struct State {
        var allowances: [[UInt8]: Allowance] = [:]
        var log = Allowance(count: Double(FailedAttempts.logBurst), asOf: .zero)
        var unlogged = 0

        /// Forgets the half of the addresses that has been quiet for longest.
        mutating func makeRoom() {
            let oldest = allowances.sorted { $0.value.asOf < $1.value.asOf }.prefix(FailedAttempts.tableLimit / 2)
            for (key, _) in oldest { allowances[key] = nil }
        }
    }

    private let state = Mutex(State())
    /// A clock that nobody sets: how long ago any fixed point was.
    private let elapsed: @Sendable () -> Duration
    private let logger: Logger
    private let whenFailed: @Sendable () -> Void

    /// - Parameter whenFailed: called with each failed attempt.
    init(
        elapsed: @escaping @Sendable () -> Duration,
        logger: Logger,
        whenFailed: @escaping @Sendable () -> Void = {}
    ) {
        self.whenFailed = whenFailed
        self.elapsed = elapsed
        self.logger = logger
    }

    /// Counts a failed attempt.
    ///
    /// - Parameter address: nil where it is not known; such callers share what one address has.
    /// - Returns: nil, or in how many seconds to try again.
    func fail(from address: IPAddress?) -> Int? {
        whenFailed()
        let now = elapsed()
        let wait: Duration? = state.withLock { state in
            let key = Self.key(address)
            if state.allowances[key] == nil, state.allowances.count >= Self.tableLimit { state.makeRoom() }
            return state.allowances[key, default: Allowance(count: Double(Self.burst), asOf: now)]
                .take(at: now, burst: Self.burst, interval: Self.interval)
        }
        tell(of: address?.description ?? "an unknown address", isSlowedDown: wait != nil)
        return wait.map { Int($0.components.seconds) + 1 }
    }

    /// Gives an address all of its attempts back: right credentials have come from it. Who has some may guess on without a
    /// pause, which 256 random bits of a token allow.
    func succeed(from address: IPAddress?) {
        state.withLock { $0.allowances[Self.key(address)] = nil }
    }

    /// Tells the log of a refused caller, unless it has been told of many just now.
    func tell(of caller: String, isSlowedDown: Bool = false) {
        let now = elapsed()
        let unlogged: Int? = state.withLock { state in
            guard state.log.take(at: now, burst: Self.logBurst, interval: Self.logInterval) == nil else {
                state.unlogged += 1
                return nil
            }
            defer { state.unlogged = 0 }
            return state.unlogged
        }
        guard let unlogged else { return }
        let others = unlogged > 0 ? "; \(unlogged) more attempts since the last message of this kind" : ""
        logger.warning(
            "a caller of the API was refused: \(caller)\(isSlowedDown ? ", who is being slowed down" : "")\(others)",
            metadata: [
                "event": "\(LoggedEvent.callerRefused)", "address": "\(caller)", "count": "\(unlogged + 1)",
            ]
        )
    }

    /// How many addresses are remembered at present.
    var addressCount: Int { state.withLock { $0.allowances.count } }

    /// A version 6 network of 64 bits is one customer's, who can take any address of it.
    private static func key(_ address: IPAddress?) -> [UInt8] {
        guard let address else { return [] }
        return address.isVersion6 ? Array(address.bytes.prefix(8)) : address.bytes
    }
}
