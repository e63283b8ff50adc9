import AlmanacCalendar
import AlmanacModel
import AlmanacTesting
import GRDB
import Testing

@testable import AlmanacStore

@Suite("The history is cut at its old end: rows go, and notes of their folders stay")
struct HistoryTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("almanac.sqlite") }

    /// A run that has ended one second after its making, with a log of 10 bytes.
    private func ended(_ number: Int, task: String = "backup", logBytes: Int64? = 10) -> Run {
        var run = Run.pending(number, task: task)
        let end = run.createdAt.advanced(by: .seconds(1))
        run.state = .ended(RunEnd(reason: .success, exitCode: 0, at: end, logBytes: logBytes))
        return run
    }

    private func retry(_ number: Int, of original: Int) -> Run {
        var run = Run.pending(number)
        (run.retryOf, run.retryAttempt) = (RunID(number: original), 1)
        return run
    }

    private func ids(_ numbers: Int...) -> [RunID] { numbers.map { RunID(number: $0) } }

    /// What stands in a table, behind the store's back.
    private func rows(_ sql: String) throws -> [String] {
        let other = try DatabaseQueue(path: path)
        defer { try? other.close() }
        return try other.read { db in try String.fetchAll(db, sql: sql) }
    }

    @Test("Pages begin with the oldest, of one task and of all, and go on behind the last entry")
    func pages() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([ended(3), ended(1), .pending(2), ended(4, task: "other")], moving: [])
        let first = try await store.oldestRuns(ofTask: nil, after: nil, limit: 2)
        #expect(first.map(\.id) == ids(1, 2))
        #expect(first.map(\.endedAt) == [ended(1).state.end?.at, nil])
        #expect(first.map(\.logBytes) == [10, 0])
        #expect(try await store.oldestRuns(ofTask: nil, after: first.last, limit: 9).map(\.id) == ids(3, 4))
        #expect(try await store.oldestRuns(ofTask: "backup", after: first.last, limit: 9).map(\.id) == ids(3))
        #expect(try await store.oldestRuns(ofTask: "none", after: nil, limit: 9).isEmpty)
        #expect(try await store.endedRunCount(ofTask: "backup") == 2)
        #expect(try await store.endedRunCounts() == ["backup": 2, "other": 1])
        try await store.close()
    }

    @Test("A page is read from an index, and what refers to a run is found by one")
    func plans() async throws {
        let queue = try StoreConnection(path: path).openWriter()
        for (sql, index) in [
            (HistoryEntry.oldestSQL, "run_created"), (HistoryEntry.oldestOfTaskSQL, "run_task"),
        ] {
            let plan = try await queue.read { db in
                var arguments: StatementArguments = [0, "", 10]
                if index == "run_task" { arguments = ["a"] + arguments }
                return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments)
                    .map { $0["detail"] as String }
            }
            #expect(plan.contains { $0.hasPrefix("SEARCH run USING INDEX \(index) (") })
            #expect(plan.contains { $0.contains("run_retry_of (retry_of_run_id=?)") })
            #expect(!plan.contains { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }, "\(plan)")
        }
        try queue.close()
    }

    @Test("A removed run is gone for every reader, and noted until its folder is")
    func removal() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([ended(1), ended(2), .pending(3)], moving: [])
        let removed = try await store.removeRuns(ids(1, 3, 9), sparingReferredTo: true, forgetting: [])
        #expect(removed == [StoredLog(id: RunID(number: 1), taskName: "backup", bytes: 10)])
        #expect(try await store.run(RunID(number: 1)) == nil)
        #expect(try await store.runs(matching: RunQuery()).runs.map(\.id) == ids(3, 2))
        #expect(try await store.runs(matching: RunQuery()).total == 2)
        #expect(try await store.unfinishedRemovals(after: nil, limit: 9).map(\.id) == ids(1))
        try await store.close()

        let next = try SQLiteStore(path: path)
        #expect(
            try await next.unfinishedRemovals(after: nil, limit: 9) == [
                StoredLog(id: RunID(number: 1), taskName: "backup")
            ]
        )
        #expect(try await next.removeRuns([], sparingReferredTo: true, forgetting: ids(1)).isEmpty)
        #expect(try await next.unfinishedRemovals(after: nil, limit: 9).isEmpty)
        try await next.close()
    }

    @Test("What a retry that has not ended repeats is spared, until it has ended")
    func retries() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([ended(1), retry(2, of: 1)], moving: [])
        #expect(try await store.oldestRuns(ofTask: "backup", after: nil, limit: 1).map(\.isReferredTo) == [true])
        #expect(try await store.removeRuns(ids(1), sparingReferredTo: true, forgetting: []).isEmpty)
        let end = RunEnd(reason: .failed, exitCode: 1, at: .zero)
        _ = try await store.apply([(RunID(number: 2), .ended(end))])
        #expect(try await store.oldestRuns(ofTask: "backup", after: nil, limit: 1).map(\.isReferredTo) == [false])
        #expect(try await store.removeRuns(ids(1), sparingReferredTo: true, forgetting: []).map(\.id) == ids(1))
        try await store.close()
    }

    @Test("Somebody who asks for one run gets it removed, whoever refers to it")
    func unsparing() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([ended(1), retry(2, of: 1)], moving: [])
        #expect(try await store.removeRuns(ids(1, 2), sparingReferredTo: false, forgetting: []).map(\.id) == ids(1))
        try await store.close()
    }

    @Test("The row of a pause is spared for as long as the pause is there")
    func pauses() async throws {
        let store = try SQLiteStore(path: path)
        let since = Timestamp("2026-03-29T01:00:00Z")
        try await store.save(TaskPause(taskName: "backup", since: since, until: nil))
        var held = Run.pending(1)
        held.missed = MissedStretch(count: 1, until: since)
        held.state = .ended(.withoutCommand(.skipped, at: held.createdAt, message: "paused"))
        try await store.insert([held], moving: [])
        #expect(try await store.removeRuns(ids(1), sparingReferredTo: true, forgetting: []).isEmpty)
        try await store.removePauses(ofTasks: ["backup"])
        #expect(try await store.removeRuns(ids(1), sparingReferredTo: true, forgetting: []).map(\.id) == ids(1))
        try await store.close()
    }

    @Test("The sizes of all logs are added up through every change")
    func logBytes() async throws {
        let store = try SQLiteStore(path: path)
        #expect(try await store.logBytes() == 0)
        try await store.insert([ended(1), ended(2, task: "other", logBytes: 1 << 40), .pending(3)], moving: [])
        #expect(try await store.logBytes() == 10 + 1 << 40)
        let end = RunEnd(reason: .success, exitCode: 0, at: .zero, logBytes: 5)
        _ = try await store.apply([(RunID(number: 3), .started(at: .zero)), (RunID(number: 3), .ended(end))])
        #expect(try await store.logBytes() == 15 + 1 << 40)
        #expect(try await store.run(RunID(number: 3))?.state.end?.logBytes == 5)
        _ = try await store.removeRuns(ids(2, 3), sparingReferredTo: true, forgetting: [])
        #expect(try await store.logBytes() == 10)
        try await store.close()
    }

    @Test("A log that was never measured counts once it has been")
    func unmeasured() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([ended(1, logBytes: nil), ended(2), .pending(3)], moving: [])
        #expect(try await store.unmeasuredRuns(limit: 9) == [StoredLog(id: RunID(number: 1), taskName: "backup")])
        try await store.record([
            StoredLog(id: RunID(number: 1), taskName: "backup", bytes: 7),
            StoredLog(id: RunID(number: 2), taskName: "backup", bytes: 100),
            StoredLog(id: RunID(number: 3), taskName: "backup", bytes: 100),
        ])
        #expect(try await store.unmeasuredRuns(limit: 9).isEmpty)
        #expect(try await store.logBytes() == 17)
        try await store.close()
    }

    @Test("A file of version 1 is brought up, and its counts stay right")
    func migration() async throws {
        let queue = try DatabaseQueue(path: path)
        try StoreSchema.migrator.migrate(queue, upTo: "1 runs, cursors and pauses")
        let old = [ended(1), .pending(2)]
        try await queue.write { db in
            try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
            for run in old {
                let columns = RunColumn.allCases.filter { $0 != .logBytes }
                try db.execute(
                    sql: """
                        INSERT INTO run (\(columns.map(\.rawValue).joined(separator: ", ")))
                        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
                        """,
                    arguments: StatementArguments(try run.values(of: columns))
                )
            }
        }
        try queue.close()
        let store = try SQLiteStore(path: path)
        #expect(try await store.run(RunID(number: 1)) == ended(1, logBytes: nil))
        #expect(try await store.unmeasuredRuns(limit: 9).map(\.id) == ids(1))
        let end = RunEnd(reason: .success, exitCode: 0, at: .zero, logBytes: 3)
        _ = try await store.apply([(RunID(number: 2), .ended(end))])
        _ = try await store.removeRuns(ids(1), sparingReferredTo: true, forgetting: [])
        #expect(try await store.logBytes() == 3)
        try await store.close()
        #expect(try rows("SELECT state || ' ' || runs FROM run_count WHERE runs <> 0") == ["success 1"])
    }
}
