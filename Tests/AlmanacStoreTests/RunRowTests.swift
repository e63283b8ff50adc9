import AlmanacModel
import AlmanacTesting
import GRDB
import Testing

@testable import AlmanacStore

@Suite("A row that this version cannot read is an error that names it")
struct RunRowTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("almanac.sqlite") }

    /// Changes the row of `Run.full` behind the store's back.
    private func tamper(_ assignment: String) throws {
        let other = try DatabaseQueue(path: path)
        try other.write { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: "UPDATE run SET \(assignment)")
        }
        try other.close()
    }

    @Test(
        "Column by column",
        arguments: [
            ("task_name = x'00'", "task_name"),
            ("status = 'paused'", "status"),
            ("end_reason = 'evaporated'", "end_reason"),
            ("end_at = NULL", "end_at"),
            ("end_at = 'noon'", "end_at"),
            ("exit_code = 0.5", "exit_code"),
            ("status = 'running', start_at = NULL", "start_at"),
            ("triggered_by = 'moon'", "triggered_by"),
            ("created_at = 'now'", "created_at"),
            ("tick = '2026-02-30T00:00:00'", "tick"),
            ("timezone = NULL", "timezone"),
            ("missed_until = NULL", "missed_until"),
            ("retry_of_run_id = 'U'", "retry_of_run_id"),
            ("params = '{\"a\":1}'", "params"),
            ("params = '['", "params"),
            ("max_rss_bytes = NULL", "max_rss_bytes"),
        ]
    )
    func undecodable(assignment: String, column: String) async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([.full], moving: [])
        try tamper(assignment)
        for read in [{ try await store.run(Run.full.id) }, { try await store.runs(matching: RunQuery()).runs.first }]
            as [@Sendable () async throws -> Run?]
        {
            let error = await #expect(throws: StoreError.self) { try await read() }
            guard case .undecodable("run", let row, let found, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(row.contains(Run.full.id.description))
            #expect(found == column)
        }
        try await store.close()
    }

    @Test("An id that is no ULID")
    func badID() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([.full], moving: [])
        try tamper("id = 'Z'")
        let expected = StoreError.undecodable(table: "run", row: "Z", column: "id", found: "Z")
        await #expect(throws: expected) { try await store.lastRunID() }
        await #expect(throws: StoreError.self) { try await store.runs(matching: RunQuery()) }
        try await store.close()
    }

    @Test("A cursor")
    func badCursor() async throws {
        let store = try SQLiteStore(path: path)
        let other = try DatabaseQueue(path: path)
        try await other.write { db in
            try db.execute(sql: "INSERT INTO schedule_cursor VALUES ('a', 'then', '@daily')")
        }
        try other.close()
        let error = await #expect(throws: StoreError.self) { try await store.cursors() }
        #expect(error?.description.contains("settled_through") == true)
        #expect(error?.description.contains("schedule_cursor") == true)
        try await store.close()
    }

    @Test("A failure in the middle of `apply` changes nothing")
    func applyOverBadRow() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([.full], moving: [])
        try tamper("end_reason = 'evaporated'")
        try await store.insert([.pending(8)], moving: [])
        await #expect(throws: StoreError.self) {
            try await store.apply([(RunID(number: 8), .started(at: .zero)), (Run.full.id, .started(at: .zero))])
        }
        #expect(try await store.run(RunID(number: 8)) == .pending(8))
        try await store.close()
    }
}
