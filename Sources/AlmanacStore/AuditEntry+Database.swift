package import AlmanacModel
import GRDB

extension SQLiteStore: AuditStore {
    package func record(_ entry: AuditEntry) async throws(StoreError) -> Int64 {
        try await writer.write { db in try entry.insert(into: db) }
    }

    package func settle(
        _ number: Int64,
        status: Int,
        tokenName: String?,
        detail: String?
    ) async throws(StoreError) {
        try await writer.write { db in
            let statement = try db.cachedStatement(
                sql: """
                    UPDATE audit SET status = ?, token_name = coalesce(?, token_name), detail = coalesce(?, detail)
                    WHERE number = ?
                    """
            )
            try statement.execute(arguments: [status, tokenName, detail, number])
        }
    }

    package func auditEntries(matching query: AuditQuery) async throws(StoreError) -> [AuditEntry] {
        try await reader.read { db in
            // Newest first by the key: what does not fit is passed over, a hundred thousand rows at most.
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: AuditEntry.selectSQL),
                arguments: [
                    query.before ?? .max, query.operation, query.caller, query.taskName,
                    query.since?.nanosecondsSinceEpoch, query.until?.nanosecondsSinceEpoch, query.limit,
                ]
            )
            return try Array(rows.map { try AuditEntry(Array($0.databaseValues)) })
        }
    }
}

extension AuditEntry {
    fileprivate static let selectSQL = """
        SELECT number, at, caller_kind, caller, process_id, address, operation, task_name, run_id, token_name, status, detail
        FROM audit
        WHERE number < ?1 AND (?2 IS NULL OR operation = ?2) AND (?3 IS NULL OR caller = ?3)
            AND (?4 IS NULL OR task_name = ?4) AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at < ?6)
        ORDER BY number DESC LIMIT ?7
        """

    /// - Returns: the entry's number.
    func insert(into db: Database) throws -> Int64 {
        var processID: Int32?
        if case .user(_, let id) = caller { processID = id }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO audit (
                    at, caller_kind, caller, process_id, address, operation, task_name, run_id, token_name, status, detail
                ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            at.nanosecondsSinceEpoch, caller.kind, caller.name, processID, address, operation, taskName,
            runID?.description, tokenName, status, detail,
        ])
        return db.lastInsertedRowID
    }

    /// - Parameter values: those of the columns, in the order of `selectSQL`.
    fileprivate init(_ values: [DatabaseValue]) throws(StoreError) {
        func undecodable(_ column: String, _ value: DatabaseValue) -> StoreError {
            .undecodable(table: "audit", row: values[0].description, column: column, found: value.description)
        }
        func text(_ column: String, _ value: DatabaseValue) throws(StoreError) -> String? {
            switch value.storage {
            case .null: nil
            case .string(let text): text
            case .int64, .double, .blob: throw undecodable(column, value)
            }
        }
        func number(_ column: String, _ value: DatabaseValue) throws(StoreError) -> Int64? {
            switch value.storage {
            case .null: nil
            case .int64(let number): number
            case .string, .double, .blob: throw undecodable(column, value)
            }
        }
        guard let at = try number("at", values[1]) else { throw undecodable("at", values[1]) }
        let name = try text("caller", values[3])
        let caller: Caller
        switch (try text("caller_kind", values[2]), name) {
        case ("token", let name?): caller = .token(name)
        case ("user", let name?):
            guard let id = UInt32(name), let processID = try number("process_id", values[4]) else {
                throw undecodable("caller", values[3])
            }
            caller = .user(id: id, processID: Int32(truncatingIfNeeded: processID))
        case ("anonymous", _): caller = .anonymous
        default: throw undecodable("caller_kind", values[2])
        }
        self.init(
            number: try number("number", values[0]),
            at: PreciseTimestamp(nanosecondsSinceEpoch: at),
            caller: caller,
            address: try text("address", values[5]) ?? "",
            operation: try text("operation", values[6]) ?? "",
            taskName: try text("task_name", values[7]),
            runID: try text("run_id", values[8]).flatMap { RunID($0) },
            tokenName: try text("token_name", values[9]),
            status: try number("status", values[10]).map { Int($0) },
            detail: try text("detail", values[11])
        )
    }
}
