import AlmanacCalendar
import AlmanacModel
import AlmanacStore
import AlmanacTesting
import GRDB
import Synchronization
import Testing

@Suite("An event of a run is there exactly if its change is durable")
struct RunEventTests {
    private let folder = TemporaryFolder()

    private func open() throws -> SQLiteStore { try SQLiteStore(path: folder.file("almanac.db")) }

    private func run(_ number: Int, state: RunState = .pending) -> Run {
        var ids = RunIDSequence()
        let at = PreciseTimestamp(nanosecondsSinceEpoch: Int64(number) * 1_000_000_000)
        return Run(id: ids.next(at: at), taskName: "t", trigger: .api, createdAt: at, state: state)
    }

    private func end(_ reason: EndReason, _ startedAt: PreciseTimestamp? = nil) -> RunEvent {
        .ended(
            RunEnd(
                reason: reason,
                exitCode: 3,
                at: PreciseTimestamp(nanosecondsSinceEpoch: 9_000_000_000),
                startedAt: startedAt,
                message: "why"
            )
        )
    }

    @Test("Each shows the run as it was then")
    func life() async throws {
        let store = try open()
        #expect(try await store.lastEventNumber() == 0)
        #expect(try await store.runEvents(after: 0, limit: 10) == RunEventPage(records: [], oldest: 0))
        let run = run(1)
        let startedAt = PreciseTimestamp(nanosecondsSinceEpoch: 5_000_000_000)
        try await store.insert([run], moving: [])
        _ = try await store.apply([(run.id, .started(at: startedAt))])
        _ = try await store.apply([(run.id, end(.failed))])
        let page = try await store.runEvents(after: 0, limit: 10)
        #expect(page.oldest == 1)
        #expect(page.records.map(\.kind) == [.created, .started, .ended])
        #expect(page.records.map(\.number) == [1, 2, 3])
        #expect(page.records[0].run == run)
        #expect(page.records[1].run?.state == .running(startedAt: startedAt))
        #expect(page.records[2].run?.state.end?.reason == .failed)
        #expect(page.records[2].run?.state.end?.message == "why")
        #expect(try await store.runEvents(after: 2, limit: 10).records.map(\.number) == [3])
        #expect(try await store.runEvents(after: 0, limit: 1).records.map(\.number) == [1])
        #expect(try await store.lastEventNumber() == 3)
        try await store.close()
    }

    @Test("A run that is started and ended in one commit has both events, as has one that is ended at birth")
    func atOnce() async throws {
        let store = try open()
        let first = run(1)
        let second = run(2, state: .ended(.withoutCommand(.skipped, at: first.createdAt)))
        let startedAt = PreciseTimestamp(nanosecondsSinceEpoch: 5_000_000_000)
        try await store.insert([first, second], moving: [])
        _ = try await store.apply([(first.id, .started(at: startedAt)), (first.id, end(.success))])
        let records = try await store.runEvents(after: 0, limit: 10).records
        #expect(records.map(\.kind) == [.created, .created, .ended, .started, .ended])
        #expect(records[1].run == second && records[2].run == second)
        #expect(records[3].run?.state == .running(startedAt: startedAt))
        // One that is stopped while it waits was never started.
        let third = run(3)
        try await store.insert([third], moving: [])
        _ = try await store.apply([(third.id, end(.stopped))])
        #expect(try await store.runEvents(after: 5, limit: 10).records.map(\.kind) == [.created, .ended])
        try await store.close()
    }

    @Test("Of a run that is gone there are the numbers; they go on after a restart")
    func gone() async throws {
        let store = try open()
        let run = run(1, state: .ended(.withoutCommand(.missed, at: PreciseTimestamp(nanosecondsSinceEpoch: 1))))
        try await store.insert([run], moving: [])
        _ = try await store.removeRuns([run.id], sparingReferredTo: false, forgetting: [])
        try await store.close()
        let next = try open()
        let records = try await next.runEvents(after: 0, limit: 10).records
        #expect(records.map(\.kind) == [.created, .ended, .deleted])
        #expect(records.allSatisfy { $0.run == nil && $0.id == run.id && $0.taskName == "t" })
        try await next.insert([self.run(2)], moving: [])
        #expect(try await next.lastEventNumber() == 4)
        try await next.close()
    }

    @Test("Whoever listens is called after a commit, and finds it done")
    func listening() async throws {
        let store = try open()
        let calls = Mutex(0)
        store.whenRunsChange { calls.withLock { $0 += 1 } }
        try await store.insert([run(1)], moving: [])
        await store.answerFromWriter()
        #expect(calls.withLock(\.self) > 0)
        store.whenRunsChange(nil)
        await store.answerFromWriter()
        let count = calls.withLock(\.self)
        try await store.insert([run(2)], moving: [])
        await store.answerFromWriter()
        #expect(calls.withLock(\.self) == count)
        try await store.close()
    }

    @Test("The last 100,000 are kept")
    func bounded() async throws {
        let store = try open()
        try await store.insert([run(1)], moving: [])
        try await store.close()
        let queue = try DatabaseQueue(path: folder.file("almanac.db"))
        try await queue.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 100010)
                    INSERT INTO run_event (kind, run_id, task_name, status)
                    SELECT 'updated', run.id, 't', 'pending' FROM counter, run
                    """
            )
        }
        try queue.close()
        let next = try open()
        let page = try await next.runEvents(after: 0, limit: 1)
        #expect(page.oldest == 12)
        #expect(page.records.first?.number == 12)
        #expect(try await next.lastEventNumber() == 100_011)
        try await next.close()
    }
}
