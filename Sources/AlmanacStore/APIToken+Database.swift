package import AlmanacModel
import FoundationEssentials
import GRDB

extension SQLiteStore: TokenStore {
    package func tokens() async throws(StoreError) -> [APIToken] {
        try await reader.read { db in try APIToken.fetchAll(from: db) }
    }

    package func add(_ token: APIToken) async throws(StoreError) -> Bool {
        try await writer.write { db in
            try db.execute(
                sql: """
                    INSERT INTO api_token (name, hash, scopes, created_at, expires_at, last_used_at)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
                    """,
                arguments: [
                    token.name, Data(token.hash), token.scopes.map(\.description).joined(separator: " "),
                    token.createdAt.nanosecondsSinceEpoch, token.expiresAt?.nanosecondsSinceEpoch,
                    token.lastUsedAt?.nanosecondsSinceEpoch,
                ]
            )
            return db.changesCount == 1
        }
    }

    package func removeToken(named name: String) async throws(StoreError) -> Bool {
        try await writer.write { db in
            try db.execute(sql: "DELETE FROM api_token WHERE name = ?", arguments: [name])
            return db.changesCount == 1
        }
    }

    package func noteUse(ofToken name: String, at time: PreciseTimestamp) async throws(StoreError) {
        try await writer.write { db in
            let statement = try db.cachedStatement(sql: "UPDATE api_token SET last_used_at = ? WHERE name = ?")
            try statement.execute(arguments: [time.nanosecondsSinceEpoch, name])
        }
    }
}

extension APIToken {
    fileprivate static func fetchAll(from db: Database) throws -> [APIToken] {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT name, hash, scopes, created_at, expires_at, last_used_at FROM api_token ORDER BY name"
        )
        return try Array(rows.map { try APIToken(Array($0.databaseValues)) })
    }

    /// - Parameter values: those of the columns, in the order of `fetchAll`.
    private init(_ values: [DatabaseValue]) throws(StoreError) {
        func undecodable(_ column: String, _ value: DatabaseValue) -> StoreError {
            .undecodable(table: "api_token", row: values[0].description, column: column, found: value.description)
        }
        func time(_ column: String, _ value: DatabaseValue) throws(StoreError) -> PreciseTimestamp? {
            switch value.storage {
            case .null: nil
            case .int64(let time): PreciseTimestamp(nanosecondsSinceEpoch: time)
            case .double, .string, .blob: throw undecodable(column, value)
            }
        }
        guard case .string(let name) = values[0].storage else { throw undecodable("name", values[0]) }
        guard case .blob(let hash) = values[1].storage, hash.count == 32 else { throw undecodable("hash", values[1]) }
        guard case .string(let words) = values[2].storage else { throw undecodable("scopes", values[2]) }
        var scopes: [TokenScope] = []
        for word in words.split(separator: " ") {
            // One that this version does not know lets nobody in, and must not be taken for less than it is.
            guard let scope = TokenScope(String(word)) else { throw undecodable("scopes", values[2]) }
            scopes.append(scope)
        }
        guard let createdAt = try time("created_at", values[3]) else { throw undecodable("created_at", values[3]) }
        self.init(
            name: name,
            hash: [UInt8](hash),
            scopes: scopes,
            createdAt: createdAt,
            expiresAt: try time("expires_at", values[4]),
            lastUsedAt: try time("last_used_at", values[5])
        )
    }
}
