import AlmanacCalendar
import AlmanacModel
import AlmanacStore
import AlmanacTesting
import Testing

/// The stores that keep the promises of `RunStore`.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case sqlite, inMemory

    var testDescription: String { rawValue }

    /// Runs a test on an empty store.
    func with(
        now: PreciseTimestamp = PreciseTimestamp("2026-03-29T02:00:00Z"),
        _ body: (any RunStore) async throws -> Void
    ) async throws {
        switch self {
        case .inMemory: try await body(InMemoryRunStore(now: { now }))
        case .sqlite:
            let folder = TemporaryFolder()
            let store = try SQLiteStore(path: folder.file("almanac.db"), now: { now })
            try await body(store)
            try await store.close()
        }
    }
}

@Suite("A run store keeps what it is told")
struct RunStoreConformance {
    @Test("An empty store answers with nothing", arguments: StoreKind.allCases)
    func empty(kind: StoreKind) async throws {
        try await kind.with { store async throws in
            #expect(try await store.run(RunID(number: 1)) == nil)
            #expect(try await store.runs(matching: RunQuery()) == RunPage(runs: [], total: 0))
            #expect(try await store.unfinishedRuns() == [])
            #expect(try await store.lastRunID() == nil)
            #expect(try await store.cursors() == [])
            #expect(try await store.apply([(RunID(number: 1), .started(at: .zero))]) == [])
        }
    }

    @Test("Every field comes back as it went in", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        let everyReason = EndReason.allCases.enumerated().map { index, reason in
            var run = Run.pending(100 + index)
            run.state = .ended(RunEnd(reason: reason, exitCode: Int64(-2 + index), at: .zero))
            return run
        }
        let everyTrigger = Trigger.allCases.enumerated().map { Run.pending(200 + $0, trigger: $1) }
        var running = Run.pending(300)
        running.state = .running(startedAt: PreciseTimestamp(nanosecondsSinceEpoch: -1))
        var withoutTick = Run.pending(301)
        withoutTick.scheduled = ScheduledTick(at: Timestamp("1969-12-31T23:59:59Z"), tick: nil, zone: .utc)
        let runs = [Run.full] + everyReason + everyTrigger + [running, withoutTick]
        try await kind.with { store in
            try await store.insert(runs, moving: [])
            for run in runs {
                #expect(try await store.run(run.id) == run)
            }
            var query = RunQuery()
            query.limit = 1000
            #expect(try await Set(store.runs(matching: query).runs) == Set(runs))
        }
    }

    @Test("Runs and cursors are inserted together or not at all", arguments: StoreKind.allCases)
    func allOrNothing(kind: StoreKind) async throws {
        let cursor = ScheduleCursor(
            taskName: "backup",
            settledThrough: Timestamp("2026-03-29T01:00:00Z"),
            schedule: "a"
        )
        try await kind.with { store in
            try await store.insert([.pending(1)], moving: [])
            await #expect(throws: (any Error).self) {
                try await store.insert([.pending(2), .pending(1)], moving: [cursor])
            }
            #expect(try await store.run(RunID(number: 2)) == nil)
            #expect(try await store.cursors() == [])
            try await store.insert([.pending(2)], moving: [cursor])
            #expect(try await store.run(RunID(number: 2)) == .pending(2))
            #expect(try await store.cursors() == [cursor])
        }
    }

    @Test("A cursor is moved to where it is told, backwards too", arguments: StoreKind.allCases)
    func cursorMoves(kind: StoreKind) async throws {
        let late = ScheduleCursor(
            taskName: "b",
            settledThrough: Timestamp("2026-03-29T01:00:00Z"),
            schedule: "0 1 * * *"
        )
        let early = ScheduleCursor(taskName: "b", settledThrough: Timestamp("2026-03-28T01:00:00Z"), schedule: "@daily")
        let other = ScheduleCursor(taskName: "a", settledThrough: Timestamp("2026-03-29T01:00:00Z"), schedule: "")
        try await kind.with { store in
            try await store.insert([], moving: [late, other])
            #expect(try await store.cursors() == [other, late])
            try await store.insert([], moving: [early])
            #expect(try await store.cursors() == [other, early])
        }
    }

    @Test("The cursors of tasks that have left are forgotten", arguments: StoreKind.allCases)
    func removedCursors(kind: StoreKind) async throws {
        let cursors = ["a", "b", "c"].map {
            ScheduleCursor(taskName: $0, settledThrough: Timestamp("2026-03-29T01:00:00Z"), schedule: "@daily")
        }
        try await kind.with { store in
            try await store.insert([], moving: cursors)
            try await store.removeCursors(ofTasksOtherThan: ["a", "c", "d"])
            #expect(try await store.cursors() == [cursors[0], cursors[2]])
            try await store.removeCursors(ofTasksOtherThan: [])
            #expect(try await store.cursors() == [])
        }
    }

    @Test("Events happen in order, and those that are illegal change nothing", arguments: StoreKind.allCases)
    func events(kind: StoreKind) async throws {
        let at = PreciseTimestamp("2026-03-29T01:10:00Z", nanosecond: 5)
        let end = RunEnd(
            reason: .failed,
            exitCode: 3,
            at: PreciseTimestamp("2026-03-29T01:11:00Z"),
            message: "why",
            usage: ResourceUsage(cpu: .milliseconds(15), maxResidentBytes: 4096)
        )
        try await kind.with { store in
            try await store.insert([.pending(1), .pending(2), .pending(3)], moving: [])
            var first = Run.pending(1)
            first.state = .running(startedAt: at)
            #expect(try await store.apply([(first.id, .started(at: at))]) == [first])
            #expect(try await store.run(first.id) == first)

            var third = Run.pending(3)
            first.state.handle(.ended(end))
            third.state.handle(.started(at: at))
            third.state.handle(.ended(end))
            let changed = try await store.apply([
                (third.id, .started(at: at)),
                (first.id, .ended(end)),
                (third.id, .ended(end)),
                (RunID(number: 9), .started(at: at)),
                (first.id, .started(at: at)),
            ])
            #expect(changed == [third, first])
            #expect(first.state.end?.startedAt == at)
            #expect(try await store.run(first.id) == first)
            #expect(try await store.run(third.id) == third)

            #expect(try await store.apply([(first.id, .ended(end)), (first.id, .started(at: at))]) == [])
            #expect(try await store.run(first.id) == first)
            #expect(try await store.run(RunID(number: 2)) == .pending(2))
        }
    }

    @Test("Unfinished runs are the pending and the running ones, oldest first", arguments: StoreKind.allCases)
    func unfinished(kind: StoreKind) async throws {
        var old = Run.pending(5)
        old.createdAt = PreciseTimestamp("2026-03-28T00:00:00Z")
        var sameTime = Run.pending(6)
        sameTime.createdAt = old.createdAt
        var running = Run.pending(2)
        running.state = .running(startedAt: running.createdAt)
        try await kind.with { store in
            try await store.insert([.full, .pending(3), sameTime, running, old], moving: [])
            #expect(try await store.unfinishedRuns() == [old, sameTime, running, .pending(3)])
            #expect(try await store.lastRunID() == Run.full.id)
        }
    }
}

extension PreciseTimestamp {
    static let zero = PreciseTimestamp(nanosecondsSinceEpoch: 0)
}
