import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import Hummingbird
import HummingbirdCore

/// What is asked about tasks: `GET /api/tasks`, `/api/tasks/{t}` and `/api/tasks/{t}/next`.
struct TaskEndpoints: Sendable {
    let catalog: any CatalogSource
    let pausing: any TaskPausing
    let clock: any WallClock

    init(_ dependencies: APIServer.Dependencies) {
        catalog = dependencies.catalog
        pausing = dependencies.pausing
        clock = dependencies.clock
    }

    @concurrent @Sendable
    func list(_ request: Request, _ context: APIContext) async throws -> Response {
        try QueryReader(request, context).faults.check()
        let pauses = Dictionary(await pausing.pauses.map { ($0.taskName, $0) }) { first, _ in first }
        let now = clock.now.timestamp
        return try Response(json: catalog.catalog.tasks.map { TaskResource($0, pause: pauses[$0.name], now: now) })
    }

    @concurrent @Sendable
    func task(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = QueryReader(request, context)
        let task = try find(context, query: query)
        let pause = await pausing.pauses.first { $0.taskName == task.name }
        return try Response(TaskResource(task, pause: pause, now: clock.now.timestamp), context)
    }

    @concurrent @Sendable
    func next(_ request: Request, _ context: APIContext) async throws -> Response {
        var query = QueryReader(request, context)
        let count = query.integer("count", in: 1...1000) ?? 10
        let from = query.wholeTime("from") ?? clock.now.timestamp
        let until = query.wholeTime("until") ?? .maximum
        let listsSkipped = query.boolean("skipped") ?? false
        let task = try find(context, query: query)

        var occurrences: [OccurrenceResource] = []
        if let schedule = task.schedule?.schedule {
            // Several lie at one instant where a clock change has taken ticks away: it is not to be looked for after each.
            let found =
                listsSkipped
                ? schedule.occurrences(after: from, through: until) : schedule.firings(after: from, through: until)
            occurrences = found.prefix(Int(count)).map { OccurrenceResource($0, in: schedule.zone) }
        }
        return try Response(OccurrenceList(occurrences: occurrences), context)
    }

    /// The task that the path names.
    ///
    /// - Throws: 404, and 422 for faults in the path and in the query.
    private func find(_ context: APIContext, query: QueryReader) throws(ProblemError) -> TaskDefinition {
        var faults = RequestFaults()
        let name = RequestPath(context: context).taskName(&faults)
        let task = name.flatMap { catalog.catalog.task(named: $0) }
        if let name, task == nil { throw .noSuchTask(name) }
        faults.add(contentsOf: query.faults)
        try faults.check()
        guard let task else { preconditionFailure("a path without faults names a task") }
        return task
    }
}

extension ProblemError {
    static let shuttingDown = ProblemError(.serviceUnavailable, "The daemon is shutting down.")

    static func noSuchTask(_ name: String) -> ProblemError {
        .notFound("There is no task \(name).")
    }

    static func noSuchRun(_ id: RunID) -> ProblemError {
        .notFound("There is no run \(id).")
    }
}
