/// What a token lets its holder do.
package enum TokenScope: Hashable, Sendable {
    /// Read everything but the tokens and the audit.
    case read
    /// Start every task that the API may start, and read tasks and runs one by one under their task's path.
    case trigger
    /// The same of one task alone; there need not be such a task.
    case triggerTask(String)
    /// Everything.
    case admin

    /// Reads `read`, `trigger`, `trigger:TASK` or `admin`.
    package init?(_ text: String) {
        switch text {
        case "read": self = .read
        case "trigger": self = .trigger
        case "admin": self = .admin
        default:
            let prefix = "trigger:"
            guard text.hasPrefix(prefix) else { return nil }
            let name = String(text.dropFirst(prefix.count))
            guard TaskDefinition.isValidName(name) else { return nil }
            self = .triggerTask(name)
        }
    }
}

extension TokenScope: CustomStringConvertible {
    /// The scope as `init(_:)` reads it.
    package var description: String {
        switch self {
        case .read: "read"
        case .trigger: "trigger"
        case .triggerTask(let name): "trigger:\(name)"
        case .admin: "admin"
        }
    }
}

/// A token of the API, as it is kept: not the token itself, which only its holder knows.
package struct APIToken: Hashable, Sendable {
    /// Of the characters that a task's name may have, and as long.
    package var name: String
    /// The SHA-256 of the token: 32 bytes.
    package var hash: [UInt8]
    /// At least one, each once.
    package var scopes: [TokenScope]
    package var createdAt: PreciseTimestamp
    /// The first instant at which it is worth nothing; nil for never.
    package var expiresAt: PreciseTimestamp?
    /// When it last let somebody in; nil for never.
    package var lastUsedAt: PreciseTimestamp?

    package init(
        name: String,
        hash: [UInt8],
        scopes: [TokenScope],
        createdAt: PreciseTimestamp,
        expiresAt: PreciseTimestamp? = nil,
        lastUsedAt: PreciseTimestamp? = nil
    ) {
        self.name = name
        self.hash = hash
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }

    /// Whether it is worth nothing at an instant.
    package func hasExpired(at now: PreciseTimestamp) -> Bool {
        expiresAt.map { now >= $0 } ?? false
    }
}

/// Keeps the tokens. Every call that changes something returns after the change is durable.
package protocol TokenStore: Sendable {
    /// All of them, those that have expired included, by their names.
    func tokens() async throws -> [APIToken]

    /// - Returns: whether it was kept; false where there is one of that name.
    func add(_ token: APIToken) async throws -> Bool

    /// - Returns: whether there was one of that name.
    func removeToken(named name: String) async throws -> Bool

    /// Notes when a token was last used.
    func noteUse(ofToken name: String, at time: PreciseTimestamp) async throws
}
