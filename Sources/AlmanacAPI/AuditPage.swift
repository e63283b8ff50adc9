/// A part of the audit, newest first.
package struct AuditPage: WireObject {
    package static let schemaName = "AuditPage"

    package var schema: String?
    package var entries: [AuditRecord]
    /// What `before` takes for the next part; nil where there is none.
    package var nextBefore: Int64?

    package init(entries: [AuditRecord], nextBefore: Int64?) {
        self.entries = entries
        self.nextBefore = nextBefore
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case entries
        case nextBefore = "next_before"
    }
}

/// A change that somebody has asked for.
package struct AuditRecord: WireShape, Hashable {
    package static let schemaName = "AuditEntry"

    /// Counts up.
    package var id: Int64
    package var at: String
    /// `token`, `user` or `anonymous`.
    package var callerKind: String
    /// The token's name, or the user's id; empty for somebody anonymous.
    package var caller: String
    /// Of a user.
    package var processID: Int64?
    /// An IP address, or `unix`.
    package var address: String
    /// The operation's id in the document, `triggerRun`.
    package var operation: String
    package var taskName: String?
    package var runID: String?
    package var tokenName: String?
    /// The status of the answer; nil while there is none, and where the daemon died over it.
    package var status: Int64?
    /// The request's query.
    package var detail: String?

    package init(
        id: Int64,
        at: String,
        callerKind: String,
        caller: String,
        processID: Int64? = nil,
        address: String,
        operation: String,
        taskName: String? = nil,
        runID: String? = nil,
        tokenName: String? = nil,
        status: Int64? = nil,
        detail: String? = nil
    ) {
        self.id = id
        self.at = at
        self.callerKind = callerKind
        self.caller = caller
        self.processID = processID
        self.address = address
        self.operation = operation
        self.taskName = taskName
        self.runID = runID
        self.tokenName = tokenName
        self.status = status
        self.detail = detail
    }

    package enum CodingKeys: String, CodingKey {
        case id, at
        case callerKind = "caller_kind"
        case caller
        case processID = "process_id"
        case address, operation
        case taskName = "task_name"
        case runID = "run_id"
        case tokenName = "token_name"
        case status, detail
    }
}
