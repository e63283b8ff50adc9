import AlmanacCalendar
import AlmanacModel

/// Runs in memory: the factory, the control and the store in one, with no commands behind them.
actor RunLedger: RunMaking, RunControl, RunStore, RunSurveying, RunRemoving {
    struct Broken: Error {}

    private(set) var runs: [RunID: Run] = [:]
    private(set) var requests: [RunRequest] = []
    private(set) var queries: [RunQuery] = []
    private(set) var stopped: [RunID] = []
    private var isShuttingDown = false
    private var isBroken = false
    private var ids = RunIDSequence()
    private var waiters: [RunID: [UInt64: CheckedContinuation<Run?, Never>]] = [:]
    private var nextWaiter: UInt64 = 0
    private var observers: [(count: Int, CheckedContinuation<Void, Never>)] = []
    private let clock: any WallClock

    init(clock: any WallClock) {
        self.clock = clock
    }

    // MARK: What tests do

    func shutDown() { isShuttingDown = true }

    func breakDown() { isBroken = true }

    /// Forgets all that has been made and asked.
    func clear() {
        runs = [:]
        requests = []
        queries = []
    }

    /// Adds a run as it is.
    @discardableResult
    func add(_ taskName: String, _ change: @Sendable (inout Run) -> Void = { _ in }) -> Run {
        var run = Run(id: ids.next(at: clock.now), taskName: taskName, trigger: .api, createdAt: clock.now)
        change(&run)
        runs[run.id] = run
        return run
    }

    func end(_ id: RunID, _ reason: EndReason = .success, exitCode: Int64 = 0) {
        guard var run = runs[id] else { return }
        run.state.handle(.started(at: clock.now))
        run.state.handle(.ended(RunEnd(reason: reason, exitCode: exitCode, at: clock.now)))
        runs[id] = run
        for waiter in (waiters.removeValue(forKey: id) ?? [:]).values { waiter.resume(returning: run) }
        tellObservers()
    }

    /// Ends a run that is gone before anybody has heard of its end.
    func endAndForget(_ id: RunID) {
        var run = runs.removeValue(forKey: id)
        run?.state.handle(.ended(RunEnd(reason: .success, exitCode: 0, at: clock.now)))
        for waiter in (waiters.removeValue(forKey: id) ?? [:]).values { waiter.resume(returning: run) }
    }

    /// Returns once so many callers wait for the ends of runs.
    func waitForWaiters(_ count: Int) async {
        if waiterCount == count { return }
        await withCheckedContinuation { observers.append((count, $0)) }
    }

    var waiterCount: Int { waiters.values.reduce(0) { $0 + $1.count } }

    var onlyRun: Run? { runs.count == 1 ? runs.values.first : nil }

    private func tellObservers() {
        let count = waiterCount
        observers.removeAll { observer in
            guard observer.count == count else { return false }
            observer.1.resume()
            return true
        }
    }

    // MARK: RunMaking

    func makeRuns(_ requests: [RunRequest], moving cursors: [ScheduleCursor]) async throws -> [Run] {
        if isShuttingDown { throw RunMakingError.shuttingDown }
        if isBroken { throw Broken() }
        self.requests += requests
        return requests.map { request in
            add(request.task.name) { run in
                run.trigger = request.trigger
                if request.task.onOverlap == .skip {
                    run.state.handle(.ended(.withoutCommand(.skipped, at: run.createdAt, message: "one is active")))
                }
            }
        }
    }

    // MARK: RunControl

    func stop(_ id: RunID) async throws {
        guard let run = runs[id] else { throw RunControlError.noSuchRun }
        guard run.state.end == nil else { throw RunControlError.alreadyEnded }
        stopped.append(id)
    }

    func end(of id: RunID) async throws -> Run? {
        guard let run = runs[id] else { return nil }
        if run.state.end != nil { return run }
        let number = nextWaiter
        nextWaiter += 1
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters[id, default: [:]][number] = continuation
                tellObservers()
            }
        } onCancel: {
            Task { await self.giveUp(id, number) }
        }
    }

    private func giveUp(_ id: RunID, _ number: UInt64) {
        waiters[id]?.removeValue(forKey: number)?.resume(returning: nil)
        tellObservers()
    }

    // MARK: RunStore

    func insert(
        _ runs: [Run],
        moving cursors: [ScheduleCursor],
        recording entries: [AuditEntry]
    ) async throws -> [Run] {
        for run in runs { self.runs[run.id] = run }
        return runs
    }

    func apply(_ events: [(id: RunID, event: RunEvent)], inserting followUps: [Run]) async throws -> [Run] { [] }

    func run(_ id: RunID) async throws -> Run? {
        if isBroken { throw Broken() }
        return runs[id]
    }

    func runs(matching query: RunQuery) async throws -> RunPage {
        queries.append(query)
        let matching = runs.values
            .filter { query.taskName == nil || $0.taskName == query.taskName }
            .sorted { $0.id > $1.id }
        let page = matching.dropFirst(query.offset).prefix(query.limit)
        return RunPage(runs: Array(page), total: matching.count)
    }

    // MARK: RunSurveying and RunRemoving

    /// How many runs a slice has at most, so that every test goes through several.
    static let sliceLength = 2

    func tally() async throws -> RunTally {
        let ends = runs.values.compactMap(\.state.end)
        return RunTally(
            total: runs.count,
            ended: Dictionary(ends.map { ($0.reason, 1) }, uniquingKeysWith: +),
            lastFailure: ends.filter(\.reason.isFailure).map(\.at).max()
        )
    }

    func slice(of query: RunQuery, beyond position: RunPosition?) async throws -> RunSlice {
        queries.append(query)
        if isBroken { throw Broken() }
        let isAscending = query.sortDirection == .ascending
        let sorted = runs.values.sorted { ($0.id < $1.id) == isAscending }
            .filter { run in position.map { isAscending ? run.id > $0.id : run.id < $0.id } ?? true }
        let looked = sorted.prefix(Self.sliceLength)
        let fitting = looked.filter { run in
            let isState =
                query.phases.isEmpty && query.endReasons.isEmpty || query.phases.contains(run.state.phase)
                || run.state.end.map { query.endReasons.contains($0.reason) } == true
            return isState && (query.taskName ?? run.taskName) == run.taskName
        }
        return RunSlice(
            runs: fitting.map { SurveyedRun($0) },
            next: looked.count == sorted.count ? nil : looked.last.map { SurveyedRun($0).position }
        )
    }

    func remove(_ id: RunID) async throws {
        guard let run = runs[id] else { throw RunRemovalError.noSuchRun }
        guard run.state.end != nil else { throw RunRemovalError.notEnded }
        runs[id] = nil
    }

    func remove(_ ids: [RunID]) async throws -> Int {
        let ended = ids.filter { runs[$0]?.state.end != nil }
        for id in ended { runs[id] = nil }
        return ended.count
    }

    func unfinishedRuns() async throws -> [Run] { [] }
    func lastRunID() async throws -> RunID? { runs.keys.max() }
    func cursors() async throws -> [ScheduleCursor] { [] }
    func removeCursors(ofTasksOtherThan names: Set<String>) async throws {}
}

