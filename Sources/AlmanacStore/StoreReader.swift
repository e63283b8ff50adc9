import AlmanacLinux
import AlmanacModel
import GRDB

/// The one that reads, on a thread and a connection of its own: a long listing holds up no commit.
actor StoreReader {
    private let path: String
    private let executor: ThreadExecutor
    private var queue: DatabaseQueue?
    private var knownCounts = KnownCounts()

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ queue: DatabaseQueue, path: String) {
        self.path = path
        self.queue = queue
        executor = ThreadExecutor(name: "store-reader")
    }

    /// Reads from one snapshot, which holds every change whose caller has had its answer.
    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) throws(StoreError) -> Value {
        try perform(body)
    }

    /// Reads one page of a listing.
    func page(_ query: RunQuery, now: PreciseTimestamp) throws(StoreError) -> RunPage {
        try perform { db in try RunListing.page(query, now: now, &knownCounts, from: db) }
    }

    private func perform<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        guard let queue else { throw .closed }
        do {
            return try queue.read(body)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    func close() throws(StoreError) {
        guard let queue else { return }
        self.queue = nil
        do {
            try queue.close()
        } catch {
            throw StoreError(error, path: path)
        }
    }
}
