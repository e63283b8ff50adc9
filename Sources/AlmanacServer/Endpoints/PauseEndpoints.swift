import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// `POST /api/tasks/{t}/pause` and `POST /api/tasks/{t}/resume`: each answers with the task as it is then.
struct PauseEndpoints: Sendable {
    let dependencies: APIServer.Dependencies
    let goingDown: OneShotSignal

    /// Holds a task's schedule, or changes the end of a pause that is in force. 409 for a task that nothing but a hand or a
    /// start of the daemon runs, since there is nothing to hold, and for an end that has passed.
    @concurrent @Sendable
    func pause(_ request: Request, _ context: APIContext) async throws -> Response {
        let (task, asked) = try await read(request, context, as: PauseAsked.self)
        guard let schedule = task.schedule, !schedule.isReboot else {
            throw ProblemError(.conflict, "Task \(task.name) has no schedule that could be paused.")
        }
        let pause = try await changing(task) {
            do {
                return try await dependencies.pausing.pause(task.name, until: asked.until)
            } catch TaskPausingError.endHasPassed {
                throw RequestFaults.hasPassed("body.until", value: asked.untilText.map { .string($0) })
            }
        }
        return try answer(task, pause: pause, context)
    }

    /// Ends a task's pause. 409 where it is not paused.
    @concurrent @Sendable
    func resume(_ request: Request, _ context: APIContext) async throws -> Response {
        let (task, _) = try await read(request, context, as: NothingAsked.self)
        let wasPaused = try await changing(task) { try await dependencies.pausing.resume(task.name) }
        guard wasPaused else { throw ProblemError(.conflict, "Task \(task.name) is not paused.") }
        return try answer(task, pause: nil, context)
    }

    /// - Throws: 404, 415, 413, and 422 for faults in path, query and body.
    private func read<Asked: JSONBodyReading>(
        _ request: Request,
        _ context: APIContext,
        as type: Asked.Type
    ) async throws -> (TaskDefinition, Asked) {
        var faults = RequestFaults()
        let name = RequestPath(context: context).taskName(&faults)
        let task = name.flatMap { dependencies.catalog.catalog.task(named: $0) }
        if let name, task == nil { throw ProblemError.noSuchTask(name) }
        let asked = Asked(body: try await JSONBody.read(request, context.connection)?.readableBytesView)
        faults.add(contentsOf: QueryReader(request, context).faults)
        faults.add(contentsOf: asked.faults)
        try faults.check()
        guard let task else { preconditionFailure("a path without faults names a task") }
        return (task, asked)
    }

    /// - Throws: 503 while the daemon is on its way down, 404 for a task that has left the configuration meanwhile.
    private func changing<Value>(_ task: TaskDefinition, _ body: () async throws -> Value) async throws -> Value {
        if goingDown.hasFired { throw ProblemError.shuttingDown }
        do {
            return try await body()
        } catch RunMakingError.shuttingDown {
            throw ProblemError.shuttingDown
        } catch TaskPausingError.noSuchTask {
            throw ProblemError.noSuchTask(task.name)
        }
    }

    private func answer(_ task: TaskDefinition, pause: TaskPause?, _ context: APIContext) throws -> Response {
        try Response(TaskResource(task, pause: pause, now: dependencies.clock.now.timestamp), context)
    }
}
