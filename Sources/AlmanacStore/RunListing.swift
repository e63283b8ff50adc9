import AlmanacModel
import GRDB

/// One page of a listing: counts what fits, plans, and reads the page with one statement.
struct RunListing {
    private let query: RunQuery
    private let search: RunSearch?
    private let filter: RunFilter
    private let now: PreciseTimestamp

    /// - Parameters:
    ///   - now: until when the durations of running runs count.
    ///   - search: what has been found of the text that the query searches for.
    init(_ query: RunQuery, now: PreciseTimestamp, search: RunSearch? = nil) {
        self.query = query
        self.now = now
        self.search = search
        filter = RunFilter(query, search: search)
    }

    /// Reads the page of a query.
    static func page(
        _ query: RunQuery,
        now: PreciseTimestamp,
        _ known: inout KnownCounts,
        from db: Database
    ) throws -> RunPage {
        let search = try query.search.map { try RunSearch($0, from: db) }
        if search?.findsNothing == true { return RunPage(runs: [], total: 0) }
        return try RunListing(query, now: now, search: search).page(&known, from: db)
    }

    private func page(_ known: inout KnownCounts, from db: Database) throws -> RunPage {
        let known = try known.entry(for: query, from: db) {
            let counts = try counts(from: db)
            return KnownCounts.Entry(counts: counts, total: try total(counts, from: db))
        }
        guard query.offset < known.total else { return RunPage(runs: [], total: known.total) }
        let plan = RunPagePlan.cheapest(for: query, counts: known.counts, total: known.total, search: search)
        return RunPage(runs: try runs(by: plan, from: db), total: known.total)
    }

    // MARK: How many

    private func total(_ counts: RunPagePlan.Counts, from db: Database) throws -> Int {
        if let search { return try RunSearchCount(query, search, counts).total(from: db) }
        let isCounted = filter.kinds.isSubset(of: [.task, .trigger, .states])
        return isCounted ? counts.fitting : try count(of: counts.all, from: db)
    }

    /// How many runs there are behind each filter.
    ///
    /// - Parameter name: a condition on the names of tasks.
    func counts(from db: Database, of name: SQL = "TRUE") throws -> RunPagePlan.Counts {
        // A filter that there is not lets all pass: nothing is added up for it. There may be ten thousand rows.
        let task: SQL? = query.taskName.map { "task_name = \($0)" }
        let trigger: SQL? = query.trigger.map { "triggered_by = \($0.rawValue)" }
        let states: SQL? = filter.states.map { "state IN \($0.sorted())" }
        let unsuccessful: SQL? =
            filter.excludesExitCodeZero ? "state NOT IN ('success', 'pending', 'running')" : nil
        let conditions = [task, trigger, states].compactMap { $0 }
        func sum(_ condition: SQL?) -> SQL { condition.map { "sum(runs * (\($0)))" } ?? "NULL" }
        let fitting = conditions.count < 2 ? nil : conditions.joined(separator: " AND ")
        let request = SQLRequest<Row>(
            literal: """
                SELECT sum(runs), \(sum(task)), \(sum(trigger)), \(sum(states)),
                    \(sum(unsuccessful)), \(sum(fitting))
                FROM run_count WHERE \(name)
                """
        )
        guard let row = try request.fetchOne(db), let all = row[0] as Int? else { return RunPagePlan.Counts() }
        let ofTask = row[1] as Int? ?? all
        let ofTrigger = row[2] as Int? ?? all
        let ofStates = row[3] as Int? ?? all
        return RunPagePlan.Counts(
            all: all,
            task: ofTask,
            trigger: ofTrigger,
            states: ofStates,
            unsuccessful: row[4] as Int? ?? 0,
            // Of one filter it is what that one lets pass, and of none it is all.
            fitting: row[5] as Int? ?? min(ofTask, ofTrigger, ofStates)
        )
    }

    /// How many runs fit, by looking: at those that fit, or at those that don't where they are fewer.
    private func count(of all: Int, from db: Database) throws -> Int {
        let fitting = filter.all.joined(separator: " AND ")
        func count(_ sql: SQL) throws -> Int { try SQLRequest<Int>(literal: sql).fetchOne(db) ?? 0 }
        switch filter.kinds {
        case [.exitCodes] where !filter.excludesExitCodeZero:
            return try all
                - count("SELECT count(*) FROM run INDEXED BY run_exit_code WHERE exit_code <> 0 AND NOT (\(fitting))")
        case [.created]:
            let (after, before) = filter.created
            guard after <= before, try mostAreCreated(from: after, through: before, db) else { break }
            return try all
                - count(
                    """
                    SELECT (SELECT count(*) FROM run WHERE created_at < \(after))
                        + (SELECT count(*) FROM run WHERE created_at > \(before))
                    """
                )
        default: break
        }
        return try count("SELECT count(*) FROM run WHERE \(fitting)")
    }

    /// Whether more than half of the time from the oldest run to the newest lies between the two points.
    private func mostAreCreated(from after: Int64, through before: Int64, _ db: Database) throws -> Bool {
        let request: SQLRequest<Row> = "SELECT (SELECT min(created_at) FROM run), (SELECT max(created_at) FROM run)"
        guard let row = try request.fetchOne(db), let oldest = row[0] as Int64?, let newest = row[1] as Int64?
        else { return false }
        let inside = Double(min(before, newest)) - Double(max(after, oldest))
        return inside > (Double(newest) - Double(oldest)) / 2
    }

