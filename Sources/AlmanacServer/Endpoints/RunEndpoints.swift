import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// What is asked of runs: lists, one run, and its stop.
struct RunEndpoints: Sendable {
    let catalog: any CatalogSource
    let store: any RunStore
    let control: any RunControl

    init(_ dependencies: APIServer.Dependencies) {
        catalog = dependencies.catalog
        store = dependencies.store
        control = dependencies.control
    }

    /// `GET /api/runs`
    @concurrent @Sendable
    func list(_ request: Request, _ context: APIContext) async throws -> Response {
        var reader = QueryReader(request, context)
        let query = RunQuery(&reader)
        try reader.faults.check()
        return try Response(AlmanacAPI.RunPage(try await store.runs(matching: query)), context)
    }

    /// `GET /api/tasks/{t}/runs`: those of a configured task. The runs of one that has left the configuration are found
    /// by `task_name`.
    @concurrent @Sendable
    func listOfTask(_ request: Request, _ context: APIContext) async throws -> Response {
        var faults = RequestFaults()
        let name = RequestPath(context: context).taskName(&faults)
        if let name, catalog.catalog.task(named: name) == nil { throw ProblemError.noSuchTask(name) }
        var reader = QueryReader(request, context)
        var query = RunQuery(&reader)
        faults.add(contentsOf: reader.faults)
        try faults.check()
        if let other = query.taskName, other != name {
            return try Response(AlmanacAPI.RunPage(runs: [], total: 0), context)
        }
        query.taskName = name
        return try Response(AlmanacAPI.RunPage(try await store.runs(matching: query)), context)
    }

    /// `GET /api/runs/{r}` and `GET /api/tasks/{t}/runs/{r}`
    @concurrent @Sendable
    func run(_ request: Request, _ context: APIContext) async throws -> Response {
        try Response(RunResource(try await find(context, query: QueryReader(request, context))), context)
    }

    /// `POST .../runs/{r}/stop`
    @concurrent @Sendable
    func stop(_ request: Request, _ context: APIContext) async throws -> Response {
        let run = try await find(context, query: QueryReader(request, context))
        do {
            try await control.stop(run.id)
        } catch RunControlError.noSuchRun {
            throw ProblemError.noSuchRun(run.id)
        } catch RunControlError.alreadyEnded {
            throw ProblemError(.conflict, "Run \(run.id) has ended already.")
        }
        return try Response(StopAnswer(message: "Run \(run.id) is being stopped."), context)
    }

    /// A run is removed before its files are: what was opened while the run is there was whole.
    ///
    /// - Throws: 404 where an ended run has been removed meanwhile.
    func checkIsStillThere(_ run: Run) async throws {
        if run.state.end != nil, try await store.run(run.id) == nil { throw ProblemError.noSuchRun(run.id) }
    }

    /// The run that the path names, of the task that it names where it names one.
    ///
    /// - Throws: 404, and 422 for faults in the path and in the query.
    func find(_ context: APIContext, query: QueryReader) async throws -> Run {
        var faults = RequestFaults()
        let path = RequestPath(context: context)
        let namesTask = context.parameters["taskName"] != nil
        let taskName = namesTask ? path.taskName(&faults) : nil
        let id = path.runID(&faults)
        var found: Run?
        if let id, taskName != nil || !namesTask {
            guard let run = try await store.run(id), taskName.map({ $0 == run.taskName }) ?? true else {
                throw ProblemError.noSuchRun(id)
            }
            found = run
        }
        faults.add(contentsOf: query.faults)
        try faults.check()
        guard let found else { preconditionFailure("a path without faults names a run") }
        return found
    }
}
