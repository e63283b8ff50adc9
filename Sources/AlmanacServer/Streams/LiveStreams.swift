import AlmanacAPI
import AlmanacModel
import NIOCore
import Synchronization

/// What the open streams of a server share.
///
/// While there are none it listens to nobody.
final class LiveStreams: Sendable {
    private struct State {
        var runStreams = 0
        var logStreams = 0
        var logs: [RunID: LogFeed] = [:]
        /// Whether clients are being told of what has changed, and whether more has changed meanwhile.
        var telling: (isUnderWay: Bool, isOutdated: Bool) = (false, false)
        /// The newest event that all clients have been told of.
        var toldThrough: Int64 = 0
    }

    let goingDown: OneShotSignal
    let heartbeat: TimeAmount
    /// What becomes of runs.
    let runs: EventFeed
    private let events: any RunEventReading
    private let following: any RunLogFollowing
    private let store: any RunStore
    private let control: any RunControl
    private let metrics: RequestMetrics
    private let eventLoop: any EventLoop
    private let pace: StreamPace
    private let state = Mutex(State())

    /// The least time between two looks at whether there are events of runs.
    private static let restTime = TimeAmount.milliseconds(20)
    /// How many events of runs are read at a time.
    private static let pageLimit = 100

    init(
        _ dependencies: APIServer.Dependencies,
        goingDown: OneShotSignal,
        heartbeat: TimeAmount,
        eventLoop: any EventLoop
    ) {
        self.goingDown = goingDown
        self.heartbeat = heartbeat
        self.eventLoop = eventLoop
        events = dependencies.events
        following = dependencies.following
        store = dependencies.store
        control = dependencies.control
        metrics = dependencies.requestMetrics
        metrics.noteOpenStreams((0, 0))
        pace = StreamPace(on: eventLoop)
        runs = EventFeed(pace) { [events = dependencies.events] position in
            let page = try await events.runEvents(after: position, limit: Self.pageLimit)
            return try EventBatch(page, after: position, reachesEnd: page.records.count < Self.pageLimit)
        }
    }

    /// How many streams are open.
    var counts: (runs: Int, logs: Int) { state.withLock { ($0.runStreams, $0.logStreams) } }

    // MARK: Runs

    /// Wakes a client with what becomes of runs.
    func beginRuns(_ signal: StreamSignal) {
        runs.add(signal)
        change { $0.runStreams += 1 }
    }

    func endRuns(_ signal: StreamSignal) {
        runs.remove(signal)
        change { $0.runStreams -= 1 }
    }

    /// Counts a stream, and listens for commits as long as there is one.
    private func change(_ change: (inout State) -> Void) {
        state.withLock { state in
            let before = state.runStreams + state.logStreams
            change(&state)
            let after = state.runStreams + state.logStreams
            // Within the lock, so that the last word is the right one.
            if before == 0, after > 0 {
                events.whenRunsChange { [weak self] in self?.runsChanged() }
            } else if before > 0, after == 0 {
                events.whenRunsChange(nil)
            }
            metrics.noteOpenStreams((state.runStreams, state.logStreams))
        }
    }

    /// Has clients told, once for all that comes at about the same time.
    private func runsChanged() {
        let begins = state.withLock { state in
            state.telling.isOutdated = true
            if state.telling.isUnderWay { return false }
            state.telling.isUnderWay = true
            return true
        }
        if begins { Task { await tell() } }
    }

    private func tell() async {
        while true {
            let isNeeded = state.withLock { state in
                state.telling.isUnderWay = state.telling.isOutdated
                defer { state.telling.isOutdated = false }
                return state.telling.isOutdated
            }
            if !isNeeded { return }
            // Not every commit is about runs. Where the store fails, those who ask it find out for themselves.
            let newest = (try? await events.lastEventNumber()) ?? .max
            let isNews = state.withLock { state in
                defer { state.toldThrough = newest }
                return state.toldThrough != newest
            }
            if isNews {
                runs.tell()
                for log in state.withLock({ Array($0.logs.values) }) { log.watchIfUnwatched() }
            }
            try? await eventLoop.scheduleTask(in: Self.restTime) {}.futureResult.get()
        }
    }

    // MARK: Logs

    /// Wakes a client with what comes into the log of a run.
    func beginLog(of run: Run, _ signal: StreamSignal) -> LogFeed {
        change { $0.logStreams += 1 }
        let log = state.withLock { state in
            let log = state.logs[run.id] ?? LogFeed(run, following: following, control: control, pace)
            state.logs[run.id] = log
            log.feed.add(signal)
            return log
        }
        log.begin()
        return log
    }

    func endLog(_ log: LogFeed, _ signal: StreamSignal) {
        let isUnused = state.withLock { state in
            guard log.feed.remove(signal) == 0 else { return false }
            state.logs[log.run.id] = nil
            return true
        }
        if isUnused { log.close() }
        change { $0.logStreams -= 1 }
    }
}

extension EventBatch {
    /// - Returns: nil for a page without events.
    init?(_ page: RunEventPage, after position: Int64, reachesEnd: Bool) throws {
        guard !page.records.isEmpty else { return nil }
        self.init(after: position, firstAvailable: page.oldest, reachesEnd: reachesEnd)
        for record in page.records { try append(record) }
    }

    /// Adds an event of a run. What became of one that is gone by now is left out, but for its going.
    private mutating func append(_ record: RunEventRecord) throws {
        guard record.kind != .deleted else {
            return try append(
                record.number,
                "run.deleted",
                RunDeletedSSEEvent(runID: record.id.description, taskName: record.taskName)
            )
        }
        guard let run = record.run else { return advance(to: record.number) }
        let resource = RunResource(run)
        let message = run.state.end?.message
        switch record.kind {
        case .created: try append(record.number, "run.created", RunCreatedEvent(run: resource))
        case .started: try append(record.number, "run.started", RunStartedEvent(run: resource))
        case .ended where run.state.end?.reason == .success:
            try append(record.number, "run.completed", RunCompletedEvent(run: resource, error: message))
        case .ended where run.state.end?.reason.precludesStart == true:
            try append(record.number, "run.updated", RunUpdatedEvent(run: resource, error: message))
        case .ended: try append(record.number, "run.failed", RunFailedEvent(run: resource, error: message))
        case .updated: try append(record.number, "run.updated", RunUpdatedEvent(run: resource, error: message))
        case .deleted: preconditionFailure("a deleted run has been seen to")
        }
    }
}
