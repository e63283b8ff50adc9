import AlmanacMetrics
import AlmanacModel
import AlmanacTesting
import GRDB
import Synchronization
import Testing

@testable import AlmanacStore

@Suite("Changes of many callers are committed together, and each caller gets its own answer")
struct GroupCommitTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("almanac.sqlite") }

    /// Another connection to the same file, as another process would have it.
    private func otherConnection() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    @Test("One that fails is rolled back alone")
    func oneFails() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([.pending(1000)], moving: [])
        let failed = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 1...64 {
                group.addTask {
                    // Every eighth brings a run that is there already, behind one that is not.
                    let runs: [Run] = number % 8 == 0 ? [.pending(number), .pending(1000)] : [.pending(number)]
                    do {
                        try await store.insert(runs, moving: [])
                        return nil
                    } catch StoreError.duplicateRun(RunID(number: 1000)) {
                        return number
                    }
                }
            }
            return try await group.reduce(into: Set<Int>()) { failed, number in
                if let number { failed.insert(number) }
            }
        }
        #expect(failed == Set(stride(from: 8, through: 64, by: 8)))
        for number in 1...64 {
            #expect(try await store.run(RunID(number: number)) == (number % 8 == 0 ? nil : .pending(number)))
        }
        try await store.close()
    }

    @Test("What changes nothing is no commit in the metrics; what fails is one that failed")
    func counted() async throws {
        let registry = MetricsRegistry([
            MetricFamily("almanac_store_commits", .counter, "Commits."),
            MetricFamily("almanac_store_commit_duration_seconds", .histogram([1]), "Durations."),
        ])
        let store = try SQLiteStore(path: path, metrics: registry)
        func samples() -> Set<Substring> {
            Set(String(decoding: registry.text(as: .openMetrics), as: UTF8.self).split(separator: "\n"))
        }
        await store.answerFromWriter()
        #expect(samples().allSatisfy { $0.hasPrefix("#") })
        try await store.insert([.pending(1)], moving: [])
        await store.answerFromWriter()
        #expect(samples().contains(#"almanac_store_commits_total{outcome="committed"} 1"#), "\(samples())")
        #expect(samples().contains("almanac_store_commit_duration_seconds_count 1"), "\(samples())")
        await #expect(throws: StoreError.duplicateRun(RunID(number: 1))) {
            try await store.insert([.pending(1)], moving: [])
        }
        #expect(samples().contains(#"almanac_store_commits_total{outcome="failed"} 1"#), "\(samples())")
        #expect(samples().contains(#"almanac_store_commits_total{outcome="committed"} 1"#), "\(samples())")
        try await store.close()
    }

    @Test("All that are waiting share one commit, and are answered in order")
    func shared() async throws {
        let queue = try StoreConnection(path: path).openWriter()
        let commits = CommitCounter()
        queue.add(transactionObserver: commits, extent: .databaseLifetime)
        let writer = StoreWriter(queue, path: path)
        let answered = try await writer.insertTogether((1...64).map { .pending($0) })
        #expect(answered == (1...64).map { RunID(number: $0) })
        #expect(commits.count == 1)
        try await writer.close()
    }

    @Test("A commit that fails fails for all of its callers")
    func busy() async throws {
        let connection = StoreConnection(path: path, busyTimeoutSeconds: 0.01)
        let store = try SQLiteStore(connection, now: { .zero })
        let other = try otherConnection()
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        await withTaskGroup(of: StoreError?.self) { group in
            for number in 1...3 {
                group.addTask {
                    do throws(StoreError) {
                        try await store.insert([.pending(number)], moving: [])
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for await error in group { #expect(error == .busy(path: path)) }
        }
        // Reading goes on meanwhile.
        #expect(try await store.runs(matching: RunQuery()).total == 0)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        try await store.insert([.pending(1)], moving: [])
        #expect(try await store.runs(matching: RunQuery()).total == 1)
        try await store.close()
        try other.close()
    }

    @Test("A full disk is said, what stands stays, and small changes go on")
    func full() async throws {
        let queue = try StoreConnection(path: path).openWriter()
        let writer = StoreWriter(queue, path: path)
        try await writer.write { db in
            try Run.full.insert(into: db)
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        await #expect(throws: StoreError.diskFull(path: path)) {
            try await writer.write { db in
                for number in 1000..<3000 { try Run.pending(number).insert(into: db) }
            }
        }
        var changed = Run.full
        changed.state = .ended(RunEnd(reason: .stopped, exitCode: 143, at: .zero))
        try await writer.write { [changed] db in try changed.updateState(in: db) }
        let ids = try await writer.write { db in try String.fetchAll(db, sql: "SELECT id FROM run") }
        #expect(ids == [Run.full.id.description])
        let stored = try await writer.write { db in try Run.fetch(Run.full.id, from: db) }
        #expect(stored == changed)
        try await writer.close()
    }

    @Test("A failure that takes the whole transaction is everybody's")
    func wholeTransaction() async throws {
        let writer = StoreWriter(try StoreConnection(path: path).openWriter(), path: path)
        await #expect(throws: StoreError.diskFull(path: path)) {
            try await writer.write { db in
                try Run.pending(1).insert(into: db)
                try db.execute(sql: "ROLLBACK")
                throw DatabaseError(resultCode: .SQLITE_FULL)
            }
        }
        try await writer.write { db in try Run.pending(2).insert(into: db) }
        let ids = try await writer.write { db in try String.fetchAll(db, sql: "SELECT id FROM run") }
        #expect(ids == [RunID(number: 2).description])
        try await writer.close()
    }

    @Test(
        "SQLite's result codes get their meaning",
        arguments: [
            (ResultCode.SQLITE_CANTOPEN, StoreError.cannotOpen(path: "p", reason: "r")),
            (.SQLITE_CORRUPT_INDEX, .corrupt(path: "p", reason: "r")),
            (.SQLITE_NOTADB, .corrupt(path: "p", reason: "r")),
            (.SQLITE_FULL, .diskFull(path: "p")),
            (.SQLITE_BUSY_SNAPSHOT, .busy(path: "p")),
            (.SQLITE_READONLY_DBMOVED, .readOnly(path: "p")),
            (.SQLITE_IOERR_FSYNC, .inputOutput(path: "p", reason: "r, code 1034")),
            (.SQLITE_TOOBIG, .unexpected(path: "p", code: 18, reason: "r")),
        ]
    )
    func codes(code: ResultCode, error: StoreError) {
        #expect(StoreError(DatabaseError(resultCode: code, message: "r"), path: "p") == error)
    }
}

/// Counts the commits of a connection; called on its thread alone.
private final class CommitCounter: TransactionObserver {
    private(set) var count = 0

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { count += 1 }
    func databaseDidRollback(_ db: Database) {}
}

extension StoreWriter {
    /// Inserts each run by a task of its own; all tasks are in the executor's queue before the first one runs.
    ///
    /// - Returns: the runs' ids in the order in which the tasks had their answers.
    fileprivate func insertTogether(_ runs: [Run]) async throws -> [RunID] {
        let answered = Mutex<[RunID]>([])
        let tasks = runs.map { run in
            Task {
                try await write { db in try run.insert(into: db) }
                answered.withLock { $0.append(run.id) }
            }
        }
        for task in tasks { try await task.value }
        return answered.withLock { $0 }
    }
}
