import AlmanacCalendar
import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import AlmanacRuns
import AlmanacStore
import AlmanacTesting
import Glibc
import Logging
import Testing

@Suite("Somebody who asks for it gets one run removed, with its log")
struct RunRemovalTests {
    private struct NoTasks: CatalogSource {
        let catalog = Catalog(tasks: [], defaultZone: .utc, zoneSource: .system, loadedAt: .zero)
    }

    private let folder = TemporaryFolder()
    private let store: SQLiteStore
    private let retention: Retention
    private let run: Run

    init() throws {
        store = try SQLiteStore(path: folder.file("almanac.sqlite"))
        retention = try Retention(
            store: store,
            dataFolder: folder.path,
            catalog: NoTasks(),
            storage: StorageLimits(),
            clock: ManualClock("2026-03-29T01:00:00Z"),
            executor: ThreadExecutor(name: "files"),
            timerExecutor: PollingExecutor(name: "timer"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        var ids = RunIDSequence()
        run = Run(id: ids.next(at: .zero), taskName: "job", trigger: .api, createdAt: .zero)
    }

    private var runFolder: RunFolder {
        RunFolder(dataFolder: folder.path, taskName: "job", runID: run.id.description)
    }

    private var hasFolder: Bool { unsafe access(runFolder.path, F_OK) == 0 }

    /// Gives the run its row and a folder with some files.
    private func insert(_ state: RunState) async throws {
        var run = run
        run.state = state
        try await store.insert([run], moving: [])
        try runFolder.create()
        for path in [runFolder.logPath, runFolder.olderLogPath, runFolder.resultPath] {
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
            try #require(descriptor >= 0)
            close(descriptor)
        }
    }

    private static let ended = RunState.ended(RunEnd(reason: .success, exitCode: 0, at: .zero, logBytes: 0))

    @Test("An ended run: its row, its log and all else in its folder are gone")
    func ended() async throws {
        try await insert(Self.ended)
        try await retention.remove(run.id)
        #expect(try await store.run(run.id) == nil)
        #expect(!hasFolder)
        await #expect(throws: RunRemovalError.noSuchRun) { try await retention.remove(run.id) }
        try await store.close()
    }

    @Test("A run that has not ended stays", arguments: [RunState.pending, .running(startedAt: .zero)])
    func unfinished(state: RunState) async throws {
        try await insert(state)
        await #expect(throws: RunRemovalError.notEnded) { try await retention.remove(run.id) }
        #expect(try await store.run(run.id)?.state == state)
        #expect(hasFolder)
        try await store.close()
    }

    @Test("A folder that cannot be removed is an error, and noted for the next start")
    func undeletable() async throws {
        try await insert(Self.ended)
        let obstacle = runFolder.path + "/mine"
        try #require(unsafe mkdir(obstacle, 0o700) == 0)
        await #expect(throws: SystemError.self) { try await retention.remove(run.id) }
        #expect(try await store.run(run.id) == nil)
        #expect(try await store.unfinishedRemovals(after: nil, limit: 9).map(\.id) == [run.id])
        #expect(hasFolder)
        try await store.close()
    }

    @Test("Many at once: the rows of those that have ended go in one go, and their folders after it")
    func many() async throws {
        try await insert(Self.ended)
        var ids = RunIDSequence(after: run.id)
        let active = Run(id: ids.next(at: .zero), taskName: "job", trigger: .api, createdAt: .zero)
        let unknown = ids.next(at: .zero)
        try await store.insert([active], moving: [])
        #expect(try await retention.remove([run.id, active.id, unknown]) == 1)
        #expect(try await store.run(run.id) == nil)
        #expect(try await store.run(active.id) != nil)
        #expect(try await retention.remove([run.id]) == 0)
        #expect(try await retention.remove([]) == 0)
        // A kill in between leaves the folder, and the note of it.
        #expect(hasFolder)
        #expect(try await store.unfinishedRemovals(after: nil, limit: 9).map(\.id) == [run.id])
        try await removeFolders(leaving: 0)
        #expect(!hasFolder)
        try await store.close()
    }

    @Test("A folder that cannot be removed is no obstacle to those after it", .timeLimit(.minutes(1)))
    func obstacle() async throws {
        try await insert(Self.ended)
        try #require(unsafe mkdir(runFolder.path + "/mine", 0o700) == 0)
        var ids = RunIDSequence(after: run.id)
        // More than are looked at together.
        let others = (0..<500).map { _ in
            var run = Run(id: ids.next(at: .zero), taskName: "job", trigger: .api, createdAt: .zero)
            run.state = Self.ended
            return run
        }
        try await store.insert(others, moving: [])
        let last = RunFolder(dataFolder: folder.path, taskName: "job", runID: others[499].id.description)
        try last.create()
        #expect(try await retention.remove([run.id] + others.map(\.id)) == 501)
        try await removeFolders(leaving: 1)
        #expect(unsafe access(last.path, F_OK) != 0)
        #expect(hasFolder)
        #expect(try await store.unfinishedRemovals(after: nil, limit: 9).map(\.id) == [run.id])
        try await store.close()
    }

    @Test("A running service removes the folders without being asked again", .timeLimit(.minutes(1)))
    func whileRunning() async throws {
        let running = Task { [retention] in try await retention.run() }
        try await insert(Self.ended)
        #expect(try await retention.remove([run.id]) == 1)
        while try await !store.unfinishedRemovals(after: nil, limit: 9).isEmpty { await Task.yield() }
        #expect(!hasFolder)
        running.cancel()
        try await running.value
        try await store.close()
    }

    /// Has the service run until so few folders are noted.
    private func removeFolders(leaving count: Int) async throws {
        let running = Task { [retention] in try await retention.run() }
        while try await store.unfinishedRemovals(after: nil, limit: 1000).count > count { await Task.yield() }
        running.cancel()
        try await running.value
    }
}

extension PreciseTimestamp {
    fileprivate static let zero = PreciseTimestamp(nanosecondsSinceEpoch: 0)
}
