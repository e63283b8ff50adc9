import AlmanacAPI
import Synchronization

/// What is known of a request once it has been answered or refused.
final class RequestRecord: Sendable {
    /// What the audit is to keep beside what the path and the query say.
    struct AuditNote: Sendable {
        var tokenName: String?
        var detail: String?
    }

    private struct Known {
        var baseAddress: String?
        var operation: APIOperation?
        var auditNote = AuditNote()
    }

    private let known = Mutex(Known())

    /// The address that answers are made absolute with, `http://127.0.0.1:9477`; nil until the host is known to be good.
    var baseAddress: String? {
        get { known.withLock(\.baseAddress) }
        set { known.withLock { $0.baseAddress = newValue } }
    }

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
