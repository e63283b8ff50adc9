import AlmanacCalendar
import AlmanacModel
import AlmanacStore
import AlmanacTesting
import Testing

@Suite("A store of pauses keeps them, and gives each one row for what it holds")
struct PauseStoreConformance {
    /// The stores that keep the promise.
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case sqlite, inMemory

        var testDescription: String { rawValue }

        func with(_ body: (any RunStore & PauseStore) async throws -> Void) async throws {
            switch self {
            case .inMemory: try await body(InMemoryRunStore())
            case .sqlite:
                let folder = TemporaryFolder()
                let store = try SQLiteStore(path: folder.file("almanac.db"))
                try await body(store)
                try await store.close()
            }
        }
    }

    /// A run that accounts for held firings of a task, a minute each.
    static func held(_ number: UInt8, _ task: String = "backup", count: Int, from first: String, until last: String)
        -> Run
    {
        let number = "01J00000000000000000000\(String(1000 + Int(number)).dropFirst())"
        guard let id = RunID(number) else { preconditionFailure("\(number) is not a ULID") }
        let now = PreciseTimestamp(Timestamp(last))
        return Run(
            id: id,
            taskName: task,
            trigger: .cron,
            createdAt: now,
            state: .ended(.withoutCommand(.skipped, at: now, message: "paused")),
            scheduled: ScheduledTick(at: Timestamp(first), tick: nil, zone: .utc),
            missed: MissedStretch(count: count, until: Timestamp(last))
        )
    }

    static let first = held(1, count: 2, from: "2026-05-01T12:01:00Z", until: "2026-05-01T12:02:00Z")
    static let second = held(2, count: 3, from: "2026-05-01T12:03:00Z", until: "2026-05-01T12:05:00Z")
    static let pause = TaskPause(taskName: "backup", since: Timestamp("2026-05-01T12:00:30Z"))

    @Test("A pause is kept, replaced and forgotten", arguments: Kind.allCases)
    func kept(kind: Kind) async throws {
        let other = TaskPause(taskName: "a", since: .minimum, until: .maximum)
        try await kind.with { store in
            #expect(try await store.pauses() == [])
            try await store.save(Self.pause)
            try await store.save(other)
            #expect(try await store.pauses() == [other, Self.pause])
            var ending = Self.pause
            ending.until = Timestamp("2026-05-02T00:00:00Z")
            try await store.save(ending)
            #expect(try await store.pauses() == [other, ending])
            try await store.removePauses(ofTasks: ["a", "unknown"])
            #expect(try await store.pauses() == [ending])
        }
    }

    @Test("What a pause holds shares one row, and the cursor moves with it", arguments: Kind.allCases)
    func oneRow(kind: Kind) async throws {
        let cursor = ScheduleCursor(taskName: "backup", settledThrough: Timestamp("2026-05-01T12:05:00Z"), schedule: "")
        var both = Self.first
        both.missed = MissedStretch(count: 5, until: Timestamp("2026-05-01T12:05:00Z"))
        try await kind.with { store in
            try await store.save(Self.pause)
            #expect(try await store.insert([Self.first], moving: []) == [Self.first])
            #expect(try await store.insert([Self.second], moving: [cursor]) == [both])
            #expect(try await store.runs(matching: RunQuery()) == RunPage(runs: [both], total: 1))
            #expect(try await store.cursors() == [cursor])
        }
    }

    @Test("A pause whose end is changed goes on with its row; a new one begins another", arguments: Kind.allCases)
    func newPause(kind: Kind) async throws {
        try await kind.with { store in
            try await store.save(Self.pause)
            try await store.insert([Self.first], moving: [])
            var changed = Self.pause
            changed.until = Timestamp("2026-05-02T00:00:00Z")
            try await store.save(changed)
            #expect(try await store.insert([Self.second], moving: [])[0].id == Self.first.id)
            changed.since = Timestamp("2026-05-01T12:02:30Z")
            try await store.save(changed)
            #expect(try await store.insert([Self.second], moving: []) == [Self.second])
        }
    }

    @Test("Each task's pause has its own row, and other runs are left alone", arguments: Kind.allCases)
    func ownRows(kind: Kind) async throws {
        let other = Self.held(
            3,
            "other",
            count: 1,
            from: "2026-05-01T12:01:00Z",
            until: "2026-05-01T12:01:00Z"
        )
        var missed = Self.held(4, count: 7, from: "2026-05-01T11:00:00Z", until: "2026-05-01T11:07:00Z")
        missed.state = .ended(.withoutCommand(.missed, at: missed.createdAt))
        try await kind.with { store in
            try await store.save(Self.pause)
            try await store.save(TaskPause(taskName: "other", since: Self.pause.since))
            #expect(try await store.insert([Self.first, other, missed], moving: []) == [Self.first, other, missed])
            #expect(try await store.runs(matching: RunQuery()).total == 3)
        }
    }

    @Test("A pause that has been forgotten gives its row to nobody", arguments: Kind.allCases)
    func forgotten(kind: Kind) async throws {
        try await kind.with { store in
            try await store.save(Self.pause)
            try await store.insert([Self.first], moving: [])
            try await store.removePauses(ofTasks: ["backup"])
            #expect(try await store.insert([Self.second], moving: []) == [Self.second])
        }
    }

    @Test("Pauses and the link to their rows outlive the process")
    func reopened() async throws {
        let folder = TemporaryFolder()
        let before = try SQLiteStore(path: folder.file("almanac.db"))
        try await before.save(Self.pause)
        try await before.insert([Self.first], moving: [])
        try await before.close()
        let after = try SQLiteStore(path: folder.file("almanac.db"))
        #expect(try await after.pauses() == [Self.pause])
        #expect(try await after.insert([Self.second], moving: [])[0].missed?.count == 5)
        try await after.close()
    }
}
