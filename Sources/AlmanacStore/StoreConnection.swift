import AlmanacLinux
import GRDB
import Glibc

/// Opens the connections of a store: one that writes, and one that only reads.
///
/// Only GRDB's synchronous calls are used on them: the asynchronous ones run on Dispatch queues, whose threads wake an
/// idle process.
struct StoreConnection {
    let path: String

    /// How long a change waits for the lock of another process, in seconds.
    var busyTimeoutSeconds = 5.0

    /// Opens or makes the file, brings it up to this version and has a quick look at whether it is sound.
    ///
    /// A file that is damaged, of another program or of a newer version is left as it was.
    func openWriter() throws(StoreError) -> DatabaseQueue {
        try makeFile()
        do {
            var configuration = configuration(label: "almanac.store.writer")
            configuration.prepareDatabase { [path] db in
                try Self.checkIdentity(db, path: path)
                try Self.switchToWAL(db, path: path)
                try Self.limitMemory(db)
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try StoreSchema.migrator.migrate(queue)
            try queue.read(Self.readNewestRow)
            try restrictModes()
            return queue
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Opens the file for reading; a writer is open on it.
    func openReader() throws(StoreError) -> DatabaseQueue {
        do {
            var configuration = configuration(label: "almanac.store.reader")
            configuration.readonly = true
            configuration.prepareDatabase { db in try Self.limitMemory(db) }
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private func configuration(label: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = label
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        return configuration
    }

    /// Refuses what this version must not touch, before anything is written.
    private static func checkIdentity(_ db: Database, path: String) throws {
        let applicationID = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if applicationID == 0 {
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 else {
                throw StoreError.foreign(path: path)
            }
            try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
        } else if applicationID != StoreSchema.applicationID {
            throw StoreError.foreign(path: path)
        }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if version > StoreSchema.version {
            throw StoreError.fromNewerVersion(path: path, found: version, supported: StoreSchema.version)
        }
    }

    /// What is confirmed has been synced: a commit is one write to the WAL and one sync of it.
    private static func switchToWAL(_ db: Database, path: String) throws {
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw StoreError.cannotOpen(path: path, reason: "its file system cannot hold a write-ahead log")
        }
        try db.execute(sql: "PRAGMA synchronous = FULL")
        // After a large change the WAL goes back to the size at which it is checkpointed anyway.
        try db.execute(sql: "PRAGMA journal_size_limit = 4194304")
    }

    private static func limitMemory(_ db: Database) throws {
        // KiB; the kernel's own page cache is behind it.
        try db.execute(sql: "PRAGMA cache_size = -384")
        try db.execute(sql: "PRAGMA mmap_size = 0")
        // No temporary files: their folder may be full or missing. A sort holds the keys of a page and its offset.
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
    }

    /// Damage shows first in the schema, and at the end of the file, where the newest row is.
    private static func readNewestRow(_ db: Database) throws {
        _ = try Row.fetchOne(db, sql: "SELECT * FROM run ORDER BY rowid DESC LIMIT 1")
        _ = try Row.fetchOne(db, sql: "SELECT * FROM run ORDER BY created_at DESC, id DESC LIMIT 1")
        _ = try Row.fetchOne(db, sql: "SELECT * FROM run_count LIMIT 1")
        _ = try Row.fetchOne(db, sql: "SELECT * FROM schedule_cursor LIMIT 1")
    }

    /// Makes an empty file of mode 0600 where there is none; SQLite gives -wal and -shm the mode of the database.
    ///
    /// A file that exists is never opened here: closing it would drop the locks that this process has on it, fcntl(2).
    private func makeFile() throws(StoreError) {
        do throws(SystemError) {
            let descriptor = try SystemError.check("open", subject: path) {
                unsafe open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
            }
            close(descriptor)
        } catch {
            guard error.errno == EEXIST else { throw .cannotOpen(path: path, reason: error.reason) }
            // Of a folder, SQLite would not tell why it cannot be opened.
            var status = stat()
            if unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
                throw .cannotOpen(path: path, reason: "it is no file")
            }
        }
    }

    /// Takes from group and others what a file that was there before, or a strange umask, has given them.
    private func restrictModes() throws(StoreError) {
        for suffix in ["", "-wal", "-shm"] {
            do throws(SystemError) {
                try SystemError.check("chmod", subject: path + suffix) { unsafe chmod(path + suffix, 0o600) }
            } catch {
                guard error.errno == ENOENT else { throw .cannotOpen(path: path, reason: error.description) }
            }
        }
    }
}