    // MARK: Which

    /// The runs of the page; the same ones, and in the same order, by every plan for the query.
    func runs(by plan: RunPagePlan, from db: Database) throws -> [Run] {
        // What is prepared is kept for good: only of the listings whose statements are few, and asked for all the time.
        let isKept = filter.kinds.isSubset(of: [.task])
        let rows = try SQLRequest<Row>(literal: statement(plan), cached: isKept).fetchCursor(db)
        return try Array(rows.map { try RunRow($0).run() })
    }

    /// The statement of a page. Its inner part finds keys and ids within the indexes, in the order of the page; rows
    /// are looked up for those on the page alone, where no filter needs more.
    func statement(_ plan: RunPagePlan) -> SQL {
        let direction: SQL =
            switch query.sortDirection {
            case .ascending: "ASC"
            case .descending: "DESC"
            }
        return """
            SELECT \(sql: RunColumn.list) FROM (
                \(parts(plan).joined(separator: " UNION ALL "))
                ORDER BY sort_key \(direction), id \(direction) LIMIT \(query.limit) OFFSET \(query.offset)
            ) AS page CROSS JOIN run ON run.id = page.id
            ORDER BY page.sort_key \(direction), page.id \(direction)
            """
    }

    /// One SELECT, or more that SQLite merges: each is sorted by its index already.
    private func parts(_ plan: RunPagePlan) -> [SQL] {
        switch plan.source {
        case .created: [part("INDEXED BY run_created", filter.all)]
        case .task: [part("INDEXED BY run_task", filter.all)]
        case .trigger: [part("INDEXED BY run_trigger", filter.all)]
        case .retries: [part("INDEXED BY run_retry", filter.all)]
        case .startAt: [part("INDEXED BY run_start", filter.all)]
        case .failures: [part("INDEXED BY run_exit_code", ["exit_code <> 0"] + filter.all)]
        case .table: [part("NOT INDEXED", filter.all)]
        case .names: partsByName
        case .found: partsBySearch
        case .states: partsByState(plan)
        case .exitCode: partsByExitCode
        case .status: partsByStatus
        case .duration: partsByDuration
        }
    }

    private func partsByState(_ plan: RunPagePlan) -> [SQL] {
        var parts: [SQL] = []
        if let unfinished = filter.unfinishedCondition {
            parts.append(part("INDEXED BY run_unfinished", [unfinished] + filter.others))
        }
        if plan.sorts && !filter.reasons.isEmpty {
            parts.append(part("INDEXED BY run_end_reason", ["end_reason IN \(filter.reasons)"] + filter.others))
        } else {
            parts += filter.reasons.map { reason in
                part("INDEXED BY run_end_reason", ["end_reason = \(reason)"] + filter.others)
            }
        }
        return parts
    }

    private var partsByExitCode: [SQL] {
        let others = part("INDEXED BY run_exit_code", ["exit_code <> 0"] + filter.all)
        if filter.excludesExitCodeZero { return [others] }
        return [others, part("INDEXED BY run_id", ["exit_code = 0"] + filter.all)]
    }

    private var partsByStatus: [SQL] {
        [
            part("INDEXED BY run_unfinished", ["end_reason IS NULL"] + filter.all),
            part("INDEXED BY run_id", ["status = 'ended'"] + filter.all),
        ]
    }

    private var partsByDuration: [SQL] {
        [
            part("INDEXED BY run_unfinished", ["end_reason IS NULL"] + filter.all),
            // In these words, which are those of the index.
            part("INDEXED BY run_duration", ["end_reason IS NOT NULL"] + filter.all, key: "end_at - start_at"),
        ]
    }

    /// Of a search: each task's runs in their order, and those with the text in their messages alone.
    private var partsByName: [SQL] {
        guard let search else { preconditionFailure("there is no search") }
        return search.names.map { name in
            part("INDEXED BY run_task", ["task_name = \(name)"] + filter.withoutSearch.all)
        } + partOfTold(search)
    }

    /// Of a search: the runs with the text in their tasks' names or in their ids, and those with it in their messages alone.
    private var partsBySearch: [SQL] {
        guard let search else { preconditionFailure("there is no search") }
        let named = part("INDEXED BY run_task", [search.isNamedOrNumbered] + filter.withoutSearch.all)
        return (search.names.isEmpty && !search.mayBeInIDs ? [] : [named]) + partOfTold(search)
    }

    private func partOfTold(_ search: RunSearch) -> [SQL] {
        if search.told == 0 { return [] }
        return [
            part(
                "INDEXED BY run_message",
                [search.isTold, "NOT \(search.isNamedOrNumbered)"] + filter.withoutSearch.all
            )
        ]
    }

    private func part(_ index: SQL, _ conditions: [SQL], key: SQL? = nil) -> SQL {
        let condition: SQL = conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ")
        return "SELECT id, \(key ?? sortKey) AS sort_key FROM run \(index) WHERE \(condition)"
    }

    private var sortKey: SQL {
        switch query.sortField {
        case .taskName: "task_name"
        case .status: "status"
        case .startAt: "start_at"
        case .exitCode: "exit_code"
        // None for a run that has not started, or never did: it sorts below all others.
        case .duration: "ifnull(end_at, \(now.nanosecondsSinceEpoch)) - start_at"
        case .createdAt: "created_at"
        }
    }
}
