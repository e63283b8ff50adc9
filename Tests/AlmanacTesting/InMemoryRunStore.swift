import AlmanacCalendar
package import AlmanacModel
import Synchronization

/// Runs, cursors, pauses, tokens and the audit in memory: a store for suites that are not about the store, and the reference for the one that is.
///
/// It answers every query by looking at all runs.
package final class InMemoryRunStore: RunStore, PauseStore, TokenStore, AuditStore, RunSurveying {
    /// What a test may let it throw.
    package struct DuplicateRun: Error, Equatable {
        package let id: RunID
    }

    private struct Contents {
        var runs: [RunID: Run] = [:]
        var cursors: [String: ScheduleCursor] = [:]
        var pauses: [String: (pause: TaskPause, row: RunID?)] = [:]
        var tokens: [String: APIToken] = [:]
        /// By number, which is the index and one.
        var entries: [AuditEntry] = []

        mutating func record(_ entry: AuditEntry) -> Int64 {
            var entry = entry
            entry.number = Int64(entries.count + 1)
            entries.append(entry)
            return Int64(entries.count)
        }

        /// Adds held firings to the row of their pause, or makes it.
        mutating func hold(_ run: Run) throws -> Run {
            if let stretch = run.missed, let row = pauses[run.taskName]?.row, var held = runs[row] {
                held.missed = MissedStretch(count: (held.missed?.count ?? 0) + stretch.count, until: stretch.until)
                runs[row] = held
                return held
            }
            try add(run)
            pauses[run.taskName]?.row = run.id
            return run
        }

        mutating func add(_ run: Run) throws {
            guard runs.updateValue(run, forKey: run.id) == nil else { throw DuplicateRun(id: run.id) }
        }
    }

    private let contents = Mutex(Contents())
    private let now: @Sendable () -> PreciseTimestamp

    /// - Parameter now: the time by which the durations of running runs are sorted.
    package init(now: @escaping @Sendable () -> PreciseTimestamp = { PreciseTimestamp(nanosecondsSinceEpoch: .max) }) {
        self.now = now
    }

    /// All runs, by id.
    package var allRuns: [Run] {
        contents.withLock { $0.runs.values.sorted { $0.id < $1.id } }
    }

    @discardableResult
    package func insert(
        _ runs: [Run],
        moving cursors: [ScheduleCursor],
        recording entries: [AuditEntry]
    ) async throws -> [Run] {
        try contents.withLock { contents in
            var changed = contents
            let runs = try runs.map { run in
                if run.accountsForPause { return try changed.hold(run) }
                try changed.add(run)
                return run
            }
            for cursor in cursors { changed.cursors[cursor.taskName] = cursor }
            for entry in entries { _ = changed.record(entry) }
            contents = changed
            return runs
        }
    }

    package func apply(_ events: [(id: RunID, event: RunEvent)], inserting followUps: [Run]) async throws -> [Run] {
        contents.withLock { contents in
            for run in followUps { contents.runs[run.id] = run }
            var order: [RunID] = []
            for (id, event) in events where contents.runs[id]?.state.handle(event) == true && !order.contains(id) {
                order.append(id)
            }
            return order.compactMap { contents.runs[$0] }
        }
    }

    package func run(_ id: RunID) async throws -> Run? {
        contents.withLock { $0.runs[id] }
    }

    package func runs(matching query: RunQuery) async throws -> RunPage {
        let now = now()
        let fitting = allRuns.filter { query.fits($0) }.map { ($0, SortKey($0, by: query.sortField, now: now)) }
        let sorted = fitting.sorted { left, right in
            switch query.sortDirection {
            case .ascending: (left.1, left.0.id) < (right.1, right.0.id)
            case .descending: (left.1, left.0.id) > (right.1, right.0.id)
            }
        }
        let page = sorted.dropFirst(query.offset).prefix(query.limit)
        return RunPage(runs: page.map(\.0), total: fitting.count)
    }

    package func tally() async throws -> RunTally {
        var tally = RunTally(total: 0, ended: [:], lastFailure: nil)
        for run in allRuns {
            tally.total += 1
            guard let end = run.state.end else { continue }
            tally.ended[end.reason, default: 0] += 1
            if end.reason.isFailure { tally.lastFailure = max(tally.lastFailure ?? end.at, end.at) }
        }
        return tally
    }

    package func slice(of query: RunQuery, beyond position: RunPosition?) async throws -> RunSlice {
        var query = query
        (query.sortField, query.offset, query.limit) = (.createdAt, 0, .max)
        let runs = try await runs(matching: query).runs.map { SurveyedRun($0) }
        let rest = runs.drop { run in
            guard let position else { return false }
            let isBefore = (run.position.createdAt, run.id) < (position.createdAt, position.id)
            return run.position == position || isBefore == (query.sortDirection == .ascending)
        }
        return RunSlice(runs: Array(rest), next: nil)
    }

    package func unfinishedRuns() async throws -> [Run] {
        allRuns.filter { $0.state.phase != .ended }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    package func lastRunID() async throws -> RunID? {
        contents.withLock { $0.runs.keys.max() }
    }

    package func cursors() async throws -> [ScheduleCursor] {
        contents.withLock { $0.cursors.values.sorted { $0.taskName < $1.taskName } }
    }

    package func removeCursors(ofTasksOtherThan names: Set<String>) async throws {
        contents.withLock { $0.cursors = $0.cursors.filter { names.contains($0.key) } }
    }

    package func pauses() async throws -> [TaskPause] {
        contents.withLock { $0.pauses.values.map(\.pause).sorted { $0.taskName < $1.taskName } }
    }

    package func save(_ pause: TaskPause) async throws {
        contents.withLock { contents in
            let former = contents.pauses[pause.taskName]
            contents.pauses[pause.taskName] = (pause, former?.pause.since == pause.since ? former?.row : nil)
        }
    }

    package func removePauses(ofTasks names: Set<String>) async throws {
        contents.withLock { $0.pauses = $0.pauses.filter { !names.contains($0.key) } }
    }

    // MARK: TokenStore

    package func tokens() async throws -> [APIToken] {
        contents.withLock { $0.tokens.values.sorted { $0.name < $1.name } }
    }

    package func add(_ token: APIToken) async throws -> Bool {
        contents.withLock { contents in
            guard contents.tokens[token.name] == nil else { return false }
            contents.tokens[token.name] = token
            return true
        }
    }

    package func removeToken(named name: String) async throws -> Bool {
        contents.withLock { $0.tokens.removeValue(forKey: name) != nil }
    }

    package func noteUse(ofToken name: String, at time: PreciseTimestamp) async throws {
        contents.withLock { $0.tokens[name]?.lastUsedAt = time }
    }

    // MARK: AuditStore

    package func record(_ entry: AuditEntry) async throws -> Int64 {
        contents.withLock { $0.record(entry) }
    }

    package func settle(_ number: Int64, status: Int, tokenName: String?, detail: String?) async throws {
        contents.withLock { contents in
            let index = Int(number - 1)
            contents.entries[index].status = status
            if let tokenName { contents.entries[index].tokenName = tokenName }
            if let detail { contents.entries[index].detail = detail }
        }
    }

    package func auditEntries(matching query: AuditQuery) async throws -> [AuditEntry] {
        let entries = contents.withLock { $0.entries }
        let fitting = entries.reversed().lazy.filter { entry in
            query.before.map { entry.number ?? 0 < $0 } != false
                && query.operation.map { entry.operation == $0 } != false
                && query.caller.map { entry.caller.name == $0 } != false
                && query.taskName.map { entry.taskName == $0 } != false
                && query.since.map { entry.at >= $0 } != false
                && query.until.map { entry.at < $0 } != false
        }
        return Array(fitting.prefix(query.limit))
    }
}

extension RunQuery {
    fileprivate func fits(_ run: Run) -> Bool {
        fitsState(run.state)
            && (taskName == nil || taskName == run.taskName)
            && (trigger == nil || trigger == run.trigger)
            && createdAfter.map { run.createdAt >= $0 } != false
            && createdBefore.map { run.createdAt <= $0 } != false
            && exitCodeMin.map { run.exitCode >= $0 } != false
            && exitCodeMax.map { run.exitCode <= $0 } != false
            && (!retriesOnly || run.retryAttempt > 0)
            && search.map { text in
                [run.taskName, run.id.description, run.state.end?.message ?? ""].contains { $0.holds(text) }
            } != false
    }

    private func fitsState(_ state: RunState) -> Bool {
        if phases.isEmpty && endReasons.isEmpty { return true }
        return phases.contains(state.phase) || state.end.map { endReasons.contains($0.reason) } == true
    }
}

extension String {
    /// Whether the other text is a part of this one, the case of ASCII letters aside.
    fileprivate func holds(_ other: String) -> Bool {
        let text = utf8.map(Self.lowercased)
        let wanted = other.utf8.map(Self.lowercased)
        guard text.count >= wanted.count else { return false }
        return (0...text.count - wanted.count).contains { text[$0...].starts(with: wanted) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
    }
}

/// What runs are sorted by. None comes before any number.
private enum SortKey: Comparable {
    case none
    case number(Int64)
    case text(String)

    init(_ run: Run, by field: RunQuery.SortField, now: PreciseTimestamp) {
        self =
            switch field {
            case .taskName: .text(run.taskName)
            case .status: .text(run.state.phase.rawValue)
            case .startAt: run.state.startedAt.map { .number($0.nanosecondsSinceEpoch) } ?? .none
            case .exitCode: .number(run.exitCode)
            case .duration:
                run.state.startedAt.map { start in
                    .number((run.state.end?.at ?? now).nanosecondsSinceEpoch - start.nanosecondsSinceEpoch)
                } ?? .none
            case .createdAt: .number(run.createdAt.nanosecondsSinceEpoch)
            }
    }
}
