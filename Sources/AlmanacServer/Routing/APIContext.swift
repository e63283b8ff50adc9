import AlmanacAPI
import AlmanacModel
import Hummingbird
import Logging

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

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = source.requestID
        connection = source.connection
        record = source.record
    }

    /// The address of the schema of an answer's object; nil until the host is known to be good.
    func schemaAddress<Object: WireObject>(of type: Object.Type) -> String? {
        record.baseAddress.map { "\($0)/schemas/\(type.schemaName).json" }
    }
}
