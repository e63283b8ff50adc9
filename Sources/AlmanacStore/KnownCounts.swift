import AlmanacModel
import GRDB

/// What has been counted of the database as it stands, for the listings that ask for it again.
///
/// It belongs to one connection, which only reads. Nobody has to tell it of a change: after each commit of another connection,
/// of whatever process, SQLite's data version is another one, sqlite.org/pragma.html#pragma_data_version.
struct KnownCounts {
    /// What a page is planned by, and what it tells.
    struct Entry {
        var counts: RunPagePlan.Counts
        /// How many runs fit, on all pages.
        var total: Int
    }

    /// How many filters are remembered.
    static let capacity = 32

    private var version: Int64?
    private var entries: [RunQuery: Entry] = [:]

    /// What is known of a query's filters, on whichever page and in whichever order.
    ///
    /// - Parameters:
    ///   - db: within a transaction, so that the version is that of what is counted.
    ///   - count: counts what is not known.
    mutating func entry(for query: RunQuery, from db: Database, count: () throws -> Entry) throws -> Entry {
        precondition(db.isInsideTransaction, "counts of one version are read in one transaction")
        let version = try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version"))
        if version != self.version {
            self.version = version
            entries.removeAll()
        }
        guard query.hasPlainTexts else { return try count() }
        let filters = query.filters
        if let known = entries[filters] { return known }
        let entry = try count()
        if entries.count == Self.capacity { entries.removeAll() }
        entries[filters] = entry
        return entry
    }
}

extension RunQuery {
    /// Whether texts that are equal have the same bytes, which is what SQLite compares.
    fileprivate var hasPlainTexts: Bool {
        [taskName, search].allSatisfy { $0?.utf8.allSatisfy { $0 < 0x80 } ?? true }
    }

    /// The same for the first page in the usual order.
    fileprivate var filters: RunQuery {
        var query = self
        let usual = RunQuery()
        (query.limit, query.offset) = (usual.limit, usual.offset)
        (query.sortField, query.sortDirection) = (usual.sortField, usual.sortDirection)
        return query
    }
}
