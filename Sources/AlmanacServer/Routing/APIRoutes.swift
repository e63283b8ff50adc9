import HTTPTypes
import Hummingbird

/// The table of the API's operations.
struct APIRoutes {
    /// Paths that need no credentials.
    static let publicPaths: Set<String> = ["/health"]

    private let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    private let otherMethods = Router(context: APIContext.self)

    init(dependencies: APIServer.Dependencies, port: UInt16?, goingDown: OneShotSignal) {
        let info = InfoEndpoint(dependencies: dependencies, port: port, goingDown: goingDown)
        let tasks = TaskEndpoints(
            catalog: dependencies.catalog,
            pausing: dependencies.pausing,
            clock: dependencies.clock
        )
        let pauses = PauseEndpoints(dependencies: dependencies)
        let reload = ReloadEndpoint(reloading: dependencies.reloading)
        let trigger = TriggerEndpoint(dependencies: dependencies, goingDown: goingDown)
        let runs = RunEndpoints(catalog: dependencies.catalog, store: dependencies.store, control: dependencies.control)
        let logs = LogEndpoints(runs: runs, logs: dependencies.logs)

        router.add(middleware: ProblemMiddleware())
        router.add(
            middleware: GuardMiddleware(
                host: HostPolicy(hostNames: dependencies.access.hostNames),
                origin: OriginPolicy(),
                authenticator: Authenticator(settings: dependencies.access),
                publicPaths: Self.publicPaths
            )
        )
        var table: [(path: String, methods: [HTTPRequest.Method: Handler])] = [
            ("/health", [.get: InfoEndpoint.health]),
            ("/api/info", [.get: info.info]),
            ("/api/tasks", [.get: tasks.list]),
            ("/api/tasks/{taskName}", [.get: tasks.task]),
            ("/api/tasks/{taskName}/next", [.get: tasks.next]),
            ("/api/tasks/{taskName}/run", [.post: trigger.trigger]),
            ("/api/tasks/{taskName}/pause", [.post: pauses.pause]),
            ("/api/tasks/{taskName}/resume", [.post: pauses.resume]),
            ("/api/reload", [.post: reload.reload]),
            ("/api/tasks/{taskName}/runs", [.get: runs.listOfTask]),
            ("/api/runs", [.get: runs.list]),
        ]
        for run in ["/api/runs/{runId}", "/api/tasks/{taskName}/runs/{runId}"] {
            table += [
                (run, [.get: runs.run]),
                ("\(run)/stop", [.post: runs.stop]),
                ("\(run)/log", [.get: logs.page]),
                ("\(run)/log/raw", [.get: logs.raw, .head: logs.rawHead]),
            ]
        }
        router.add(middleware: PathMiddleware(otherMethods: Self.refusals(of: table)))
        for (path, methods) in table {
            for (method, handler) in methods {
                router.on(RouterPath(path), method: method, use: handler)
            }
        }
    }

    typealias Handler = @concurrent @Sendable (Request, APIContext) async throws -> Response

    func responder() -> RouterResponder<APIContext> {
        router.buildResponder()
    }

    /// Answers each known path, asked with GET, with 405 and what it allows: RFC 9110 15.5.6.
    private static func refusals(
        of table: [(path: String, methods: [HTTPRequest.Method: Handler])]
    ) -> RouterResponder<APIContext> {
        let router = Router(context: APIContext.self)
        for (path, methods) in table {
            var names = Set(methods.keys.map(\.rawValue))
            if names.contains("GET") { names.insert("HEAD") }
            let allow = names.sorted().joined(separator: ", ")
            router.on(RouterPath(path), method: .get) { _, _ -> Response in
                throw ProblemError(.methodNotAllowed, "This path takes \(allow).", headers: [.allow: allow])
            }
        }
        return router.buildResponder()
    }
}
