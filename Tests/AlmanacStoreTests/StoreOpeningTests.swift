import AlmanacCalendar
import AlmanacModel
import AlmanacTesting
import GRDB
import Glibc
import Testing

@testable import AlmanacStore

@Suite("A store opens what is its own, and leaves everything else as it was")
struct StoreOpeningTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("almanac.sqlite") }

    /// Opens the store and answers why that failed.
    private func refusal(_ path: String? = nil) -> StoreError? {
        do throws(StoreError) {
            _ = try SQLiteStore(path: path ?? self.path)
            return nil
        } catch {
            return error
        }
    }

    private func expectCorrupt(sourceLocation: SourceLocation = #_sourceLocation) {
        let error = refusal()
        guard case .corrupt(path, _) = error else {
            Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
            return
        }
    }

    private func mode(_ suffix: String) -> mode_t? {
        var status = stat()
        guard unsafe stat(path + suffix, &status) == 0 else { return nil }
        return status.st_mode & 0o7777
    }

    @Test("What was committed is there after a close and an opening")
    func reopen() async throws {
        let cursor = ScheduleCursor(
            taskName: "a",
            settledThrough: Timestamp("2026-03-29T01:00:00Z"),
            schedule: "@daily"
        )
        let first = try SQLiteStore(path: path)
        try await first.insert([.full, .pending(8)], moving: [cursor])
        try await first.close()
        let second = try SQLiteStore(path: path)
        #expect(try await second.run(Run.full.id) == .full)
        #expect(try await second.unfinishedRuns() == [.pending(8)])
        #expect(try await second.cursors() == [cursor])
        #expect(try await second.lastRunID() == RunID(number: 8))
        try await second.close()
    }

    @Test("A close leaves one file, and a closed store says so")
    func close() async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert([.full], moving: [])
        try await store.close()
        try await store.close()
        #expect(mode("-wal") == nil)
        #expect(mode("-shm") == nil)
        await #expect(throws: StoreError.closed) { try await store.insert([.pending(1)], moving: []) }
        await #expect(throws: StoreError.closed) { try await store.run(Run.full.id) }
    }

    @Test("A close waits for what is on its way")
    func closeAfterWrites() async throws {
        let store = try SQLiteStore(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...50 {
                group.addTask { try await store.insert([.pending(number)], moving: []) }
            }
            for _ in 0..<25 { try await group.next() }
            try await store.close()
            while let outcome = await group.nextResult() {
                if case .failure(let error) = outcome { #expect(error as? StoreError == .closed) }
            }
        }
        let reopened = try SQLiteStore(path: path)
        #expect(try await reopened.runs(matching: RunQuery()).total >= 25)
        try await reopened.close()
    }

    @Test("Nobody else may read the files", arguments: [nil, 0o644, 0o666] as [mode_t?])
    func modes(existing: mode_t?) async throws {
        if let existing {
            folder.write("", to: "almanac.sqlite")
            #expect(unsafe chmod(path, existing) == 0)
        }
        let store = try SQLiteStore(path: path)
        try await store.insert([.full], moving: [])
        for suffix in ["", "-wal", "-shm"] {
            #expect(mode(suffix) == 0o600, "\(suffix)")
        }
        try await store.close()
    }

    @Test("A file that is no database")
    func garbage() {
        let text = String(repeating: "this is no database. ", count: 1000)
        folder.write(text, to: "almanac.sqlite")
        expectCorrupt()
        #expect(TemporaryFolder.read(path) == Array(text.utf8))
    }

    @Test("A database that has lost its end, or whose schema is damaged", arguments: [true, false])
    func damaged(lostEnd: Bool) async throws {
        let store = try SQLiteStore(path: path)
        try await store.insert((1...2000).map { .pending($0) }, moving: [])
        try await store.close()
        var bytes = try #require(TemporaryFolder.read(path))
        if lostEnd {
            bytes.removeLast(bytes.count / 2)
        } else {
            // The first page holds the schema, behind the header of 100 bytes.
            for index in 100..<4096 { bytes[index] = 0xFF }
        }
        try overwrite(with: bytes)
        expectCorrupt()
        #expect(TemporaryFolder.read(path) == bytes)
    }

    @Test("A database of another program")
    func foreign() throws {
        let other = try DatabaseQueue(path: path)
        try other.write { db in try db.execute(sql: "CREATE TABLE song (title TEXT)") }
        try other.close()
        let before = TemporaryFolder.read(path)
        #expect(refusal() == .foreign(path: path))
        try DatabaseQueue(path: path).writeWithoutTransaction { db in try db.execute(sql: "PRAGMA application_id = 7") }
        #expect(refusal() == .foreign(path: path))
        #expect(before?.count == TemporaryFolder.read(path)?.count)
    }

    @Test("A database of a newer version")
    func newer() async throws {
        try await SQLiteStore(path: path).close()
        let other = try DatabaseQueue(path: path)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA user_version = 99") }
        try other.close()
        let before = TemporaryFolder.read(path)
        #expect(refusal() == .fromNewerVersion(path: path, found: 99, supported: StoreSchema.version))
        #expect(TemporaryFolder.read(path) == before)
    }

    @Test("A path below a file, in no folder, or to a folder")
    func unusable() {
        folder.write("", to: "file")
        let belowFile = folder.file("file/almanac.sqlite")
        let nowhere = folder.file("none/almanac.sqlite")
        #expect(refusal(belowFile) == .cannotOpen(path: belowFile, reason: "Not a directory"))
        #expect(refusal(nowhere) == .cannotOpen(path: nowhere, reason: "No such file or directory"))
        #expect(refusal(folder.path) == .cannotOpen(path: folder.path, reason: "it is no file"))
    }

    @Test("Every connection syncs, waits, and holds little memory")
    func pragmas() throws {
        let connection = StoreConnection(path: path)
        let writer = try connection.openWriter()
        let reader = try connection.openReader()
        func setting(_ name: String, of queue: DatabaseQueue) throws -> String? {
            try queue.inDatabase { db in
                try Row.fetchOne(db, sql: "PRAGMA \(name)").flatMap { $0.first?.1.description }
            }
        }
        #expect(try setting("journal_mode", of: writer) == "\"wal\"")
        #expect(try setting("synchronous", of: writer) == "2")
        for queue in [writer, reader] {
            #expect(try setting("busy_timeout", of: queue) == "5000")
            #expect(try setting("cache_size", of: queue) == "-384")
            #expect(try setting("mmap_size", of: queue) == "0")
        }
        #expect(try setting("application_id", of: reader) == "\(StoreSchema.applicationID)")
        #expect(try setting("user_version", of: reader) == "\(StoreSchema.version)")
        #expect(throws: DatabaseError.self) {
            try reader.inDatabase { db in try db.execute(sql: "DELETE FROM run") }
        }
        try reader.close()
        try writer.close()
    }

    private func overwrite(with bytes: [UInt8]) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { Glibc.close(descriptor) }
        #expect(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
    }
}
