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
            // Few of a slice may fit, and each page is a commit.
            var waiting: [SurveyedRun] = []
            repeat {
                let slice = try await survey.slice(of: query, beyond: position)
                waiting += slice.runs.filter { !exceptions.contains($0.id) }
                position = slice.next
                while waiting.count >= Self.pageLength || (position == nil && !waiting.isEmpty) {
                    guard try await body(Array(waiting.prefix(Self.pageLength))) else { return }
                    waiting.removeFirst(min(Self.pageLength, waiting.count))
                }
            } while position != nil
        }
    }
}
