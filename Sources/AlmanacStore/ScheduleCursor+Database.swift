import AlmanacCalendar
import AlmanacModel
import GRDB

extension ScheduleCursor {
    /// All cursors, by the names of their tasks.
    static func fetchAll(from db: Database) throws -> [ScheduleCursor] {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT task_name, settled_through, schedule FROM schedule_cursor ORDER BY task_name"
        )
        return try Array(rows.map { try ScheduleCursor(Array($0.databaseValues)) })
    }

    /// Inserts the cursor, or moves it to where it is told to be, backwards too.
    func save(in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO schedule_cursor (task_name, settled_through, schedule) VALUES (?, ?, ?)
                ON CONFLICT (task_name) DO UPDATE SET settled_through = excluded.settled_through, schedule = excluded.schedule
                """
        )
        try statement.execute(arguments: [taskName, settledThrough.secondsSinceEpoch, schedule])
    }

    func delete(from db: Database) throws {
        let statement = try db.cachedStatement(sql: "DELETE FROM schedule_cursor WHERE task_name = ?")
        try statement.execute(arguments: [taskName])
    }

    /// - Parameter values: name, instant and schedule, in this order.
    private init(_ values: [DatabaseValue]) throws(StoreError) {
        func undecodable(_ column: String, _ value: DatabaseValue) -> StoreError {
            .undecodable(
                table: "schedule_cursor",
                row: values[0].description,
                column: column,
                found: value.description
            )
        }
        guard case .string(let taskName) = values[0].storage else { throw undecodable("task_name", values[0]) }
        guard case .int64(let seconds) = values[1].storage else { throw undecodable("settled_through", values[1]) }
        guard case .string(let schedule) = values[2].storage else { throw undecodable("schedule", values[2]) }
        self.init(
            taskName: taskName,
            settledThrough: Timestamp(secondsSinceEpoch: seconds),
            schedule: schedule
        )
    }
}
