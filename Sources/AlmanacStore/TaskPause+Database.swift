import AlmanacCalendar
import AlmanacModel
import GRDB

extension TaskPause {
    /// All pauses, by the names of their tasks.
    static func fetchAll(from db: Database) throws -> [TaskPause] {
        let rows = try Row.fetchCursor(db, sql: "SELECT task_name, since, until FROM task_pause ORDER BY task_name")
        return try Array(rows.map { try TaskPause(Array($0.databaseValues)) })
    }

    /// Inserts the pause, or puts it in place of the task's earlier one, with whose row it goes on if it is the same.
    func save(in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO task_pause (task_name, since, until) VALUES (?, ?, ?)
                ON CONFLICT (task_name) DO UPDATE SET since = excluded.since, until = excluded.until,
                    run_id = CASE WHEN since = excluded.since THEN run_id END
                """
        )
        try statement.execute(arguments: [taskName, since.secondsSinceEpoch, until?.secondsSinceEpoch])
    }

    static func delete(ofTask name: String, from db: Database) throws {
        let statement = try db.cachedStatement(sql: "DELETE FROM task_pause WHERE task_name = ?")
        try statement.execute(arguments: [name])
    }

    /// Adds held firings to the row of their pause. Where it has none, or no more, their run becomes it.
    ///
    /// - Returns: the pause's row.
    static func hold(_ run: Run, in db: Database) throws -> Run {
        guard let stretch = run.missed else { preconditionFailure("run \(run.id) holds no firings") }
        let extend = try db.cachedStatement(
            sql: """
                UPDATE run SET missed_count = missed_count + ?, missed_until = ?
                WHERE id = (SELECT run_id FROM task_pause WHERE task_name = ?) RETURNING \(RunColumn.list)
                """
        )
        let row = try Row.fetchOne(
            extend,
            arguments: [stretch.count, stretch.until.secondsSinceEpoch, run.taskName]
        )
        if let row { return try RunRow(row).run() }
        try run.insert(into: db)
        let link = try db.cachedStatement(sql: "UPDATE task_pause SET run_id = ? WHERE task_name = ?")
        try link.execute(arguments: [run.id.description, run.taskName])
        return run
    }

    /// - Parameter values: name, start and end, in this order.
    private init(_ values: [DatabaseValue]) throws(StoreError) {
        func undecodable(_ column: String, _ value: DatabaseValue) -> StoreError {
            .undecodable(table: "task_pause", row: values[0].description, column: column, found: value.description)
        }
        guard case .string(let taskName) = values[0].storage else { throw undecodable("task_name", values[0]) }
        guard case .int64(let since) = values[1].storage else { throw undecodable("since", values[1]) }
        let until: Timestamp? =
            switch values[2].storage {
            case .null: nil
            case .int64(let seconds): Timestamp(secondsSinceEpoch: seconds)
            case .double, .string, .blob: throw undecodable("until", values[2])
            }
        self.init(taskName: taskName, since: Timestamp(secondsSinceEpoch: since), until: until)
    }
}
