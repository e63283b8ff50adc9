package import AlmanacModel
package import Logging
import Synchronization

/// The tokens that there are, in memory, in front of the store that keeps them: no request waits for the database to be let in.
package final class TokenRegister: Sendable {
    /// A token that is in force.
    final class Entry: Sendable {
        let token: APIToken
        /// Fires when it is revoked.
        let revoked = OneShotSignal()
        private let use: Mutex<Use>

        private struct Use {
            var last: PreciseTimestamp?
            /// The last one that the store was told of.
            var noted: PreciseTimestamp?
        }

        init(_ token: APIToken) {
            self.token = token
            use = Mutex(Use(last: token.lastUsedAt, noted: token.lastUsedAt))
        }

        var lastUse: PreciseTimestamp? { use.withLock { $0.last } }

        /// - Returns: whether the store is to be told of it.
        fileprivate func noteUse(at now: PreciseTimestamp) -> Bool {
            use.withLock { use in
                use.last = now
                if let noted = use.noted {
                    let age = now.duration(since: noted)
                    // A clock that was set back is no reason to be silent.
                    guard age >= TokenRegister.notingInterval || age < .zero else { return false }
                }
                use.noted = now
                return true
            }
        }
    }

    /// Why a token was not made.
    enum Refusal: Error, Equatable {
        case nameTaken
        case tooMany
    }

    /// How many there can be.
    static let limit = 1000
    /// How much newer than the store's a last use is before the store is told.
    static let notingInterval = Duration.seconds(60)

    private let entries: Mutex<[Entry]>
    private let store: any TokenStore
    private let clock: any WallClock
    private let logger: Logger
    private let changes = Turns()

    /// - Parameter tokens: those that the store holds.
    package init(_ tokens: [APIToken], store: any TokenStore, clock: any WallClock, logger: Logger) {
        entries = Mutex(tokens.map { Entry($0) })
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// The token that somebody has shown; nil for none that is in force.
    ///
    /// Every hash is compared to its end, whatever fits, so that the time tells nothing of any.
    func entry(of token: BearerToken) -> Entry? {
        let hash = token.hash
        var found: Entry?
        for entry in entries.withLock({ $0 }) where Self.isEqual(entry.token.hash, hash) { found = entry }
        let now = clock.now
        guard let found, !found.token.hasExpired(at: now) else { return nil }
        if found.noteUse(at: now) {
            // Nobody waits for it. What a crash takes away is a minute's uses.
            Task { [store, logger] in
                do {
                    try await store.noteUse(ofToken: found.token.name, at: now)
                } catch {
                    logger.warning(
                        "the last use of token \(found.token.name) cannot be noted: \(error)",
                        metadata: ["event": "\(LoggedEvent.recordingFailed)"]
                    )
                }
            }
        }
        return found
    }

    /// All of them with their last uses, by their names.
    var all: [APIToken] {
        entries.withLock { $0 }.map { entry in
            var token = entry.token
            token.lastUsedAt = entry.lastUse
            return token
        }.sorted { $0.name < $1.name }
    }

    /// Makes a token; it is in force when this returns.
    ///
    /// - Throws: `Refusal`, or the store's error.
    func make(
        named name: String,
        scopes: [TokenScope],
        expiresAt: PreciseTimestamp?
    ) async throws -> (token: APIToken, secret: BearerToken) {
        let secret = BearerToken.random()
        let token = APIToken(
            name: name,
            hash: secret.hash,
            scopes: scopes,
            createdAt: clock.now,
            expiresAt: expiresAt
        )
        try await changes.take {
            guard entries.withLock({ $0.count < Self.limit }) else { throw Refusal.tooMany }
            guard try await store.add(token) else { throw Refusal.nameTaken }
            entries.withLock { $0.append(Entry(token)) }
        }
        logger.notice(
            "token \(name) was made, with the scopes \(scopes.map(\.description).joined(separator: ", "))",
            metadata: ["event": "\(LoggedEvent.tokenMade)", "token": "\(name)"]
        )
        return (token, secret)
    }

    /// Revokes a token: it lets nobody in any more, from before this returns, and the streams that it has opened end.
    ///
    /// - Returns: whether there was one of that name.
    /// - Throws: the store's error; the token is in force again then.
    func revoke(_ name: String) async throws -> Bool {
        let wasThere = try await changes.take {
            let entry = entries.withLock { entries -> Entry? in
                guard let index = entries.firstIndex(where: { $0.token.name == name }) else { return nil }
                return entries.remove(at: index)
            }
            do {
                let wasKept = try await store.removeToken(named: name)
                entry?.revoked.fire()
                return wasKept || entry != nil
            } catch {
                if let entry { entries.withLock { $0.append(entry) } }
                throw error
            }
        }
        if wasThere {
            logger.notice(
                "token \(name) was revoked",
                metadata: ["event": "\(LoggedEvent.tokenRevoked)", "token": "\(name)"]
            )
        }
        return wasThere
    }

    /// Compares without a branch on what is compared.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}

/// Lets changes happen one after the other, each from its look at the memory to its look at the store.
private actor Turns {
    private var isTaken = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    nonisolated func take<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        await begin()
        do {
            let value = try await body()
            await end()
            return value
        } catch {
            await end()
            throw error
        }
    }

    private func begin() async {
        if isTaken { await withCheckedContinuation { queue.append($0) } }
        isTaken = true
    }

    private func end() {
        // The turn passes on, rather than being free in between.
        if queue.isEmpty { isTaken = false } else { queue.removeFirst().resume() }
    }
}
