import AlmanacModel
import GRDB

/// The conditions of a query in SQL, every value a bound argument.
struct RunFilter {
    private let query: RunQuery
    private let search: RunSearch?

    /// - Parameter search: what has been found of the text that the query searches for.
    init(_ query: RunQuery, search: RunSearch? = nil) {
        self.query = query
        self.search = search
    }

    /// The same without the text that is searched for.
    var withoutSearch: RunFilter {
        var query = query
        query.search = nil
        return RunFilter(query)
    }

    /// The states that are wanted, as `run_count.state` names them; nil for any.
    var states: Set<String>? {
        if query.phases.isEmpty && query.endReasons.isEmpty { return nil }
        return Set(unfinished + reasons)
    }

    /// The wanted ones of the statuses `pending` and `running`.
    var unfinished: [String] {
        [RunState.Phase.pending, .running].filter { query.phases.contains($0) }.map(\.rawValue)
    }

    /// The wanted end reasons, all of them where any ended run is.
    var reasons: [String] {
        EndReason.allCases.filter { query.phases.contains(.ended) || query.endReasons.contains($0) }.map(\.rawValue)
    }

    /// What a query can ask about.
    enum Kind {
        case task, trigger, states, created, exitCodes, retries, search
    }

    /// What the query does ask about.
    var kinds: Set<Kind> {
        var kinds: Set<Kind> = []
        if query.taskName != nil { kinds.insert(.task) }
        if query.trigger != nil { kinds.insert(.trigger) }
        if states != nil { kinds.insert(.states) }
        if query.createdAfter != nil || query.createdBefore != nil { kinds.insert(.created) }
        if query.exitCodeMin != nil || query.exitCodeMax != nil { kinds.insert(.exitCodes) }
        if query.retriesOnly { kinds.insert(.retries) }
        if query.search != nil { kinds.insert(.search) }
        return kinds
    }

    /// Whether 0 is none of the wanted exit codes.
    var excludesExitCodeZero: Bool {
        (query.exitCodeMin ?? .min) > 0 || (query.exitCodeMax ?? .max) < 0
    }

    /// The first and the last creation that fit, in nanoseconds since 1970.
    var created: (after: Int64, before: Int64) {
        (query.createdAfter?.nanosecondsSinceEpoch ?? .min, query.createdBefore?.nanosecondsSinceEpoch ?? .max)
    }

    /// All conditions.
    var all: [SQL] { state + others }

    /// The condition on status and end reason; none where any fits.
    var state: [SQL] {
        if states == nil { return [] }
        let ended: SQL? =
            if query.phases.contains(.ended) {
                "end_reason IS NOT NULL"
            } else if !reasons.isEmpty {
                "end_reason IN \(reasons)"
            } else {
                nil
            }
        let alternatives = [unfinishedCondition, ended].compactMap(\.self)
        return alternatives.count == 1 ? alternatives : ["(\(alternatives.joined(separator: " OR ")))"]
    }

    /// The condition on runs that have not ended; nil where none of them is wanted.
    var unfinishedCondition: SQL? {
        switch unfinished.count {
        case 0: nil
        case 1: "end_reason IS NULL AND status = \(unfinished[0])"
        default: "end_reason IS NULL"
        }
    }

    /// The conditions other than those on status and end reason.
    var others: [SQL] {
        var conditions: [SQL] = []
        if let name = query.taskName { conditions.append("task_name = \(name)") }
        if let trigger = query.trigger { conditions.append("triggered_by = \(trigger.rawValue)") }
        if let after = query.createdAfter { conditions.append("created_at >= \(after.nanosecondsSinceEpoch)") }
        if let before = query.createdBefore { conditions.append("created_at <= \(before.nanosecondsSinceEpoch)") }
        if let min = query.exitCodeMin { conditions.append("exit_code >= \(min)") }
        if let max = query.exitCodeMax { conditions.append("exit_code <= \(max)") }
        // In these words, which SQLite finds again in the index that holds no others.
        if excludesExitCodeZero { conditions.append("exit_code <> 0") }
        if query.retriesOnly { conditions.append("retry_attempt > 0") }
        if let text = query.search { conditions.append(search?.condition ?? RunSearch.condition(text)) }
        return conditions
    }
}
