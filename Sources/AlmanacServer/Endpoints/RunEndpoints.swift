import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// What is asked of runs: lists, figures, one run, its stop and its removal.
struct RunEndpoints: Sendable {
    let catalog: any CatalogSource
    let store: any RunStore
    let control: any RunControl
    let survey: any RunSurveying
    let removing: any RunRemoving

    init(_ dependencies: APIServer.Dependencies) {
        catalog = dependencies.catalog
        store = dependencies.store
        control = dependencies.control
        survey = dependencies.survey
        removing = dependencies.removing
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
        let run = try await find(context, query: QueryReader(request, context)) {
            NothingAsked(body: try await JSONBody.read(request, context.connection)?.readableBytesView).faults
        }
        do {
            try await control.stop(run.id)
        } catch RunControlError.noSuchRun {
            throw ProblemError.noSuchRun(run.id)
        } catch RunControlError.alreadyEnded {
            throw ProblemError(.conflict, "Run \(run.id) has ended already.")
        }
        return try Response(StopAnswer(message: "Run \(run.id) is being stopped."), context)
    }

    /// `GET /api/runs/summary`
    @concurrent @Sendable
    func summary(_ request: Request, _ context: APIContext) async throws -> Response {
        try QueryReader(request, context).faults.check()
        let tally = try await survey.tally()
        let summary = RunSummary(
            total: Int64(tally.total),
            success: Int64(tally.ended[.success] ?? 0),
            failed: Int64(tally.failures),
            missed: Int64(tally.ended[.missed] ?? 0),
            lastFailure: tally.lastFailure?.description
        )
        return try Response(summary, context)
    }

    /// `DELETE .../runs/{r}`
    @concurrent @Sendable
    func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let run = try await find(context, query: QueryReader(request, context))
        do {
            try await removing.remove(run.id)
        } catch RunRemovalError.noSuchRun {
            throw ProblemError.noSuchRun(run.id)
        } catch RunRemovalError.notEnded {
            throw ProblemError(.conflict, "Run \(run.id) has not ended; it can be stopped first.")
        }
        return Response(status: .noContent)
    }

    /// A run is removed before its files are: what was opened while the run is there was whole.
    ///
    /// - Throws: 404 where an ended run has been removed meanwhile.
    func checkIsStillThere(_ run: Run) async throws {
        if run.state.end != nil, try await store.run(run.id) == nil { throw ProblemError.noSuchRun(run.id) }
    }

    /// The configured task that the path names.
    ///
    /// - Throws: 404, and 422 for faults in the path and in the query.
    func taskName(_ context: APIContext, query: QueryReader) throws(ProblemError) -> String {
        var faults = RequestFaults()
        let name = RequestPath(context: context).taskName(&faults)
        if let name, catalog.catalog.task(named: name) == nil { throw .noSuchTask(name) }
        faults.add(contentsOf: query.faults)
        try faults.check()
        guard let name else { preconditionFailure("a path without faults names a task") }
        return name
    }

    /// The run that the path names, of the task that it names where it names one.
    ///
    /// - Parameter readBody: what is wrong with the body, which is read once the run is found.
    /// - Throws: 404, and 422 for faults in the path, in the query and in the body.
    func find(
        _ context: APIContext,
        query: QueryReader,
        readBody: () async throws -> RequestFaults = { RequestFaults() }
    ) async throws -> Run {
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
        let bodyFaults = try await readBody()
        faults.add(contentsOf: query.faults)
        faults.add(contentsOf: bodyFaults)
        try faults.check()
        guard let found else { preconditionFailure("a path without faults names a run") }
        return found
    }
}
