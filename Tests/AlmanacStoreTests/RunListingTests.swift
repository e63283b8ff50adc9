import AlmanacModel
import AlmanacTesting
import GRDB
import Testing

@testable import AlmanacStore

@Suite("A listing reads as few rows as it can")
struct RunListingTests {
    /// A query and where its page is to be read from.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var query = RunQuery()
        var counts: RunPagePlan.Counts
        var total: Int
        var source: RunPagePlan.Source
        var sorts: Bool

        init(
            _ rule: String,
            _ source: RunPagePlan.Source,
            sorts: Bool = false,
            total: Int,
            _ change: (inout RunQuery, inout RunPagePlan.Counts) -> Void
        ) {
            testDescription = rule
            self.source = source
            self.sorts = sorts
            self.total = total
            let all = 1_000_000
            counts = RunPagePlan.Counts(
                all: all,
                task: all,
                trigger: all,
                states: all,
                unsuccessful: 50_000,
                fitting: total
            )
            change(&query, &counts)
        }
    }

    static let rows = [
        Row("no filter: by creation", .created, total: 1_000_000) { _, _ in },
        Row("a task: its own index", .task, total: 5000) {
            $0.taskName = "a"; $1.task = 5000
        },
        Row("a trigger: its own index", .trigger, total: 100_000) {
            $0.trigger = .api; $1.trigger = 100_000
        },
        Row("an end reason: its own index", .states, total: 1000) {
            $0.endReasons = [.crashed]; $1.states = 1000
        },
        Row("unfinished runs: their own index", .states, total: 3) {
            $0.phases = [.running]; $1.states = 3
        },
        Row("a task and a rarer reason: the reason's", .states, total: 10) {
            ($0.taskName, $0.endReasons) = ("a", [.crashed])
            ($1.task, $1.states) = (5000, 1000)
        },
        Row("a task and a commoner reason: the task's", .task, total: 4900) {
            ($0.taskName, $0.endReasons) = ("a", [.success])
            ($1.task, $1.states) = (5000, 950_000)
        },
        Row("retries: their own index", .retries, total: 500) { query, _ in query.retriesOnly = true },
        Row("an exit code that few have: find and sort", .failures, sorts: true, total: 20) { query, _ in
            query.exitCodeMin = 200
        },
        Row("an exit code that many have: walk", .created, total: 50_000) { query, _ in query.exitCodeMin = 1 },
        Row("a range of time, by start: walk where most fits", .startAt, total: 900_000) { query, _ in
            query.sortField = .startAt
            query.createdAfter = .zero
        },
        Row("a small task by duration: find and sort", .task, sorts: true, total: 5000) {
            ($0.taskName, $0.sortField) = ("a", .duration)
            $1.task = 5000
        },
        Row("a small task by start: find and sort", .task, sorts: true, total: 5) {
            ($0.taskName, $0.sortField) = ("a", .startAt)
            $1.task = 5
        },
        Row("a large task by start: walk", .startAt, total: 500_000) {
            ($0.taskName, $0.sortField) = ("a", .startAt)
            $1.task = 500_000
        },
        Row("a search for what few have: scan and sort", .table, sorts: true, total: 20) { query, _ in
            query.search = "zzzz"
        },
        Row("a search for what many have: walk", .created, total: 50_000) { query, _ in query.search = "task-19" },
        Row("a page far behind: walk, and hold no rows", .created, total: 1_000_000) { query, _ in
            query.offset = 900_000
        },
        Row("all by duration", .duration, total: 1_000_000) { query, _ in
            query.sortField = .duration
        },
        Row("all by status", .status, total: 1_000_000) { query, _ in query.sortField = .status },
        Row(
            "failures by exit code: find and sort, for the walk would pass over all that succeeded",
            .states,
            sorts: true,
            total: 40_000
        ) {
            ($0.endReasons, $0.sortField) = ([.failed], .exitCode)
            $1.states = 40_000
        },
        Row("all by exit code", .exitCode, total: 1_000_000) { query, _ in query.sortField = .exitCode },
        Row("all by task", .task, total: 1_000_000) { query, _ in query.sortField = .taskName },
    ]

    @Test("The plan by counts", arguments: rows)
    func plan(row: Row) {
        let plan = RunPagePlan.cheapest(for: row.query, counts: row.counts, total: row.total)
        #expect(plan.source == row.source)
        #expect(plan.sorts == row.sorts)
    }

    @Test("Every plan for a query gives the same page", arguments: [11, 12] as [UInt64])
    func everyPlan(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let folder = TemporaryFolder()
        let queue = try StoreConnection(path: folder.file("almanac.sqlite")).openWriter()
        let runs = (1...200).map { Run.random($0, using: &generator) }
        try await queue.write { db in for run in runs { try run.insert(into: db) } }
        var seen: Set<RunPagePlan> = []
        for _ in 0..<300 {
            let query = RunQuery.random(using: &generator)
            let search = try await queue.read { db in try query.search.map { try RunSearch($0, from: db) } }
            let listing = RunListing(query, now: PreciseTimestamp("2026-03-29T02:00:00Z"), search: search)
            let whole = RunPagePlan.wholeTable(sortedBy: query.sortField, RunPagePlan.Counts()).plan
            var plans = RunPagePlan.filters(of: query, RunPagePlan.Counts()).map(\.plan)
            if search?.findsNothing != true {
                plans += RunPagePlan.found(search, by: query, RunPagePlan.Counts()).map(\.plan)
            }
            let pages = try await queue.read { [plans] db in
                try (plans + [whole]).map { try listing.runs(by: $0, from: db) }
            }
            #expect(pages.allSatisfy { $0 == pages[0] }, "\(query)")
            seen.formUnion(plans + [whole])
        }
        #expect(Set(seen.map(\.source)) == Set(RunPagePlan.Source.allCases))
        try queue.close()
    }

    /// With 20,000 rows: SQLite takes the index that the plan names, sorts nothing, and looks no row up before the
    /// page is cut out.
    @Test("The statements of the common listings walk an index")
    func explained() async throws {
        let folder = TemporaryFolder()
        let queue = try StoreConnection(path: folder.file("almanac.sqlite")).openWriter()
        try await queue.write { db in
            for number in 1...20_000 { try Self.run(number).insert(into: db) }
        }
        func explain(_ change: (inout RunQuery) -> Void) throws -> [String] {
            var query = RunQuery()
            change(&query)
            return try queue.read { db in
                let listing = RunListing(query, now: .zero)
                let counts = try listing.counts(from: db)
                let plan = RunPagePlan.cheapest(for: query, counts: counts, total: counts.fitting)
                let statement: SQL = "EXPLAIN QUERY PLAN \(listing.statement(plan))"
                return try SQLRequest<GRDB.Row>(literal: statement).fetchAll(db).map { $0["detail"] }
            }
        }
        func expect(_ index: String, covering: Bool = true, _ change: (inout RunQuery) -> Void) throws {
            let steps = try explain(change)
            #expect(steps.contains { $0.contains("USING \(covering ? "COVERING " : "")INDEX \(index)") }, "\(steps)")
            // The one sort is that of the page's own rows, after the join.
            #expect(steps.filter { $0.contains("TEMP B-TREE") } == ["USE TEMP B-TREE FOR ORDER BY"], "\(steps)")
            #expect(steps.last == "USE TEMP B-TREE FOR ORDER BY")
            #expect(steps.contains("SEARCH run USING INDEX run_id (id=?)"), "\(steps)")
        }
        try expect("run_created") { _ in }
        try expect("run_created") { $0.sortDirection = .ascending }
        try expect("run_created") { $0.createdAfter = Self.run(15_000).createdAt }
        try expect("run_task") { $0.taskName = "task-3" }
        try expect("run_trigger") { $0.trigger = .api }
        // There are so few of them that their rows may be looked up.
        try expect("run_unfinished", covering: false) { $0.phases = [.pending, .running] }
        try expect("run_end_reason") { $0.endReasons = [.failed] }
        try expect("run_end_reason") { $0.endReasons = [.failed, .timeout, .crashed] }
        try expect("run_start") { $0.sortField = .startAt }
        try expect("run_exit_code") { ($0.sortField, $0.exitCodeMin) = (.exitCode, 1) }
        try expect("run_exit_code") { ($0.sortField, $0.exitCodeMax) = (.exitCode, -1) }
        try expect("run_retry") { $0.retriesOnly = true }
        let byDuration = try explain { $0.sortField = .duration }
        #expect(byDuration.contains { $0.contains("INDEX run_duration") }, "\(byDuration)")
        // That of the few that have not ended, and that of the page.
        #expect(byDuration.filter { $0.contains("TEMP B-TREE") }.count == 2, "\(byDuration)")
        let unfinished = try await queue.read { db in
            try GRDB.Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + Run.unfinishedSQL).map { $0["detail"] as String }
        }
        #expect(unfinished == ["SCAN run USING INDEX run_unfinished"])
        try queue.close()
    }

    /// Of 20,000 runs: 20 tasks, 5 % failed, and the last 10 unfinished.
    private static func run(_ number: Int) -> Run {
        var run = Run.pending(number, task: "task-\(number % 20)", trigger: number % 10 == 0 ? .api : .cron)
        if number > 19_990 { return run }
        let (reason, code): (EndReason, Int64) = number % 20 == 0 ? (.failed, 1) : (.success, 0)
        run.state = .ended(RunEnd(reason: reason, exitCode: code, at: run.createdAt, startedAt: run.createdAt))
        return run
    }
}
