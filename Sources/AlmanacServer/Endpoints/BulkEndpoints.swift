import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// What is done to many runs at once: `POST /api/runs/bulk/{cancel,delete,rerun}`.
///
/// The runs are gone through in pages, and each page is committed by itself: a selection of any size takes little memory, and
/// others get their turn. One that the daemon's end cuts short is a 503, which says how far it came.
struct BulkEndpoints: Sendable {
    private let dependencies: APIServer.Dependencies
    private let goingDown: OneShotSignal

    /// How many stops are on their way at a time, so that their commits are shared.
    private static let stopsAtOnce = 64
    /// How many runs are made in one transaction.
    private static let runsAtOnce = 100

    init(_ dependencies: APIServer.Dependencies, goingDown: OneShotSignal) {
        self.dependencies = dependencies
        self.goingDown = goingDown
    }

    /// Stops pending and running runs; those that have ended are passed over.
    @concurrent @Sendable
    func cancel(_ request: Request, _ context: APIContext) async throws -> Response {
        let selection = try await selection(request, context).limited(to: [.pending, .running])
        var affected = 0
        try await forEachPage(of: selection, context, "stopped", { affected }) { runs in
            affected += try await stop(runs)
        }
        note(selection, "affected: \(affected)", context)
        return try Response(BulkAffected(affected: Int64(affected)), context)
    }

    /// Removes ended runs; active ones are passed over.
    @concurrent @Sendable
    func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let selection = try await selection(request, context).limited(to: [.ended])
        var affected = 0
        try await forEachPage(of: selection, context, "removed", { affected }) { runs in
            affected += try await dependencies.removing.remove(runs.map(\.id))
        }
        note(selection, "affected: \(affected)", context)
        return try Response(BulkAffected(affected: Int64(affected)), context)
    }

    /// Makes a run of each task behind the runs, with the defaults of its parameters. Left out are tasks that have left the
    /// configuration, those with `api_trigger = false`, and those that have to be given a value.
    @concurrent @Sendable
    func rerun(_ request: Request, _ context: APIContext) async throws -> Response {
        let selection = try await selection(request, context)
        let catalog = dependencies.catalog.catalog
        var left = Set(catalog.tasks.lazy.filter(\.canBeRerun).map(\.name))
        var names: Set<String> = []
        try await forEachPage(of: selection, context, "looked at", { names.count }) { runs in
            for run in runs {
                if let name = left.remove(run.taskName) { names.insert(name) }
            }
        } isOver: {
            left.isEmpty
        }
        let tasks = names.sorted().compactMap { catalog.task(named: $0) }
        let made = try await makeRuns(of: tasks)
        note(selection, "made: \(made.count)", context)
        return try Response(BulkTriggered(triggered: made), context)
    }

    // MARK: Steps

    /// - Throws: 415, 413, and 422 for faults in the body and in the query.
    private func selection(_ request: Request, _ context: APIContext) async throws -> RunSelection {
        let body = try await JSONBody.read(request, context.connection)
        var asked = SelectionAsked(body: body?.readableBytesView)
        let selection = asked.selection
        var faults = QueryReader(request, context).faults
        faults.add(contentsOf: asked.faults)
        try faults.check()
        return selection
    }

    private func forEachPage(
        of selection: RunSelection,
        _ context: APIContext,
        _ deed: String,
        _ count: () -> Int,
        _ body: ([SurveyedRun]) async throws -> Void,
        isOver: () -> Bool = { false }
    ) async throws {
        try await selection.forEachPage(of: dependencies.survey, dependencies.store, until: dependencies.clock.now) {
            runs in
            if goingDown.hasFired {
                throw ProblemError(
                    .serviceUnavailable,
                    "The daemon is shutting down; \(count()) runs have been \(deed) before."
                )
            }
            try await body(runs)
            return !isOver()
        }
    }

    /// Tells the audit how many runs were meant, as far as they were counted, and what has come of it.
    private func note(_ selection: RunSelection, _ outcome: String, _ context: APIContext) {
        let selected =
            switch selection {
            case .ids(let ids): "\(ids.count) ids"
            case .matching(_, let exceptions):
                exceptions.isEmpty ? "match_all" : "match_all but \(exceptions.count) ids"
            }
        context.record.auditNote.detail = "\(selected); \(outcome)"
    }

    /// - Returns: how many of them were active, and have been asked to stop.
    private func stop(_ runs: [SurveyedRun]) async throws -> Int {
        let control = dependencies.control
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            var count = 0
            for (index, run) in runs.enumerated() {
                if index >= Self.stopsAtOnce, try await group.next() == true { count += 1 }
                group.addTask {
                    do {
                        try await control.stop(run.id)
                        return true
                    } catch is RunControlError {
                        return false
                    }
                }
            }
            for try await isStopped in group where isStopped { count += 1 }
            return count
        }
    }

    /// - Throws: 503 while the daemon is on its way down, where nothing has been made yet.
    private func makeRuns(of tasks: [TaskDefinition]) async throws -> [TriggeredRun] {
        var made: [TriggeredRun] = []
        for start in stride(from: 0, to: tasks.count, by: Self.runsAtOnce) {
            let requests = tasks[start..<min(start + Self.runsAtOnce, tasks.count)]
                .map { RunRequest(task: $0, trigger: .api) }
            do {
                let runs = try await dependencies.maker.makeRuns(requests, moving: [])
                made += runs.map { TriggeredRun(taskName: $0.taskName, runID: $0.id.description) }
            } catch RunMakingError.shuttingDown {
                // What has been made is told: it will run.
                if made.isEmpty { throw ProblemError.shuttingDown }
                return made
            }
        }
        return made
    }
}

extension TaskDefinition {
    fileprivate var canBeRerun: Bool {
        guard allowsAPITrigger else { return false }
        if case .failure = ParameterResolution.values(given: [:], for: parameters) { return false }
        return true
    }
}
