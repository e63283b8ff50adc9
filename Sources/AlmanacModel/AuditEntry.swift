/// One change that somebody has asked for through the API.
package struct AuditEntry: Hashable, Sendable {
    /// Who has asked.
    package enum Caller: Hashable, Sendable {
        /// A token, by its name.
        case token(String)
        /// A process at the other end of the Unix socket.
        case user(id: UInt32, processID: Int32)
        /// Somebody of whom nothing was asked, since the API is open.
        case anonymous
    }

    /// Counts up from 1 in the order in which the entries were committed; nil for one that has not been.
    package var number: Int64?
    package var at: PreciseTimestamp
    package var caller: Caller
    /// Where from: an IP address, or `unix`.
    package var address: String
    /// The `id` of the operation.
    package var operation: String
    /// The task, the run and the token that the operation was about.
    package var taskName: String?
    package var runID: RunID?
    package var tokenName: String?
    /// The status of the answer; nil while there is none, and for ever where the daemon died over it.
    package var status: Int?
    /// What there was in particular: the request's query, a new token's scopes, how many runs there were of many; never a
    /// parameter's value or a secret.
    package var detail: String?

    package init(
        number: Int64? = nil,
        at: PreciseTimestamp,
        caller: Caller,
        address: String,
        operation: String,
        taskName: String? = nil,
        runID: RunID? = nil,
        tokenName: String? = nil,
        status: Int? = nil,
        detail: String? = nil
    ) {
        self.number = number
        self.at = at
        self.caller = caller
        self.address = address
        self.operation = operation
        self.taskName = taskName
        self.runID = runID
        self.tokenName = tokenName
        self.status = status
        self.detail = detail
    }

    /// How many of the newest are kept.
    package static let retention: Int64 = 100_000
}

extension AuditEntry.Caller {
    /// `token`, `user` or `anonymous`.
    package var kind: String {
        switch self {
        case .token: "token"
        case .user: "user"
        case .anonymous: "anonymous"
        }
    }

    /// The token's name, or the user's id; empty for somebody anonymous.
    package var name: String {
        switch self {
        case .token(let name): name
        case .user(let id, _): "\(id)"
        case .anonymous: ""
        }
    }
}

/// Which entries of the audit are wanted.
package struct AuditQuery: Hashable, Sendable {
    /// Those before the one with this number, exclusive.
    package var before: Int64?
    package var operation: String?
    /// The name of a token, or a user's id.
    package var caller: String?
    package var taskName: String?
    /// Inclusive.
    package var since: PreciseTimestamp?
    /// Exclusive.
    package var until: PreciseTimestamp?
    /// 1 to 1000.
    package var limit = 50

    package init() {}
}

/// Keeps the newest entries of the audit. Every call that changes something returns after the change is durable.
package protocol AuditStore: Sendable {
    /// Keeps an entry.
    ///
    /// - Returns: its number.
    func record(_ entry: AuditEntry) async throws -> Int64

    /// Says how what an entry tells of has ended.
    ///
    /// - Parameters:
    ///   - tokenName: the token that it was about; nil for what the entry has.
    ///   - detail: what there was in particular; nil for what the entry has.
    func settle(_ number: Int64, status: Int, tokenName: String?, detail: String?) async throws

    /// The entries that fit, newest first.
    func auditEntries(matching query: AuditQuery) async throws -> [AuditEntry]
}
