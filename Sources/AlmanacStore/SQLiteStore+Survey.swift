package import AlmanacModel
import GRDB

extension SQLiteStore: RunSurveying {
    package func tally() async throws(StoreError) -> RunTally {
        try await reader.read { db in
            var tally = RunTally(total: 0, ended: [:], lastFailure: nil)
            let rows = try Row.fetchCursor(db, sql: "SELECT state, sum(runs) FROM run_count GROUP BY state")
            while let row = try rows.next() {
                tally.total += row[1]
                if let reason = EndReason(rawValue: row[0]) { tally.ended[reason] = row[1] }
            }
            tally.lastFailure = try Int64.fetchOne(db, sql: Self.lastFailureSQL)
                .map(PreciseTimestamp.init(nanosecondsSinceEpoch:))
            return tally
        }
    }

    /// In the words of the index.
    static let lastFailureSQL = """
        SELECT max(end_at) FROM run INDEXED BY run_failure
        WHERE end_reason IN ('failed', 'timeout', 'crashed', 'log_overflow', 'start_failed')
        """

    package func slice(of query: RunQuery, beyond position: RunPosition?) async throws(StoreError) -> RunSlice {
        let walk = RunWalk(query)
        return try await reader.read { db in try walk.slice(beyond: position, from: db) }
    }
}

/// Goes through the runs that may fit a query, by their creation, along the index of its rarest filter.
struct RunWalk {
    private let query: RunQuery
    /// How many index entries a slice looks at.
    private let length: Int

    init(_ query: RunQuery, length: Int = 2000) {
        self.query = query
        self.length = length
    }

    func slice(beyond position: RunPosition?, from db: Database) throws -> RunSlice {
        let search = try query.search.map { try RunSearch($0, from: db) }
        if search?.findsNothing == true { return RunSlice(runs: [], next: nil) }
        let filter = RunFilter(query, search: search)
        let rows = try SQLRequest<Row>(literal: try statement(filter, beyond: position, db)).fetchAll(db)
        let runs = try rows.map { row in
            guard let id = RunID(row[0] as String) else {
                throw StoreError.undecodable(table: "run", row: row[0], column: RunColumn.id.rawValue, found: row[0])
            }
            let created = PreciseTimestamp(nanosecondsSinceEpoch: row[1])
            return SurveyedRun(position: RunPosition(createdAt: created, id: id), taskName: row[2])
        }
        return RunSlice(
            runs: zip(rows, runs).filter { $0.0[3] as Bool }.map(\.1),
            next: runs.count < length ? nil : runs.last?.position
        )
    }

    /// The inner part takes entries off the index in its order; the filters are for the outer one, so that those that do not fit
    /// count too.
    private func statement(_ filter: RunFilter, beyond position: RunPosition?, _ db: Database) throws -> SQL {
        let (index, condition) = try source(filter, db)
        let (after, before) = filter.created
        var range: SQL = "\(condition) AND created_at >= \(after) AND created_at <= \(before)"
        let direction: SQL
        switch query.sortDirection {
        case .ascending:
            direction = "ASC"
            if let position {
                range +=
                    " AND (created_at, id) > (\(position.createdAt.nanosecondsSinceEpoch), \(position.id.description))"
            }
        case .descending:
            direction = "DESC"
            if let position {
                range +=
                    " AND (created_at, id) < (\(position.createdAt.nanosecondsSinceEpoch), \(position.id.description))"
            }
        }
        let fits: SQL = filter.all.isEmpty ? "TRUE" : filter.all.joined(separator: " AND ")
        return """
            SELECT run.id, run.created_at, run.task_name, (\(fits)) IS TRUE FROM (
                SELECT rowid AS number FROM run \(index) WHERE \(range)
                ORDER BY created_at \(direction), id \(direction) LIMIT \(length)
            ) AS walk CROSS JOIN run ON run.rowid = walk.number
            ORDER BY run.created_at \(direction), run.id \(direction)
            """
    }

    /// Any of them has the order of creation, so that a walk may go on along another one.
    private func source(_ filter: RunFilter, _ db: Database) throws -> (index: SQL, condition: SQL) {
        let counts = try RunListing(query, now: PreciseTimestamp(nanosecondsSinceEpoch: 0)).counts(from: db)
        var sources: [(size: Int, index: SQL, condition: SQL)] = [(counts.all, "INDEXED BY run_created", "TRUE")]
        if let name = query.taskName { sources.append((counts.task, "INDEXED BY run_task", "task_name = \(name)")) }
        if let trigger = query.trigger {
            sources.append((counts.trigger, "INDEXED BY run_trigger", "triggered_by = \(trigger.rawValue)"))
        }
        if query.retriesOnly { sources.append((counts.all / 16, "INDEXED BY run_retry", "retry_attempt > 0")) }
        if let unfinished = filter.unfinishedCondition, filter.reasons.isEmpty {
            sources.append((counts.states, "INDEXED BY run_unfinished", unfinished))
        } else if filter.reasons.count == 1, filter.unfinished.isEmpty {
            let condition: SQL = "end_reason = \(filter.reasons[0])"
            sources.append((counts.states, "INDEXED BY run_end_reason", condition))
        }
        let rarest = sources.reduce(sources[0]) { $1.size < $0.size ? $1 : $0 }
        return (rarest.index, rarest.condition)
    }
}
