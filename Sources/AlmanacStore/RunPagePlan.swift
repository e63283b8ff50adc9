import AlmanacModel

/// Which index a page of runs is read from, and whether what it yields has to be sorted.
///
/// SQLite's own planner knows no counts; the store does, and so decides itself. There are two ways: to walk an index
/// in the wanted order and leave at the page's end, which is fast where much fits; or to find all that fits by a
/// filter's index and sort it, which is fast where little does. The cheaper one by the rows to be looked at is taken.
struct RunPagePlan: Hashable {
    /// Where rows come from.
    enum Source: CaseIterable {
        /// All runs, by their creation.
        case created
        /// One filter's runs, by their creation.
        case task, trigger, states, retries
        /// All runs, in the order of a sort field.
        case startAt, exitCode, status, duration
        /// The runs with another exit code than 0, by exit code.
        case failures
        /// All runs, in no order.
        case table
        /// What a search has found: the runs of each task by their creation, and those of messages.
        case names
        /// The same in no order.
        case found
    }

    /// How many rows there are behind the filters, from `run_count`.
    struct Counts: Equatable {
        var all = 0
        /// Those of the wanted task, of the wanted trigger, of the wanted states; `all` where none is named.
        var task = 0
        var trigger = 0
        var states = 0
        /// Ended runs with another reason than `success`; counted where the filter leaves out exit code 0.
        var unsuccessful = 0
        /// Those that fit all three.
        var fitting = 0
    }

    let source: Source
    /// Whether all that fits is read and sorted; otherwise the source is in the order of the page.
    let sorts: Bool

    /// A plan, and how many rows its source yields before any filter.
    struct Candidate {
        let plan: RunPagePlan
        let size: Int

        init(_ source: Source, size: Int, sorts: Bool) {
            plan = RunPagePlan(source: source, sorts: sorts)
            self.size = size
        }
    }

    /// The cheapest plan.
    ///
    /// - Parameter total: how many runs fit, on all pages.
    static func cheapest(
        for query: RunQuery,
        counts: Counts,
        total: Int,
        search: RunSearch? = nil
    ) -> RunPagePlan {
        let filter = RunFilter(query)
        let kinds = filter.kinds
        // Nearly all runs with exit code 0 are successes: where none is wanted, hardly one of them fits.
        let passesOverZeros =
            !filter.excludesExitCodeZero && filter.states?.contains(EndReason.success.rawValue) == false
        let last = Double(query.offset + query.limit)
        // How much of a sorted source is walked until the page is full, when what fits is spread evenly.
        let share = min(1, last / Double(max(total, 1)))
        // In rows that are read in their order on the disk. To look up the row behind an index entry costs four of them;
        // a sort has to hold all rows up to the end of the page.
        func cost(_ candidate: Candidate) -> Double {
            let size = Double(candidate.size)
            let plan = candidate.plan
            if plan.source == .table { return size * 1.5 + last * 10 }
            if plan.source == .found && search?.mayBeInIDs == true {
                // All entries of an index, and the rows of those that fit where more is asked than the index has.
                return size + Double(total) * (query.sortField == .createdAt ? 0 : 4) + last * 10
            }
            if plan.sorts || (plan.source == .exitCode && passesOverZeros) { return size * 4 + last * 10 }
            return size * share * (kinds.isSubset(of: plan.source.answers) ? 1 : 4)
        }
        let whole = wholeTable(sortedBy: query.sortField, counts)
        return (filters(of: query, counts) + found(search, by: query, counts)).reduce(whole) {
            cost($1) < cost($0) ? $1 : $0
        }.plan
    }

    /// The plan that goes through all runs, in the order of the page where an index has it.
    static func wholeTable(sortedBy field: RunQuery.SortField, _ counts: Counts) -> Candidate {
        switch field {
        case .createdAt: Candidate(.created, size: counts.all, sorts: false)
        case .startAt: Candidate(.startAt, size: counts.all, sorts: false)
        case .exitCode: Candidate(.exitCode, size: counts.all, sorts: false)
        case .status: Candidate(.status, size: counts.all, sorts: false)
        // By task, and sorted by id within each.
        case .taskName: Candidate(.task, size: counts.all, sorts: false)
        case .duration: Candidate(.duration, size: counts.all, sorts: false)
        }
    }

    /// The plans that start from what a search has found.
    static func found(_ search: RunSearch?, by query: RunQuery, _ counts: Counts) -> [Candidate] {
        guard let search else { return [] }
        var candidates = [
            Candidate(.found, size: search.mayBeInIDs ? counts.all : search.named + search.told, sorts: true)
        ]
        // SQLite merges so many sources in no time.
        if query.sortField == .createdAt && !search.mayBeInIDs && search.names.count <= 16 {
            candidates.append(Candidate(.names, size: search.named + search.told, sorts: false))
        }
        return candidates
    }

    /// The plans that start from one of the query's filters.
    static func filters(of query: RunQuery, _ counts: Counts) -> [Candidate] {
        let filter = RunFilter(query)
        let sorts = query.sortField != .createdAt
        var candidates: [Candidate] = []
        if query.taskName != nil { candidates.append(Candidate(.task, size: counts.task, sorts: sorts)) }
        if query.trigger != nil { candidates.append(Candidate(.trigger, size: counts.trigger, sorts: sorts)) }
        if filter.states != nil { candidates.append(Candidate(.states, size: counts.states, sorts: sorts)) }
        // Not counted: a guess that is far below the whole and above a small filter.
        if query.retriesOnly { candidates.append(Candidate(.retries, size: counts.all / 16, sorts: sorts)) }
        if filter.excludesExitCodeZero && query.sortField != .exitCode {
            candidates.append(Candidate(.failures, size: counts.unsuccessful, sorts: true))
        }
        if sorts && filter.kinds.contains(.created) {
            candidates.append(Candidate(.created, size: counts.all / 8, sorts: true))
        }
        // What hardly any run fits, and no index helps to find.
        if !filter.kinds.isEmpty { candidates.append(Candidate(.table, size: counts.all, sorts: true)) }
        return candidates
    }
}

extension RunPagePlan.Source {
    /// What its index answers without a look at the rows.
    fileprivate var answers: Set<RunFilter.Kind> {
        switch self {
        case .created: [.created]
        case .task: [.task, .created]
        case .trigger: [.trigger, .created]
        case .states: [.states, .created]
        case .retries: [.retries, .created]
        case .names: [.search, .task, .created]
        case .exitCode, .failures: [.exitCodes]
        case .startAt, .status, .duration, .table, .found: []
        }
    }
}
