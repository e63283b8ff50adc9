import AlmanacAPI
import AlmanacModel
import Hummingbird
import Logging
import Synchronization

/// What a request's handlers know beside the request.
struct APIContext: RequestContext {
    struct Source: RequestContextSource {
        var logger: Logger
        var requestID: RequestID
        var connection: ClientConnection
        var record: RequestRecord
    }

    var coreContext: CoreRequestContextStorage
    let requestID: RequestID
    let connection: ClientConnection
    let record: RequestRecord
    /// What is asked for; nil until the path and the method have told.
    var operation: APIOperation?
    /// Who asks; nil until they have been let in, and for what needs no letting in.
    var caller: Caller?
    /// What the audit is to keep of the request, for the one who makes a run of it; nil where it is kept otherwise.
    var auditEntry: AuditEntry?
    /// The address that answers are made absolute with, `http://127.0.0.1:9477`; nil until the host is known to be good.
    var baseAddress: String?

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = source.requestID
        connection = source.connection
        record = source.record
    }
}

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