/// Logs in memory: every run has printed the same.
struct FixedLog: RunLogReading, RunLogSearching {
    var chunks: [[UInt8]]
    var page: RunLogPage
    let asked = AskedPages()

    actor AskedPages {
        private(set) var pages: [[Int]] = []
        func append(_ page: [Int]) { pages.append(page) }
    }

    func rawLog(of run: Run) async throws -> any RunLogChunks { Chunks(chunks) }

    func logPage(of run: Run, from: Int, limit: Int) async throws -> RunLogPage {
        await asked.append([from, limit])
        return page
    }

    /// What a search finds its lines in; each piece looks at one of them.
    static let searched = ["one fish", "two FISH", "red fish", "blue"]

    func search(
        _ run: SurveyedRun,
        from place: RunLogPlace?,
        work: Int,
        limit: Int,
        makeScanner: @Sendable () -> any LineScanning
    ) async throws -> RunLogFindings {
        let number = place?.line ?? 0
        let text = Array(Self.searched[number].utf8)
        let line = RunLogLine(
            number: number,
            at: PreciseTimestamp(nanosecondsSinceEpoch: 0),
            stream: .stdout,
            text: text
        )
        return RunLogFindings(
            lines: makeScanner().finds(text) ? [line] : [],
            place: number + 1 < Self.searched.count ? RunLogPlace(line: number + 1, offset: 0, firstLine: 0) : nil,
            work: text.count
        )
    }

    private actor Chunks: RunLogChunks {
        private var rest: ArraySlice<[UInt8]>
        init(_ chunks: [[UInt8]]) { rest = chunks[...] }
        func next() async throws -> [UInt8]? { rest.popFirst() }
    }
}
