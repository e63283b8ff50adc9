import AlmanacAPI
import AlmanacModel
import Hummingbird
import HummingbirdCore
import Logging

/// Sees to it that every change that is asked for leaves an entry in the audit.
///
/// The entry of a run that is made by hand is committed with the run, by whoever makes it. Any other is committed before
/// the change, and gets its status afterwards: a daemon that dies in between leaves an entry without one.
struct AuditTrail: Sendable {
    private let store: any AuditStore
    private let clock: any WallClock

    /// The longest detail that is kept, in characters.
    private static let detailLimit = 500

    init(_ dependencies: APIServer.Dependencies) {
        store = dependencies.audit
        clock = dependencies.clock
    }

    func follow(
        _ operation: APIOperation,
        _ request: Request,
        _ context: APIContext,
        _ handler: APIRoutes.Handler
    ) async throws -> Response {
        guard operation.method != .get, let caller = context.caller, !Self.isDryRun(operation, request, context) else {
            return try await handler(request, context)
        }
        let path = RequestPath(context: context)
        var entry = AuditEntry(
            at: clock.now,
            caller: caller.auditCaller,
            address: caller.address,
            operation: operation.id,
            taskName: path.name("taskName"),
            runID: path.name("runId").flatMap { RunID($0) },
            tokenName: path.name("tokenName"),
            detail: request.uri.query.flatMap { $0.isEmpty ? nil : String($0.prefix(Self.detailLimit)) }
        )
        if operation.id == "triggerRun" {
            entry.status = operation.status
            var context = context
            context.auditEntry = entry
            return try await handler(request, context)
        }
        let number = try await store.record(entry)
        do {
            let response = try await handler(request, context)
            await settle(number, response.status.code, context)
            return response
        } catch {
            await settle(number, Self.status(of: error), context)
            throw error
        }
    }

    /// Whether a reload is asked for that changes nothing.
    private static func isDryRun(_ operation: APIOperation, _ request: Request, _ context: APIContext) -> Bool {
        guard operation.id == "reload" else { return false }
        var query = QueryReader(request, context)
        return query.boolean("dry_run") ?? false
    }

    /// What has been done cannot be undone for want of a status.
    private func settle(_ number: Int64, _ status: Int, _ context: APIContext) async {
        let note = context.record.auditNote
        do {
            try await store.settle(
                number,
                status: status,
                tokenName: note.tokenName,
                detail: note.detail.map { String($0.prefix(Self.detailLimit)) }
            )
        } catch {
            context.logger.error(
                "the outcome of entry \(number) of the audit, status \(status), cannot be recorded: \(error)",
                metadata: ["event": "\(LoggedEvent.recordingFailed)"]
            )
        }
    }

    /// The status that `ProblemMiddleware` makes of an error.
    private static func status(of error: any Error) -> Int {
        switch error {
        case let error as ProblemError: error.problem.status
        case let error as HTTPError: error.status.code
        default: 500
        }
    }
}

extension RequestPath {
    /// What the path has in a parameter's place; nil for what is no name of anything.
    fileprivate func name(_ parameter: String) -> String? {
        guard let raw = context.parameters[Substring(parameter)], let text = PercentEncoding.decode(raw) else {
            return nil
        }
        return TaskDefinition.isValidName(text) ? text : nil
    }
}
