import AlmanacLinux
import GRDB
import Metrics
import Synchronization

/// The one that writes: takes everything that is waiting, commits it with one sync, then answers in order.
///
/// Callers that come while a commit is on its way to the disk share the next one. The thread blocks in SQLite's writes
/// and syncs, and for up to five seconds on the lock of another process.
actor StoreWriter {
    private let path: String
    private let executor: ThreadExecutor
    private let metrics: any MetricsFactory
    private var queue: DatabaseQueue?
    private var waiting: [any PendingWrite] = []
    /// Called after each commit, once its callers have had their answers; it must return at once.
    nonisolated let afterCommit = Mutex<(@Sendable () -> Void)?>(nil)

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ queue: DatabaseQueue, path: String, metrics: any MetricsFactory = NOOPMetricsHandler.instance) {
        self.path = path
        self.metrics = metrics
        self.queue = queue
        executor = ThreadExecutor(name: "store-writer")
    }

    /// Makes a change: all of it stands, durably, when this returns, and none of it when it throws.
    ///
    /// A task that is cancelled meanwhile gets its answer all the same.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let outcome = await withCheckedContinuation { continuation in
            waiting.append(Write(path: path, body: body, continuation: continuation))
            // The job goes behind all calls that are on their way to this actor already, so that it finds them waiting.
            if waiting.count == 1 { Task { commitWaiting() } }
        }
        return try outcome.get()
    }

    /// Commits what is waiting, moves the WAL into the database and closes it.
    func close() throws(StoreError) {
        commitWaiting()
        guard let queue else { return }
        self.queue = nil
        do {
            try queue.writeWithoutTransaction { db in
                // Without a wait: a reader of another process only makes the next start read the WAL.
                try db.execute(sql: "PRAGMA busy_timeout = 0")
                try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            try queue.close()
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private func commitWaiting() {
        let batch = waiting
        waiting = []
        if batch.isEmpty { return }
        let start = ContinuousClock.now
        let (failure, isChange) = commit(batch)
        if failure != nil || isChange { note(failure, start.duration(to: .now)) }
        for write in batch {
            write.answer(failure)
        }
        if failure == nil { afterCommit.withLock(\.self)?() }
    }

    private func note(_ failure: StoreError?, _ duration: Duration) {
        let outcome = failure == nil ? "committed" : "failed"
        Counter(label: "almanac_store_commits", dimensions: [("outcome", outcome)], factory: metrics).increment()
        if failure == nil {
            Timer(label: "almanac_store_commit_duration_seconds", factory: metrics).record(duration: duration)
        }
    }

    /// Runs the batch in one transaction, each write within a savepoint of its own where there are several.
    ///
    /// Savepoints have their price: within one, SQLite's journal in memory is walked from its start for each statement.
    ///
    /// - Returns: why none of it stands, where that is so, and whether a row has changed: the disk hears of nothing else.
    private func commit(_ batch: [any PendingWrite]) -> (failure: StoreError?, isChange: Bool) {
        guard let queue else { return (.closed, false) }
        do {
            let isChange = try queue.writeWithoutTransaction { db in
                let changesBefore = db.totalChangesCount
                try db.inTransaction(.immediate) {
                    if batch.count == 1 {
                        try batch[0].run(in: db)
                    } else {
                        for write in batch { try write.runInSavepoint(in: db) }
                    }
                    return .commit
                }
                return db.totalChangesCount != changesBefore
            }
            return (nil, isChange)
        } catch {
            return (StoreError(error, path: path), false)
        }
    }
}

/// A change that waits for its commit.
private protocol PendingWrite: AnyObject {
    /// Makes the change, and remembers why where it fails.
    ///
    /// - Throws: where it fails.
    func run(in db: Database) throws

    /// Makes the change in a savepoint: one that fails is rolled back alone, and remembers why.
    ///
    /// - Throws: where the failure took the whole transaction with it.
    func runInSavepoint(in db: Database) throws

    /// Resumes the caller, after the commit.
    ///
    /// - Parameter failure: why the whole batch does not stand, where that is so.
    func answer(_ failure: StoreError?)
}

private final class Write<Value: Sendable>: PendingWrite {
    private let path: String
    private let body: (Database) throws -> Value
    private let continuation: CheckedContinuation<Result<Value, StoreError>, Never>
    private var outcome: Result<Value, StoreError>?

    init(
        path: String,
        body: @escaping (Database) throws -> Value,
        continuation: CheckedContinuation<Result<Value, StoreError>, Never>
    ) {
        self.path = path
        self.body = body
        self.continuation = continuation
    }

    func run(in db: Database) throws {
        do {
            outcome = .success(try body(db))
        } catch {
            outcome = .failure(StoreError(error, path: path))
            throw error
        }
    }

    func runInSavepoint(in db: Database) throws {
        do {
            try db.inSavepoint {
                try run(in: db)
                return .commit
            }
        } catch {
            outcome = .failure(StoreError(error, path: path))
            // SQLite itself rolls everything back for some errors: sqlite.org/lang_transaction.html, section 3.
            if !db.isInsideTransaction { throw error }
        }
    }

    func answer(_ failure: StoreError?) {
        switch (outcome, failure) {
        case (.failure(let own), _): continuation.resume(returning: .failure(own))
        case (_, .some(let failure)): continuation.resume(returning: .failure(failure))
        case (.some(let outcome), nil): continuation.resume(returning: outcome)
        case (nil, nil): preconditionFailure("a committed batch holds a write that was not run")
        }
    }
}
