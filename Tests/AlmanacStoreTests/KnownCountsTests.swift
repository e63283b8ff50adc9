import AlmanacModel
import AlmanacTesting
import GRDB
import Testing

@testable import AlmanacStore

@Suite("What has been counted holds until the database changes")
struct KnownCountsTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("almanac.sqlite") }

    /// Every kind of filter that is counted in a way of its own.
    private static let queries: [RunQuery] = [
        { _ in },
        { $0.taskName = "backup" },
        { $0.phases = [.ended] },
        { ($0.taskName, $0.endReasons) = ("backup", [.failed]) },
        { $0.exitCodeMin = 1 },
        { $0.createdAfter = Run.pending(3).createdAt },
        { $0.search = "BACK" },
    ].map { (change: (inout RunQuery) -> Void) in
        var query = RunQuery()
        change(&query)
        return query
    }

    /// The totals of all queries, and what they are of these runs.
    private func expectTotals(_ store: SQLiteStore, _ runs: [Run], _ location: SourceLocation = #_sourceLocation)
        async throws
    {
        let backup = runs.filter { $0.taskName == "backup" }
        let expected = [
            runs.count,
            backup.count,
            runs.filter { $0.state.end != nil }.count,
            backup.filter { $0.state.end?.reason == .failed }.count,
            runs.filter { $0.exitCode >= 1 }.count,
            runs.filter { $0.createdAt >= Run.pending(3).createdAt }.count,
            backup.count,
        ]
        // Twice: what has been counted, and what is known.
        for _ in 1...2 {
            var totals: [Int] = []
            for query in Self.queries { totals.append(try await store.runs(matching: query).total) }
            #expect(totals == expected, sourceLocation: location)
        }
    }

    private func end(_ number: Int, _ reason: EndReason, _ code: Int64) -> RunEnd {
        let run = Run.pending(number)
        return RunEnd(reason: reason, exitCode: code, at: run.createdAt.advanced(by: .seconds(1)))
    }

    @Test("Totals follow each insertion, end and removal, those of another process and a restart")
    func totals() async throws {
        let store = try SQLiteStore(path: path)
        try await expectTotals(store, [])
        var runs = (1...6).map { Run.pending($0, task: $0.isMultiple(of: 3) ? "other" : "backup") }
        for run in runs { try await store.insert([run], moving: []) }
        try await expectTotals(store, runs)

        for (index, reason, code) in [(0, EndReason.failed, 1), (3, .failed, 2), (5, .success, 0)]
            as [(Int, EndReason, Int64)]
        {
            let end = end(index + 1, reason, code)
            _ = try await store.apply([(runs[index].id, .ended(end))])
            runs[index].state = .ended(end)
            try await expectTotals(store, runs)
        }

        #expect(try await store.removeRuns([runs[3].id], sparingReferredTo: true, forgetting: []).count == 1)
        runs.remove(at: 3)
        try await expectTotals(store, runs)
        let ended = runs.filter { $0.state.end != nil }.map(\.id)
        #expect(try await store.removeRuns(ended, sparingReferredTo: true, forgetting: []).count == 2)
        runs.removeAll { $0.state.end != nil }
        try await expectTotals(store, runs)

        let other = try DatabaseQueue(path: path)
        try await other.write { [runs] db in
            try db.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [runs[0].id.description])
        }
        try other.close()
        runs.removeFirst()
        try await expectTotals(store, runs)
        try await store.close()

        let restarted = try SQLiteStore(path: path)
        try await expectTotals(restarted, runs)
        try await restarted.insert([.pending(9)], moving: [])
        try await expectTotals(restarted, runs + [.pending(9)])
        try await restarted.close()
    }

    @Test("A change that fails to be committed changes no total")
    func failure() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([.pending(1)], moving: [])
        try await expectTotals(store, [.pending(1)])
        await #expect(throws: StoreError.duplicateRun(RunID(number: 1))) {
            try await store.insert([.pending(2), .pending(1)], moving: [])
        }
        try await expectTotals(store, [.pending(1)])
        try await store.close()
    }

    @Test("The same filters are counted once: on every page, in every order, and again after a commit")
    func counting() async throws {
        let writer = try StoreConnection(path: path).openWriter()
        let reader = try StoreConnection(path: path).openReader()
        var known = KnownCounts()
        var counted = 0
        func ask(_ change: (inout RunQuery) -> Void) throws -> Int {
            var query = RunQuery()
            change(&query)
            return try reader.read { db in
                try known.entry(for: query, from: db) {
                    counted += 1
                    return KnownCounts.Entry(counts: RunPagePlan.Counts(), total: counted)
                }.total
            }
        }
        #expect(try ask { _ in } == 1)
        #expect(try ask { ($0.limit, $0.offset) = (1, 100) } == 1)
        #expect(try ask { ($0.sortField, $0.sortDirection) = (.duration, .ascending) } == 1)
        #expect(try ask { $0.taskName = "backup" } == 2)
        #expect(try ask { _ in } == 1)
        try await writer.write { db in try Run.pending(1).insert(into: db) }
        #expect(try ask { _ in } == 3)
        #expect(try ask { $0.taskName = "backup" } == 4)

        // "é" in one character and in two is the same to Swift, and not to SQLite.
        #expect(try ask { $0.search = "\u{E9}" } == 5)
        #expect(try ask { $0.search = "e\u{301}" } == 6)

        for number in 1...KnownCounts.capacity { _ = try ask { $0.taskName = "task-\(number)" } }
        let before = counted
        #expect(try ask { _ in } == before + 1, "the oldest of too many filters are forgotten")
        try reader.close()
        try writer.close()
    }
}
