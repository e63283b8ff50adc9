package import AlmanacModel
import GRDB

extension SQLiteStore: RunHistory {
    package func oldestRuns(
        ofTask name: String?,
        after position: HistoryEntry?,
        limit: Int
    ) async throws(StoreError) -> [HistoryEntry] {
        try await reader.read { db in
            let statement = try db.cachedStatement(
                sql: name == nil ? HistoryEntry.oldestSQL : HistoryEntry.oldestOfTaskSQL
            )
            var arguments: StatementArguments = [
                position?.createdAt.nanosecondsSinceEpoch ?? .min, position?.id.description ?? "", limit,
            ]
            if let name { arguments = [name] + arguments }
            return try Array(
                Row.fetchCursor(statement, arguments: arguments).map { try HistoryEntry(Array($0.databaseValues)) }
            )
        }
    }

    package func endedRunCount(ofTask name: String) async throws(StoreError) -> Int {
        try await reader.read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT ifnull(sum(runs), 0) FROM run_count
                    WHERE task_name = ? AND state NOT IN ('pending', 'running')
                    """
            )
            return try Int.fetchOne(statement, arguments: [name]) ?? 0
        }
    }

    package func endedRunCounts() async throws(StoreError) -> [String: Int] {
        try await reader.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT task_name, sum(runs) FROM run_count
                    WHERE state NOT IN ('pending', 'running') GROUP BY task_name
                    """
            )
            var counts: [String: Int] = [:]
            while let row = try rows.next() { counts[row[0]] = row[1] }
            return counts
        }
    }

    package func logBytes() async throws(StoreError) -> Int64 {
        try await reader.read { db in
            try Int64.fetchOne(db, sql: "SELECT ifnull(sum(log_bytes), 0) FROM run_count") ?? 0
        }
    }

    package func removeRuns(
        _ ids: [RunID],
        sparingReferredTo: Bool,
        forgetting gone: [RunID]
    ) async throws(StoreError) -> [StoredLog] {
        if ids.isEmpty && gone.isEmpty { return [] }
        return try await writer.write { db in
            for id in gone {
                let forget = try db.cachedStatement(sql: "DELETE FROM run_removal WHERE run_id = ?")
                try forget.execute(arguments: [id.description])
            }
            var removed: [StoredLog] = []
            for id in ids {
                let delete = try db.cachedStatement(
                    sql: sparingReferredTo ? StoredLog.deleteUnlessReferredToSQL : StoredLog.deleteSQL
                )
                guard let row = try Row.fetchOne(delete, arguments: [id.description]) else { continue }
                let log = StoredLog(id: id, taskName: row[0], bytes: row[1])
                let note = try db.cachedStatement(sql: "INSERT INTO run_removal (run_id, task_name) VALUES (?, ?)")
                try note.execute(arguments: [id.description, log.taskName])
                removed.append(log)
            }
            return removed
        }
    }

    package func unfinishedRemovals(after id: RunID?, limit: Int) async throws(StoreError) -> [StoredLog] {
        try await reader.read { db in
            try StoredLog.fetch(
                db,
                sql: "SELECT run_id, task_name FROM run_removal WHERE run_id > ? ORDER BY run_id LIMIT ?",
                [id?.description ?? "", limit]
            )
        }
    }

    package func unmeasuredRuns(limit: Int) async throws(StoreError) -> [StoredLog] {
        try await reader.read { db in
            try StoredLog.fetch(
                db,
                sql: """
                    SELECT id, task_name FROM run INDEXED BY run_unmeasured
                    WHERE log_bytes IS NULL AND end_reason IS NOT NULL ORDER BY id LIMIT ?
                    """,
                [limit]
            )
        }
    }

    package func record(_ logs: [StoredLog]) async throws(StoreError) {
        if logs.isEmpty { return }
        try await writer.write { db in
            for log in logs {
                let statement = try db.cachedStatement(
                    sql: "UPDATE run SET log_bytes = ? WHERE id = ? AND log_bytes IS NULL AND end_reason IS NOT NULL"
                )
                try statement.execute(arguments: [log.bytes, log.id.description])
            }
        }
    }
}

extension HistoryEntry {
    /// Each `EXISTS` is one look into an index.
    fileprivate static let isReferredToSQL = """
        (EXISTS (SELECT 1 FROM run AS retry WHERE retry.retry_of_run_id = run.id AND retry.end_reason IS NULL)
        OR EXISTS (SELECT 1 FROM task_pause AS pause WHERE pause.task_name = run.task_name AND pause.run_id = run.id))
        """

    private static let columns = "id, task_name, created_at, end_at, ifnull(log_bytes, 0), \(isReferredToSQL)"

    static let oldestSQL = """
        SELECT \(columns) FROM run INDEXED BY run_created
        WHERE (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?
        """

    static let oldestOfTaskSQL = """
        SELECT \(columns) FROM run INDEXED BY run_task
        WHERE task_name = ? AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?
        """

    /// - Parameter values: those of `columns`, in this order.
    fileprivate init(_ values: [DatabaseValue]) throws(StoreError) {
        func undecodable(_ column: RunColumn, _ value: DatabaseValue) -> StoreError {
            .undecodable(
                table: "run",
                row: values[0].description,
                column: column.rawValue,
                found: value.description
            )
        }
        guard case .string(let text) = values[0].storage, let id = RunID(text) else {
            throw undecodable(.id, values[0])
        }
        guard case .string(let taskName) = values[1].storage else { throw undecodable(.taskName, values[1]) }
        guard case .int64(let createdAt) = values[2].storage else { throw undecodable(.createdAt, values[2]) }
        let endedAt: PreciseTimestamp? =
            switch values[3].storage {
            case .null: nil
            case .int64(let time): PreciseTimestamp(nanosecondsSinceEpoch: time)
            case .double, .string, .blob: throw undecodable(.endAt, values[3])
            }
        guard case .int64(let logBytes) = values[4].storage else { throw undecodable(.logBytes, values[4]) }
        self.init(
            id: id,
            taskName: taskName,
            createdAt: PreciseTimestamp(nanosecondsSinceEpoch: createdAt),
            endedAt: endedAt,
            logBytes: logBytes,
            isReferredTo: values[5] != 0.databaseValue
        )
    }
}

extension StoredLog {
    fileprivate static let deleteSQL = """
        DELETE FROM run WHERE id = ? AND end_reason IS NOT NULL RETURNING task_name, ifnull(log_bytes, 0)
        """

    fileprivate static let deleteUnlessReferredToSQL = """
        DELETE FROM run WHERE id = ? AND end_reason IS NOT NULL AND NOT \(HistoryEntry.isReferredToSQL)
        RETURNING task_name, ifnull(log_bytes, 0)
        """

    /// - Parameter sql: selects an id and the name of its task.
    fileprivate static func fetch(_ db: Database, sql: String, _ arguments: StatementArguments) throws -> [StoredLog] {
        try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
            guard let id = RunID(row[0] as String) else {
                throw StoreError.undecodable(table: "run", row: row[0], column: RunColumn.id.rawValue, found: row[0])
            }
            return StoredLog(id: id, taskName: row[1])
        }
    }
}
