import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// `POST /api/tasks/{taskName}/run`
struct TriggerEndpoint: Sendable {
    let dependencies: APIServer.Dependencies
    let goingDown: OneShotSignal

    /// How long an answer is held, in seconds, where `wait_timeout` doesn't say.
    static let defaultWait: Int64 = 300

    @concurrent @Sendable
    func trigger(_ request: Request, _ context: APIContext) async throws -> Response {
        var faults = RequestFaults()
        let task = try find(RequestPath(context: context).taskName(&faults))
        let body = try await JSONBody.read(request, context.connection)

        var query = QueryReader(request, context)
        let waits = query.boolean("wait") ?? false
        let waitSeconds = query.integer("wait_timeout", in: 1...3600) ?? Self.defaultWait
        faults.add(contentsOf: query.faults)
        var params = TriggerParams(body: body?.readableBytesView)
        let values = task.map { params.resolve(for: $0) }
        faults.add(contentsOf: params.faults)
        try faults.check()
        guard let task, let values else { preconditionFailure("a path without faults names a task") }

        var run = try await makeRun(of: task, params: values, context.auditEntry)
        if waits {
            run = try await RunWait(control: dependencies.control, store: dependencies.store, goingDown: goingDown)
                .end(of: run, within: .seconds(waitSeconds), for: context.connection)
        }
        var response = try Response(RunResource(run), status: .created, context)
        response.headers[.location] = "/api/runs/\(run.id)"
        return response
    }

    /// - Parameter name: nil for one that no task can have, which is a fault for later.
    /// - Throws: 404, and 403 where the task says that the API may not start it.
    private func find(_ name: String?) throws(ProblemError) -> TaskDefinition? {
        guard let name else { return nil }
        guard let task = dependencies.catalog.catalog.task(named: name) else { throw .noSuchTask(name) }
        guard task.allowsAPITrigger else {
            throw .forbidden("Task \(name) does not let the API start it: its configuration has api_trigger = false.")
        }
        return task
    }

    /// - Throws: 503 while the daemon is on its way down.
    private func makeRun(
        of task: TaskDefinition,
        params: [String: String],
        _ auditEntry: AuditEntry?
    ) async throws -> Run {
        do {
            let request = RunRequest(task: task, trigger: .api, params: params, auditEntry: auditEntry)
            let runs = try await dependencies.maker.makeRuns([request], moving: [])
            guard let run = runs.first else { preconditionFailure("the factory makes a run for each request") }
            return run
        } catch RunMakingError.shuttingDown {
            throw ProblemError.shuttingDown
        }
    }
}
