package import AlmanacModel
import GRDB
import Synchronization

extension SQLiteStore: RunEventReading {
    package func lastEventNumber() async throws(StoreError) -> Int64 {
        try await reader.read { db in
            let statement = try db.cachedStatement(sql: "SELECT ifnull(max(number), 0) FROM run_event")
            return try Int64.fetchOne(statement) ?? 0
        }
    }

    package func runEvents(after number: Int64, limit: Int) async throws(StoreError) -> RunEventPage {
        try await reader.read { db in
            let oldest = try db.cachedStatement(sql: "SELECT ifnull(min(number), 0) FROM run_event")
            let events = try db.cachedStatement(sql: RunEventRecord.pageSQL)
            return RunEventPage(
                records: try Array(
                    Row.fetchCursor(events, arguments: [number, limit]).map { try RunEventRecord($0) }
                ),
                oldest: try Int64.fetchOne(oldest) ?? 0
            )
        }
    }

    package func whenRunsChange(_ callback: (@Sendable () -> Void)?) {
        writer.afterCommit.withLock { $0 = callback }
    }
}

extension RunEventRecord {
    /// The columns of the run come first, all NULL where it is gone.
    fileprivate static let pageSQL = """
        SELECT \(RunColumn.list), event.number, event.kind, event.run_id, event.task_name, event.status
        FROM run_event AS event LEFT JOIN run ON run.id = event.run_id
        WHERE event.number > ? ORDER BY event.number LIMIT ?
        """

    fileprivate init(_ row: Row) throws {
        let first = RunColumn.allCases.count
        let number: Int64 = row[first]
        func undecodable(_ column: String, _ offset: Int) -> StoreError {
            .undecodable(
                table: "run_event",
                row: "\(number)",
                column: column,
                found: (row[first + offset] as DatabaseValue).description
            )
        }
        guard let kind = Kind(rawValue: row[first + 1]) else { throw undecodable("kind", 1) }
        guard let id = RunID(row[first + 2] as String) else { throw undecodable("run_id", 2) }
        guard let phase = RunState.Phase(rawValue: row[first + 4]) else { throw undecodable("status", 4) }
        var run: Run?
        if kind != .deleted, !row.hasNull(atIndex: 0) {
            run = try RunRow(row).run()
            run?.rewind(to: phase)
        }
        self.init(number: number, kind: kind, id: id, taskName: row[first + 3], run: run)
    }
}

extension Run {
    /// Takes back what has become of the run since it was in an earlier phase.
    fileprivate mutating func rewind(to phase: RunState.Phase) {
        switch phase {
        case .pending: state = .pending
        case .running: if let startedAt = state.startedAt { state = .running(startedAt: startedAt) }
        case .ended: break
        }
    }
}
