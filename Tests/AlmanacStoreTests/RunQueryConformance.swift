import AlmanacCalendar
import AlmanacModel
import AlmanacStore
import AlmanacTesting
import Testing

@Suite("A query finds the runs that fit, in its order, and says how many there are")
struct RunQueryConformance {
    /// A query and the numbers of the runs that it finds.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var query: RunQuery
        var numbers: [Int]

        init(_ rule: String, _ numbers: [Int], _ change: (inout RunQuery) -> Void) {
            testDescription = rule
            self.numbers = numbers
            query = RunQuery()
            change(&query)
        }
    }

    /// 1 pending, 2 running since 01:00:02Z, 3 success in 5 s, 4 failed in 1 s as a retry, 5 skipped without a start.
    static let runs: [Run] = {
        var runs = (1...5).map {
            Run.pending($0, task: $0 == 4 ? "Clean_up" : "backup", trigger: $0 == 5 ? .cron : .api)
        }
        func at(_ second: Int64) -> PreciseTimestamp {
            PreciseTimestamp("2026-03-29T01:00:00Z", nanosecond: second * 1_000_000_000)
        }
        runs[1].state = .running(startedAt: at(2))
        runs[2].state = .ended(RunEnd(reason: .success, exitCode: 0, at: at(8), startedAt: at(3)))
        runs[3].state = .ended(
            RunEnd(reason: .failed, exitCode: 1, at: at(5), startedAt: at(4), message: "100% Wrong")
        )
        runs[3].retryAttempt = 1
        runs[4].state = .ended(.withoutCommand(.skipped, at: at(5), message: "paused"))
        return runs
    }()

    static let rows = [
        Row("no filter: newest first", [5, 4, 3, 2, 1]) { _ in },
        Row("oldest first", [1, 2, 3, 4, 5]) { $0.sortDirection = .ascending },
        Row("a page", [4, 3]) { ($0.limit, $0.offset) = (2, 1) },
        Row("a page behind the end", []) { $0.offset = 5 },
        Row("one phase", [5, 4, 3]) { $0.phases = [.ended] },
        Row("two phases", [2, 1]) { $0.phases = [.pending, .running] },
        Row("one end reason", [4]) { $0.endReasons = [.failed] },
        Row("a phase or an end reason", [5, 3, 2]) { ($0.phases, $0.endReasons) = ([.running], [.skipped, .success]) },
        Row("a task", [4]) { $0.taskName = "Clean_up" },
        Row("a task is matched as a whole and by case", []) { $0.taskName = "clean_up" },
        Row("a trigger", [5]) { $0.trigger = .cron },
        Row("created after is inclusive", [5, 4, 3]) { $0.createdAfter = runs[2].createdAt },
        Row("created before is inclusive", [2, 1]) { $0.createdBefore = runs[1].createdAt },
        Row("the smallest exit code is inclusive; unfinished runs have 0", [4, 3, 2, 1]) { $0.exitCodeMin = 0 },
        Row("the largest exit code is inclusive", [5, 3, 2, 1]) { $0.exitCodeMax = 0 },
        Row("exit codes in a range", [4]) { ($0.exitCodeMin, $0.exitCodeMax) = (1, 1) },
        Row("retries only", [4]) { $0.retriesOnly = true },
        Row("a search in the name, any case", [4]) { $0.search = "clean" },
        Row("a search in the message, any case", [4]) { $0.search = "wRONG" },
        Row("a search in the id", [3]) { $0.search = "0000003" },
        Row("a percent sign is no wildcard", [4]) { $0.search = "%" },
        Row("an underscore is no wildcard", [4]) { $0.search = "_" },
        Row("a backslash is no escape", []) { $0.search = "\\" },
        Row("quotes are text", []) { $0.search = "' OR 1=1 --" },
        Row("by task name: capital letters are before small ones", [4, 1, 2, 3, 5]) {
            ($0.sortField, $0.sortDirection) = (.taskName, .ascending)
        },
        Row("by status", [2, 1, 5, 4, 3]) { $0.sortField = .status },
        Row("by start: none is before all", [1, 5, 2, 3, 4]) {
            ($0.sortField, $0.sortDirection) = (.startAt, .ascending)
        },
        Row("by exit code", [4, 3, 2, 1, 5]) { $0.sortField = .exitCode },
        Row("by duration: a running one lasts until now", [2, 3, 4, 5, 1]) { $0.sortField = .duration },
        Row("filters are all needed", [3]) {
            ($0.taskName, $0.trigger, $0.phases, $0.exitCodeMax) = ("backup", .api, [.ended], 0)
        },
    ]

    @Test("Rule by rule", arguments: rows, StoreKind.allCases)
    func rule(row: Row, kind: StoreKind) async throws {
        try await kind.with { store in
            try await store.insert(Self.runs.shuffled(), moving: [])
            let page = try await store.runs(matching: row.query)
            #expect(page.runs.map(\.id) == row.numbers.map(RunID.init(number:)))
        }
    }

    @Test("The total counts all pages", arguments: StoreKind.allCases)
    func total(kind: StoreKind) async throws {
        try await kind.with { store in
            try await store.insert(Self.runs, moving: [])
            var query = RunQuery()
            query.limit = 1
            #expect(try await store.runs(matching: query).total == 5)
            query.search = "backup"
            #expect(try await store.runs(matching: query).total == 4)
            query.offset = 100
            #expect(try await store.runs(matching: query) == RunPage(runs: [], total: 4))
        }
    }

    /// Whatever is asked, SQLite and the store that looks at every run agree.
    @Test("Random queries over random runs", arguments: [1, 2, 3] as [UInt64])
    func differential(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let runs = (1...200).map { Run.random($0, using: &generator) }
        let reference = InMemoryRunStore(now: { PreciseTimestamp("2026-03-29T02:00:00Z") })
        try await reference.insert(runs, moving: [])
        try await StoreKind.sqlite.with { store in
            try await store.insert(runs.shuffled(using: &generator), moving: [])
            for _ in 0..<150 {
                let query = RunQuery.random(using: &generator)
                let page = try await store.runs(matching: query)
                #expect(try await reference.runs(matching: query) == page, "\(query)")
            }
        }
    }

    @Test("Totals stay right while runs go through their lives")
    func countsFollow() async throws {
        var generator = SeededGenerator(seed: 4)
        let runs = (1...100).map { Run.pending($0, task: $0 % 2 == 0 ? "even" : "odd") }
        let reference = InMemoryRunStore()
        try await StoreKind.sqlite.with { store in
            for store in [store, reference] { try await store.insert(runs, moving: []) }
            for _ in 0..<10 {
                let events = (0..<20).map { _ in
                    let id = RunID(number: Int.random(in: 1...100, using: &generator))
                    let end = RunEnd(
                        reason: Bool.random(using: &generator) ? .success : .failed,
                        exitCode: 0,
                        at: .zero
                    )
                    return (id, Bool.random(using: &generator) ? RunEvent.started(at: .zero) : .ended(end))
                }
                let changed = try await store.apply(events)
                #expect(try await reference.apply(events) == changed)
                for phase in RunState.Phase.allCases {
                    for task in ["even", "odd", nil] {
                        var query = RunQuery()
                        (query.phases, query.taskName) = ([phase], task)
                        let page = try await store.runs(matching: query)
                        #expect(try await reference.runs(matching: query) == page)
                    }
                }
            }
        }
    }
}
