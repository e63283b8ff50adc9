import AlmanacCalendar
import AlmanacModel
import AlmanacStore
import AlmanacTesting
import Testing

@Suite("A store keeps tokens and the audit")
struct AccessStoreConformance {
    private func with(
        _ kind: StoreKind,
        _ body: (any RunStore & TokenStore & AuditStore) async throws -> Void
    ) async throws {
        switch kind {
        case .inMemory: try await body(InMemoryRunStore())
        case .sqlite:
            let folder = TemporaryFolder()
            let store = try SQLiteStore(path: folder.file("almanac.db"))
            try await body(store)
            try await store.close()
        }
    }

    private static let full = APIToken(
        name: "deploy",
        hash: (0..<32).map { UInt8($0) },
        scopes: [.read, .trigger, .triggerTask("a:b"), .admin],
        createdAt: PreciseTimestamp("2026-03-29T01:00:00Z"),
        expiresAt: PreciseTimestamp("2027-03-29T01:00:00Z"),
        lastUsedAt: PreciseTimestamp("2026-03-29T02:00:00Z")
    )

    @Test("Tokens come back as they went in, by their names", arguments: StoreKind.allCases)
    func tokens(kind: StoreKind) async throws {
        let bare = APIToken(
            name: "a",
            hash: [UInt8](repeating: 255, count: 32),
            scopes: [.read],
            createdAt: PreciseTimestamp("2026-03-29T01:00:00Z")
        )
        try await with(kind) { store in
            #expect(try await store.tokens() == [])
            #expect(try await store.add(Self.full))
            #expect(try await store.add(bare))
            var other = bare
            other.hash[0] = 0
            #expect(try await !store.add(other))
            #expect(try await store.tokens() == [bare, Self.full])
            let time = PreciseTimestamp("2026-03-30T00:00:00Z")
            try await store.noteUse(ofToken: "a", at: time)
            try await store.noteUse(ofToken: "nothing", at: time)
            #expect(try await store.tokens().first?.lastUsedAt == time)
            #expect(try await store.removeToken(named: "a"))
            #expect(try await !store.removeToken(named: "a"))
            #expect(try await store.tokens() == [Self.full])
        }
    }

    private static func entry(_ second: Int, _ caller: AuditEntry.Caller, status: Int? = nil) -> AuditEntry {
        AuditEntry(
            at: PreciseTimestamp("2026-03-29T01:00:0\(second)Z"),
            caller: caller,
            address: "192.0.2.1",
            operation: "reload",
            status: status
        )
    }

    @Test("Entries come back as they went in, newest first, with their numbers", arguments: StoreKind.allCases)
    func audit(kind: StoreKind) async throws {
        var full = Self.entry(1, .token("deploy"), status: 201)
        full.taskName = "hello"
        full.runID = RunID(number: 5)
        full.tokenName = "other"
        full.detail = "wait=true"
        let rest = [Self.entry(2, .user(id: .max, processID: 42)), Self.entry(3, .anonymous)]
        try await with(kind) { store in
            for entry in [full] + rest { _ = try await store.record(entry) }
            try await store.settle(1, status: 202, tokenName: nil, detail: nil)
            try await store.settle(3, status: 500, tokenName: "new", detail: "read")
            var expected = [full] + rest
            expected[0].status = 202
            expected[2].tokenName = "new"
            expected[2].detail = "read"
            for index in expected.indices { expected[index].number = Int64(index + 1) }
            expected[2].status = 500
            #expect(try await store.auditEntries(matching: AuditQuery()) == expected.reversed())
            var query = AuditQuery()
            query.caller = "4294967295"
            #expect(try await store.auditEntries(matching: query) == [expected[1]])
            query = AuditQuery()
            query.taskName = "hello"
            query.operation = "reload"
            #expect(try await store.auditEntries(matching: query) == [expected[0]])
            query = AuditQuery()
            query.before = 3
            query.limit = 1
            #expect(try await store.auditEntries(matching: query) == [expected[1]])
            query = AuditQuery()
            query.since = PreciseTimestamp("2026-03-29T01:00:02Z")
            query.until = PreciseTimestamp("2026-03-29T01:00:03Z")
            #expect(try await store.auditEntries(matching: query) == [expected[1]])
        }
    }

    @Test("The entry of a run stands with the run, or not at all", arguments: StoreKind.allCases)
    func withRuns(kind: StoreKind) async throws {
        let entry = Self.entry(1, .anonymous, status: 201)
        try await with(kind) { store in
            try await store.insert([.pending(1)], moving: [], recording: [entry])
            #expect(try await store.auditEntries(matching: AuditQuery()).count == 1)
            await #expect(throws: (any Error).self) {
                try await store.insert([.pending(1)], moving: [], recording: [entry])
            }
            #expect(try await store.auditEntries(matching: AuditQuery()).count == 1)
        }
    }

    @Test("Only the newest entries are kept")
    func retention() async throws {
        let folder = TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("almanac.db"))
        let entries = (0..<Int(AuditEntry.retention) + 10).map { _ in Self.entry(1, .anonymous, status: 200) }
        try await store.insert([], moving: [], recording: entries)
        var query = AuditQuery()
        query.before = 12
        let oldest = try await store.auditEntries(matching: query)
        #expect(oldest.map(\.number) == [11])
        try await store.close()
    }
}
