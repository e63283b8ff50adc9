import AlmanacCalendar
import AlmanacLinux
package import AlmanacModel
import GRDB
package import Metrics

/// Runs, cursors and pauses in one SQLite file.
///
/// It has two threads, `store-writer` and `store-reader`, which sleep without a system call while nothing is asked.
/// Close it for a clean end; a process that dies without leaves a file that the next start reads just as well.
package final class SQLiteStore: RunStore, PauseStore {
    package let path: String

    let writer: StoreWriter
    let reader: StoreReader
    private let now: @Sendable () -> PreciseTimestamp

    /// Opens the file, or makes it with mode 0600; the folder must exist. Blocks on the disk.
    ///
    /// - Parameters:
    ///   - metrics: what commits are counted in.
    ///   - now: the time by which the durations of running runs are sorted.
    /// - Throws: where the file cannot be opened, or is damaged, of another program, or of a newer version. It is left
    ///   as it was then.
    package convenience init(
        path: String,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        now: @escaping @Sendable () -> PreciseTimestamp = {
            PreciseTimestamp(nanosecondsSinceEpoch: SystemClock.realtimeNanoseconds())
        }
    ) throws(StoreError) {
        try self.init(StoreConnection(path: path), metrics: metrics, now: now)
    }

    init(
        _ connection: StoreConnection,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        now: @escaping @Sendable () -> PreciseTimestamp
    ) throws(StoreError) {
        let path = connection.path
        let writing = try connection.openWriter()
        writer = StoreWriter(writing, path: path, metrics: metrics)
        reader = StoreReader(try connection.openReader(), path: path)
        self.path = path
        self.now = now
    }

    /// Commits what is waiting, moves the write-ahead log into the database and closes the file.
    ///
    /// Calls that come later throw `StoreError.closed`; closing twice is no error.
    package func close() async throws(StoreError) {
        try await reader.close()
        try await writer.close()
    }

    // MARK: Signs of life

    /// Returns once the reading thread has read something, or failed to.
    package func answerFromReader() async {
        _ = try? await lastRunID()
    }

    /// Returns once the writing thread has begun and ended a transaction that changes nothing and writes nothing to the disk, or
    /// failed to.
    package func answerFromWriter() async {
        try? await writer.write { _ in }
    }

    // MARK: Changes

    @discardableResult
    package func insert(
        _ runs: [Run],
        moving cursors: [ScheduleCursor],
        recording entries: [AuditEntry]
    ) async throws(StoreError) -> [Run] {
        if runs.isEmpty && cursors.isEmpty && entries.isEmpty { return [] }
        return try await writer.write { db in
            let runs = try runs.map { run in
                if run.accountsForPause { return try TaskPause.hold(run, in: db) }
                try run.insert(into: db)
                return run
            }
            for cursor in cursors { try cursor.save(in: db) }
            for entry in entries { _ = try entry.insert(into: db) }
            return runs
        }
    }

    @discardableResult
    package func insert(_ runs: [Run], moving cursors: [ScheduleCursor]) async throws(StoreError) -> [Run] {
        try await insert(runs, moving: cursors, recording: [])
    }

    package func apply(
        _ events: [(id: RunID, event: RunEvent)],
        inserting followUps: [Run]
    ) async throws(StoreError) -> [Run] {
        if events.isEmpty && followUps.isEmpty { return [] }
        return try await writer.write { db in
            var order: [RunID] = []
            var changed: [RunID: Run] = [:]
            for (id, event) in events {
                guard var run = try changed[id] ?? Run.fetch(id, from: db), run.state.handle(event) else { continue }
                if changed.updateValue(run, forKey: id) == nil { order.append(id) }
            }
            let runs = order.compactMap { changed[$0] }
            for run in runs { try run.updateState(in: db) }
            for run in followUps { try run.insert(into: db) }
            return runs
        }
    }

    package func removeCursors(ofTasksOtherThan names: Set<String>) async throws(StoreError) {
        try await writer.write { db in
            for cursor in try ScheduleCursor.fetchAll(from: db) where !names.contains(cursor.taskName) {
                try cursor.delete(from: db)
            }
        }
    }

    package func save(_ pause: TaskPause) async throws(StoreError) {
        try await writer.write { db in try pause.save(in: db) }
    }

    package func removePauses(ofTasks names: Set<String>) async throws(StoreError) {
        if names.isEmpty { return }
        try await writer.write { db in
            for name in names { try TaskPause.delete(ofTask: name, from: db) }
        }
    }

    // MARK: Questions

    package func run(_ id: RunID) async throws(StoreError) -> Run? {
        try await reader.read { db in try Run.fetch(id, from: db) }
    }

    package func runs(matching query: RunQuery) async throws(StoreError) -> RunPage {
        try await reader.page(query, now: now())
    }

    package func unfinishedRuns() async throws(StoreError) -> [Run] {
        try await reader.read { db in try Run.fetchUnfinished(from: db) }
    }

    package func lastRunID() async throws(StoreError) -> RunID? {
        try await reader.read { db in try RunID.fetchLast(from: db) }
    }

    package func cursors() async throws(StoreError) -> [ScheduleCursor] {
        try await reader.read { db in try ScheduleCursor.fetchAll(from: db) }
    }

    package func pauses() async throws(StoreError) -> [TaskPause] {
        try await reader.read { db in try TaskPause.fetchAll(from: db) }
    }
}
