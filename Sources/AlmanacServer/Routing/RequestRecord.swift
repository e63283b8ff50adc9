import AlmanacAPI
import Synchronization

/// What is known of a request once it has been answered.
final class RequestRecord: Sendable {
    /// What the audit is to keep beside what the path and the query say.
    struct AuditNote: Sendable {
        var tokenName: String?
        var detail: String?
    }

    private let known = Mutex<(operation: APIOperation?, auditNote: AuditNote)>((nil, AuditNote()))

    /// What was asked for; nil for what is no operation, and for callers who were turned away before.
    var operation: APIOperation? {
        get { known.withLock(\.operation) }
        set { known.withLock { $0.operation = newValue } }
    }

    var auditNote: AuditNote {
        get { known.withLock(\.auditNote) }
        set { known.withLock { $0.auditNote = newValue } }
    }
}
