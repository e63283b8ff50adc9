import AlmanacModel

/// The runs that a bulk operation is for.
enum RunSelection: Sendable {
    case ids([RunID])
    case matching(RunQuery, except: Set<RunID>)

    /// How many runs are handed on at a time.
    static let pageLength = 500

    /// Those of the runs that are in some of the phases, as far as they can be: ids say nothing of it.
    func limited(to phases: Set<RunState.Phase>) -> RunSelection {
        guard case .matching(var query, let exceptions) = self else { return self }
        if query.phases.isEmpty && query.endReasons.isEmpty {
            query.phases = phases
        } else {
            query.phases.formIntersection(phases)
            if !phases.contains(.ended) { query.endReasons = [] }
            // Nothing is left to be wanted, where no state at all would mean any.
            if query.phases.isEmpty && query.endReasons.isEmpty { return .ids([]) }
        }
        return .matching(query, except: exceptions)
    }

    /// Hands on the runs, a page at a time, the oldest first; those that are made meanwhile are left out.
    ///
    /// - Parameter body: returns whether to go on.
    func forEachPage(
        of survey: any RunSurveying,
        _ store: any RunStore,
        until now: PreciseTimestamp,
        _ body: ([SurveyedRun]) async throws -> Bool
    ) async throws {
        switch self {
        case .ids(let ids):
            for start in stride(from: 0, to: ids.count, by: Self.pageLength) {
                var runs: [SurveyedRun] = []
                for id in ids[start..<min(start + Self.pageLength, ids.count)] {
                    if let run = try await store.run(id) { runs.append(SurveyedRun(run)) }
                }
                guard try await body(runs) else { return }
            }
        case .matching(var query, let exceptions):
            query.sortDirection = .ascending
            query.createdBefore = min(query.createdBefore ?? now, now)
            var position: RunPosition?
            repeat {
                let slice = try await survey.slice(of: query, beyond: position)
                let runs = slice.runs.filter { !exceptions.contains($0.id) }
                for start in stride(from: 0, to: runs.count, by: Self.pageLength) {
                    let page = runs[start..<min(start + Self.pageLength, runs.count)]
                    guard try await body(Array(page)) else { return }
                }
                position = slice.next
            } while position != nil
        }
    }
}
