import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Leads each operation of the contract to what answers it.
struct APIRoutes {
    private let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    private let audit: AuditTrail
    private let clock: any WallClock

    typealias Handler = @concurrent @Sendable (Request, APIContext) async throws -> Response

    init(
        _ operations: [APIOperation],
        dependencies: APIServer.Dependencies,
        port: UInt16?,
        goingDown: OneShotSignal,
        streams: LiveStreams
    ) {
        let document = DocumentEndpoint(version: dependencies.daemon.version)
        audit = AuditTrail(dependencies)
        clock = dependencies.clock
        let handlers = Self.handlers(dependencies, port: port, goingDown: goingDown, streams: streams)
            .merging(document.handlers) { first, _ in first }
        router.add(middleware: ProblemMiddleware())
        router.add(
            middleware: GuardMiddleware(
                host: HostPolicy(hostNames: dependencies.access.hostNames),
                origin: OriginPolicy(),
                authenticator: Authenticator(
                    settings: dependencies.access,
                    tokens: dependencies.tokens,
                    attempts: dependencies.failedAttempts
                ),
                publicPaths: PublicPaths(operations)
            )
        )
        router.add(middleware: PathMiddleware(otherMethods: Self.refusals(operations)))
        for operation in operations {
            guard let handler = handlers[operation.id] else {
                preconditionFailure("nothing answers the operation \(operation.id)")
            }
            route(operation, .init(operation.method), to: handler)
        }
        // How long the log is takes reading it: everywhere else HEAD is GET without its body.
        let logs = LogEndpoints(dependencies)
        for operation in operations where ["getLogRaw", "getLogRawById"].contains(operation.id) {
            route(operation, .head, to: logs.rawHead)
        }
    }

    func responder() -> RouterResponder<APIContext> {
        router.buildResponder()
    }

    private func route(_ operation: APIOperation, _ method: HTTPRequest.Method, to handler: @escaping Handler) {
        router.on(RouterPath(operation.path), method: method) { [audit, clock] request, context in
            var context = context
            context.operation = operation
            context.record.operation = operation
            try Self.check(context, for: operation) { clock.now }
            return try await audit.follow(operation, request, context, handler)
        }
    }

    /// The one place where it is checked whether callers may do what they ask for.
    private static func check(
        _ context: APIContext,
        for operation: APIOperation,
        now: () -> PreciseTimestamp
    ) throws(ProblemError) {
        if operation.access == .everyone { return }
        guard let caller = context.caller else {
            preconditionFailure("a caller without credentials has come to the operation \(operation.id)")
        }
        let task = context.parameters["taskName"].flatMap { PercentEncoding.decode($0) }
        guard caller.may(operation.access, task: task) else { throw .outOfScope }
        // An answer that waits for a run is not cut short: the run was allowed when it was asked for, and goes on in any case.
        guard case .token(let entry) = caller.identity, case .events = operation.content else { return }
        // A stream lasts no longer than its token. One of a century is as good as one of ever.
        let rest = entry.token.expiresAt.map { min($0.duration(since: now()), .seconds(3_000_000_000)) }
        context.connection.end(with: entry.revoked, within: rest.map { TimeAmount($0) })
    }

    /// What answers each operation, by its name.
    private static func handlers(
        _ dependencies: APIServer.Dependencies,
        port: UInt16?,
        goingDown: OneShotSignal,
        streams liveStreams: LiveStreams
    ) -> [String: Handler] {
        let info = InfoEndpoint(dependencies: dependencies, port: port, goingDown: goingDown)
        let tasks = TaskEndpoints(dependencies)
        let pauses = PauseEndpoints(dependencies: dependencies, goingDown: goingDown)
        let reload = ReloadEndpoint(reloading: dependencies.reloading)
        let trigger = TriggerEndpoint(dependencies: dependencies, goingDown: goingDown)
        let runs = RunEndpoints(dependencies)
        let logs = LogEndpoints(dependencies)
        let tokens = TokenEndpoints(dependencies)
        let bulk = BulkEndpoints(dependencies, goingDown: goingDown)
        let search = LogSearchEndpoint(dependencies)
        let streams = StreamEndpoints(dependencies, streams: liveStreams)
        return [
            "getHealth": InfoEndpoint.health,
            "getMetrics": MetricsEndpoint(reading: dependencies.metrics).metrics,
            "getInfo": info.info,
            "reload": reload.reload,
            "getTasks": tasks.list,
            "getTask": tasks.task,
            "getNextOccurrences": tasks.next,
            "triggerRun": trigger.trigger,
            "pauseTask": pauses.pause,
            "resumeTask": pauses.resume,
            "getAllRuns": runs.list,
            "getTaskRuns": runs.listOfTask,
            "getRunById": runs.run,
            "getRun": runs.run,
            "getRunSummary": runs.summary,
            "deleteRunById": runs.delete,
            "deleteRun": runs.delete,
            "bulkCancelRuns": bulk.cancel,
            "bulkDeleteRuns": bulk.delete,
            "bulkRerunRuns": bulk.rerun,
            "searchTaskLog": search.search,
            "stopRunById": runs.stop,
            "stopRun": runs.stop,
            "getLogPageById": logs.page,
            "getLogPage": logs.page,
            "getLogRawById": logs.raw,
            "getLogRaw": logs.raw,
            "getTokens": tokens.list,
            "createToken": tokens.make,
            "revokeToken": tokens.revoke,
            "getAudit": AuditEndpoint(store: dependencies.audit).list,
            "streamRuns": streams.runs,
            "streamLogById": streams.log,
            "streamLog": streams.log,
        ]
    }

    /// Answers each known path, asked with GET, with 405 and what it allows: RFC 9110 15.5.6.
    private static func refusals(_ operations: [APIOperation]) -> RouterResponder<APIContext> {
        let router = Router(context: APIContext.self)
        for (path, operations) in Dictionary(grouping: operations, by: \.path) {
            var names = Set(operations.map(\.method.rawValue))
            if names.contains("GET") { names.insert("HEAD") }
            let allow = names.sorted().joined(separator: ", ")
            router.on(RouterPath(path), method: .get) { _, _ -> Response in
                throw ProblemError(.methodNotAllowed, "This path takes \(allow).", headers: [.allow: allow])
            }
        }
        return router.buildResponder()
    }
}

extension HTTPRequest.Method {
    init(_ method: APIOperation.Method) {
        switch method {
        case .get: self = .get
        case .post: self = .post
        case .delete: self = .delete
        }
    }
}
