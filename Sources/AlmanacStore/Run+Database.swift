import AlmanacModel
import GRDB

extension Run {
    static let unfinishedSQL = """
        SELECT \(RunColumn.list) FROM run INDEXED BY run_unfinished WHERE end_reason IS NULL ORDER BY created_at, id
        """

    static func fetch(_ id: RunID, from db: Database) throws -> Run? {
        let statement = try db.cachedStatement(sql: "SELECT \(RunColumn.list) FROM run WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.description]).map { try RunRow($0).run() }
    }

    static func fetchUnfinished(from db: Database) throws -> [Run] {
        try Array(Row.fetchCursor(db, sql: unfinishedSQL).map { try RunRow($0).run() })
    }

    /// - Throws: `StoreError.duplicateRun` where there is a run of this id.
    func insert(into db: Database) throws {
        do {
            let statement = try db.cachedStatement(sql: RunColumn.insertion)
            try statement.execute(arguments: StatementArguments(try values(of: RunColumn.allCases)))
        } catch ResultCode.SQLITE_CONSTRAINT_UNIQUE {
            throw StoreError.duplicateRun(id)
        }
    }

    func updateState(in db: Database) throws {
        let statement = try db.cachedStatement(sql: RunColumn.stateUpdate)
        try statement.execute(arguments: StatementArguments(try values(of: RunColumn.ofState + [.id])))
    }
}

extension RunID {
    static func fetchLast(from db: Database) throws -> RunID? {
        guard let text = try String.fetchOne(db, sql: "SELECT max(id) FROM run") else { return nil }
        guard let id = RunID(text) else {
            throw StoreError.undecodable(table: "run", row: text, column: RunColumn.id.rawValue, found: text)
        }
        return id
    }
}
