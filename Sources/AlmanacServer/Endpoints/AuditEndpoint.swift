import AlmanacAPI
import AlmanacModel
import Hummingbird
import HummingbirdCore

/// `GET /api/audit`
struct AuditEndpoint: Sendable {
    let store: any AuditStore

    @concurrent @Sendable
    func list(_ request: Request, _ context: APIContext) async throws -> Response {
        var reader = QueryReader(request, context)
        var query = AuditQuery()
        if let limit = reader.integer("limit", in: 1...1000) { query.limit = Int(limit) }
        query.before = reader.integer("before", in: 1 ... .max)
        query.operation = reader.text("operation")
        query.caller = reader.text("caller")
        query.taskName = reader.text("task_name")
        query.since = reader.time("since")
        query.until = reader.time("until")
        try reader.faults.check()
        let entries = try await store.auditEntries(matching: query)
        let isFull = entries.count == query.limit
        return try Response(
            AuditPage(entries: entries.map { AuditRecord($0) }, nextBefore: isFull ? entries.last?.number : nil),
            context
        )
    }
}

extension AuditRecord {
    init(_ entry: AuditEntry) {
        var process: Int64?
        if case .user(_, let id) = entry.caller { process = Int64(id) }
        self.init(
            id: entry.number ?? 0,
            at: entry.at.description,
            callerKind: entry.caller.kind,
            caller: entry.caller.name,
            processID: process,
            address: entry.address,
            operation: entry.operation,
            taskName: entry.taskName,
            runID: entry.runID?.description,
            tokenName: entry.tokenName,
            status: entry.status.map { Int64($0) },
            detail: entry.detail
        )
    }
}
