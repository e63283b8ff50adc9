import AlmanacModel
import Synchronization

/// Events of runs in memory.
final class EventLedger: RunEventReading {
    private struct State {
        var records: [RunEventRecord] = []
        var lastNumber: Int64 = 0
        var callback: (@Sendable () -> Void)?
        var readCount = 0
    }

    private let state = Mutex(State())

    /// Whether anybody listens for changes.
    var isHeard: Bool { state.withLock { $0.callback != nil } }

    /// How many pages have been read.
    var readCount: Int { state.withLock(\.readCount) }

    var lastNumber: Int64 { state.withLock(\.lastNumber) }

    /// Adds an event and tells of it.
    func add(_ kind: RunEventRecord.Kind, _ run: Run, isGone: Bool = false) {
        let callback = state.withLock { state in
            state.lastNumber += 1
            state.records.append(
                RunEventRecord(
                    number: state.lastNumber,
                    kind: kind,
                    id: run.id,
                    taskName: run.taskName,
                    run: kind == .deleted || isGone ? nil : run
                )
            )
            return state.callback
        }
        callback?()
    }

    /// Forgets all but the last events, as the store does.
    func keep(_ count: Int) {
        state.withLock { $0.records = $0.records.suffix(count) }
    }

    func lastEventNumber() async throws -> Int64 { lastNumber }

    func runEvents(after number: Int64, limit: Int) async throws -> RunEventPage {
        state.withLock { state in
            state.readCount += 1
            return RunEventPage(
                records: Array(state.records.filter { $0.number > number }.prefix(limit)),
                oldest: state.records.first?.number ?? 0
            )
        }
    }

    func whenRunsChange(_ callback: (@Sendable () -> Void)?) {
        state.withLock { $0.callback = callback }
    }
}

/// One log in memory that grows when a test says so, whatever run it is asked for.
final class GrowingLog: RunLogFollowing {
    private struct State {
        var lines: [RunLogLine] = []
        var first = 0
        var callbacks: [Int: @Sendable () -> Void] = [:]
        var lastToken = 0
        var isStarted = true
        var readCount = 0
    }

    private let state = Mutex(State())

    var watchCount: Int { state.withLock(\.callbacks.count) }
    var readCount: Int { state.withLock(\.readCount) }

    /// Adds lines and tells of them.
    func print(_ texts: String...) {
        let callbacks = state.withLock { state in
            for text in texts {
                state.lines.append(
                    RunLogLine(
                        number: (state.lines.last?.number ?? state.first - 1) + 1,
                        at: PreciseTimestamp(nanosecondsSinceEpoch: 1_000_000),
                        stream: .stdout,
                        text: Array(text.utf8)
                    )
                )
            }
            return Array(state.callbacks.values)
        }
        for callback in callbacks { callback() }
    }

    /// Takes lines from the begin.
    func cut(to first: Int) {
        state.withLock { state in
            state.first = first
            state.lines.removeAll { $0.number < first }
        }
    }

    /// Says whether there is a log yet.
    func setStarted(_ isStarted: Bool) { state.withLock { $0.isStarted = isStarted } }

    func logExtent(of run: Run) async throws -> RunLogExtent {
        state.withLock {
            RunLogExtent(firstAvailable: $0.first, totalLines: ($0.lines.last?.number ?? $0.first - 1) + 1)
        }
    }

    func logLines(of run: Run, from: Int, isFinal: Bool) async throws -> RunLogStretch {
        let extent = try await logExtent(of: run)
        return state.withLock { state in
            state.readCount += 1
            let lines = Array(state.lines.filter { $0.number >= from }.prefix(100))
            return RunLogStretch(lines: lines, next: max(from, (lines.last?.number ?? from - 1) + 1), extent: extent)
        }
    }

    func watchLog(of run: Run, whenChanged: @escaping @Sendable () -> Void) async throws -> RunLogWatch? {
        state.withLock { state in
            guard state.isStarted else { return nil }
            state.lastToken += 1
            let token = state.lastToken
            state.callbacks[token] = whenChanged
            return RunLogWatch { [weak self] in
                self?.state.withLock { $0.callbacks[token] = nil }
            }
        }
    }
}
