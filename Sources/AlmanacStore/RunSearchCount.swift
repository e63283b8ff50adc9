import AlmanacModel
import GRDB

/// How many runs of a search fit the other filters too, by looking at as few of them as it can.
struct RunSearchCount {
    private let query: RunQuery
    private let search: RunSearch
    private let counts: RunPagePlan.Counts
    private let others: RunFilter

    init(_ query: RunQuery, _ search: RunSearch, _ counts: RunPagePlan.Counts) {
        self.query = query
        self.search = search
        self.counts = counts
        others = RunFilter(query).withoutSearch
    }

    func total(from db: Database) throws -> Int {
        // Of a filter that most runs fit, those are counted that don't.
        if search.mayBeInIDs, let total = try totalByComplement(from: db) { return total }
        if let (index, condition) = rareFilter {
            return try count(index, [condition, search.condition], from: db)
        }
        var total = 0
        if search.told > 0 {
            total += try count(
                "INDEXED BY run_message",
                [search.isTold, "NOT (\(search.isNamedOrNumbered))"],
                from: db
            )
        }
        guard isCountedByName else {
            return try total + count("INDEXED BY run_task", [search.isNamedOrNumbered], from: db)
        }
        if !search.names.isEmpty {
            total += try RunListing(query, now: PreciseTimestamp(nanosecondsSinceEpoch: 0)).counts(
                from: db,
                of: search.isNamed
            )
            .fitting
        }
        if search.mayBeInIDs {
            total += try count("INDEXED BY run_task", [search.isNumbered, "NOT (\(search.isNamed))"], from: db)
        }
        return total
    }

    /// Whether `run_count` knows how many runs of a name fit.
    private var isCountedByName: Bool { others.kinds.isSubset(of: [.task, .trigger, .states]) }

    private func count(_ index: SQL, _ conditions: [SQL], from db: Database) throws -> Int {
        let condition = (conditions + others.all).joined(separator: " AND ")
        return try SQLRequest<Int>(literal: "SELECT count(*) FROM run \(index) WHERE \(condition)").fetchOne(db) ?? 0
    }

    // MARK: Which rows are looked at

    /// The index of a filter behind which there are so few runs that each of them may be looked at.
    private var rareFilter: (index: SQL, condition: SQL)? {
        if others.kinds.isSubset(of: [.task, .created]) { return nil }
        var filters: [(size: Int, index: SQL, condition: SQL)] = []
        if query.taskName != nil { filters.append((counts.task, "INDEXED BY run_task", "TRUE")) }
        if query.trigger != nil { filters.append((counts.trigger, "INDEXED BY run_trigger", "TRUE")) }
        if query.retriesOnly { filters.append((counts.all / 16, "INDEXED BY run_retry", "TRUE")) }
        if others.excludesExitCodeZero {
            filters.append((counts.unsuccessful, "INDEXED BY run_exit_code", "exit_code <> 0"))
        }
        if others.unfinished.isEmpty && !others.reasons.isEmpty {
            filters.append((counts.states, "INDEXED BY run_end_reason", "end_reason IN \(others.reasons)"))
        } else if others.reasons.isEmpty, let unfinished = others.unfinishedCondition {
            filters.append((counts.states, "INDEXED BY run_unfinished", unfinished))
        }
        guard let rarest = filters.min(by: { $0.size < $1.size }) else { return nil }
        // A row that is looked up costs four entries of an index.
        let usual = search.mayBeInIDs ? counts.all : isCountedByName ? 0 : 4 * search.named
        return 4 * rarest.size < usual + 4 * search.told ? (rarest.index, rarest.condition) : nil
    }

    private func totalByComplement(from db: Database) throws -> Int? {
        func total(_ change: (inout RunQuery) -> Void) throws -> Int {
            var query = query
            change(&query)
            let counts = try RunListing(query, now: PreciseTimestamp(nanosecondsSinceEpoch: 0)).counts(from: db)
            return try RunSearchCount(query, search, counts).total(from: db)
        }
        if others.states != nil, counts.states > counts.all / 2 {
            let all = try total { ($0.phases, $0.endReasons) = ([], []) }
            if others.states?.count == EndReason.allCases.count + 2 { return all }
            let reasons = EndReason.allCases.filter { !others.reasons.contains($0.rawValue) }
            let phases = [RunState.Phase.pending, .running].filter { !others.unfinished.contains($0.rawValue) }
            // Each has an index of its own.
            let ended = reasons.isEmpty ? 0 : try total { ($0.phases, $0.endReasons) = ([], Set(reasons)) }
            let unfinished = phases.isEmpty ? 0 : try total { ($0.phases, $0.endReasons) = (Set(phases), []) }
            return all - ended - unfinished
        }
        if let trigger = query.trigger, counts.trigger > counts.all / 2 {
            let all = try total { $0.trigger = nil }
            return try Trigger.allCases.filter { $0 != trigger }.reduce(all) { left, other in
                try left - total { $0.trigger = other }
            }
        }
        return nil
    }
}
