import AlmanacCalendar
package import AlmanacLinux
package import AlmanacModel
package import Logging
import ServiceLifecycle

/// Keeps as much of the history as the configuration wants, and removes the rest: rows, and the folders that go with them.
///
/// It lives on a thread that may block, and hears of ends without anyone waiting for it. Rows go in small transactions,
/// so that a large purge holds up no run; a kill at any point leaves notes by which the next start goes on.
package actor Retention: Service {
    let store: any RunStore & RunHistory
    let folders: RunFolders
    let clock: any WallClock
    let logger: Logger
    let inbox: RetentionInbox

    private let catalog: any CatalogSource
    private let executor: ThreadExecutor
    private let timerExecutor: PollingExecutor
    private let timer: AlarmClock

    private var expiries = ExpiryTimes()
    private var isWorking = false
    private var rest: CheckedContinuation<Void, Never>?

    /// Runs whose rows are chosen to go with the next transaction.
    private var chosen: [(id: RunID, reason: RetentionRule.Reason)] = []
    /// Runs whose folders are gone, and of which there are notes still: those go with the next transaction.
    private var gone: [RunID] = []
    private var tally: [RetentionRule.Reason: Int] = [:]
    private var tallyBytes: Int64 = 0
    /// Whether it has been said that too little is free and that there is nothing more to remove.
    private var isShortOfSpace = false
    /// Whether the last look was broken off, so that the next one has to be at everything.
    private var hasFailed = false

    /// How many rows go in one transaction: as many as hold up a commit for 15 ms of one processor.
    static let batchSize = 400

    /// - Parameters:
    ///   - executor: for all that blocks.
    ///   - timerExecutor: watches the timer.
    package init(
        store: any RunStore & RunHistory,
        dataFolder: String,
        catalog: any CatalogSource,
        storage: StorageLimits,
        clock: any WallClock,
        executor: ThreadExecutor,
        timerExecutor: PollingExecutor,
        logger: Logger
    ) throws {
        self.store = store
        self.catalog = catalog
        self.clock = clock
        self.executor = executor
        self.timerExecutor = timerExecutor
        self.logger = logger
        folders = RunFolders(dataFolder: dataFolder)
        inbox = RetentionInbox(storage)
        timer = try AlarmClock()
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Learns how much there is; to be called once, before any run ends.
    package func prepare() async throws {
        inbox.addLogBytes(try await store.logBytes())
    }

    /// Takes note of a run whose end stands. Waits for nothing, so that any thread may call it.
    package nonisolated func noteEnd(of run: Run) {
        let rule = catalog.catalog.task(named: run.taskName).map(RetentionRule.init) ?? RetentionRule()
        if inbox.note(run, rule) { Task { await work() } }
    }

    /// Takes note that rows are gone, so that the folders go too. Waits for nothing.
    nonisolated func removalsBegan(of runs: [StoredLog]) {
        inbox.addLogBytes(-runs.reduce(0) { $0 + $1.bytes })
        if inbox.add({ $0.finishesRemovals = true }) { Task { await work() } }
    }

    /// Looks at everything again: there is another catalog, or there are other limits.
    package nonisolated func settingsChanged(_ storage: StorageLimits) {
        inbox.setStorage(storage)
        let isToBeWoken = inbox.add { work in
            work.looksAtAll = true
            work.looksAtStorage = true
        }
        if isToBeWoken { Task { await work() } }
    }

    package func run() async throws {
        try timerExecutor.watch(timer.descriptor.number) { [weak self, timer] in
            _ = try? timer.read()
            guard let self, self.inbox.add({ $0.looksAtTimes = true }) else { return }
            Task { await self.work() }
        }
        _ = inbox.add { work in
            work.finishesRemovals = true
            work.looksAtAll = true
            work.looksAtStorage = true
        }
        await withGracefulShutdownHandler {
            await work()
            try? await gracefulShutdown()
        } onGracefulShutdown: { [inbox] in
            // A purge ends with the batch at hand; the next start goes on with it.
            inbox.close()
        }
        timerExecutor.unwatch(timer.descriptor.number)
        if isWorking { await withCheckedContinuation { rest = $0 } }
    }

    // MARK: Work

    /// Does what there is to do, until there is nothing more.
    private func work() async {
        guard !isWorking else { return }
        isWorking = true
        while let work = inbox.take() {
            if work.finishesRemovals { await finishRemovals() }
            do {
                try await look(work)
            } catch {
                chosen = []
                // Nobody knows which tasks have been looked at.
                hasFailed = true
                if !inbox.isClosed {
                    logger.error(
                        "old runs cannot be removed: \(error); trying again in a minute",
                        metadata: ["event": "\(LoggedEvent.removalFailed)"]
                    )
                    setTimer(clock.now.advanced(by: .seconds(60)))
                }
            }
            report()
        }
        isWorking = false
        rest?.resume()
        rest = nil
    }

    private func look(_ work: RetentionInbox.Work) async throws {
        let looksAtAll = work.looksAtAll || hasFailed
        if looksAtAll { try await lookAtAllTasks() }
        hasFailed = false
        let due = expiries.removeDue(at: clock.now)
        for name in work.wholeTasks.union(due) { try await look(atTask: name) }
        for name in work.tasks.subtracting(work.wholeTasks).subtracting(due) {
            // What it keeps for its age is known, and a new end comes after it.
            let rule = rule(of: name)
            if rule.keepFor != nil && !expiries.isKnown(name) {
                try await look(atTask: name)
            } else if let keepRuns = rule.keepRuns {
                try await look(atTask: name, RetentionRule(keepRuns: keepRuns))
            }
        }
        try await removeChosen()
        if work.looksAtStorage || looksAtAll { try await lookAtStorage() }
        if let first = expiries.first() { setTimer(first) }
    }

    private func rule(of name: String) -> RetentionRule {
        catalog.catalog.task(named: name).map(RetentionRule.init) ?? RetentionRule()
    }

    private func lookAtAllTasks() async throws {
        expiries.removeAll()
        let rules = catalog.catalog.tasks.map { ($0.name, RetentionRule($0)) }.filter { !$0.1.keepsAll }
        if rules.isEmpty { return }
        let counts = try await store.endedRunCounts()
        for (name, rule) in rules where rule.keepFor != nil || rule.excess(of: counts[name] ?? 0) > 0 {
            if inbox.isClosed { return }
            try await look(atTask: name)
        }
    }

    /// Chooses the runs of a task that go by a rule; by its own, and learns when the next ones do, where none is given.
    private func look(atTask name: String, _ part: RetentionRule? = nil) async throws {
        let rule = part ?? rule(of: name)
        let ended = rule.keepRuns == nil ? 0 : try await store.endedRunCount(ofTask: name)
        var walk = RetentionRule.Walk(rule, excess: rule.excess(of: ended), at: clock.now)
        // Mostly one run is above the limit, and it is among the oldest.
        var limit = rule.keepFor == nil ? min(Self.batchSize, rule.excess(of: ended) + 8) : Self.batchSize
        var position: HistoryEntry?
        while !walk.isOver && !inbox.isClosed {
            let page = try await store.oldestRuns(ofTask: name, after: position, limit: limit)
            for going in walk.take(page) { try await choose(going.id, going.reason) }
            guard page.count == limit else { break }
            position = page.last
            limit = Self.batchSize
        }
        if part == nil { expiries.set(walk.nextExpiry, for: name) }
    }

    /// Removes the oldest runs of all for as long as the logs take too much, or too little is free.
    private func lookAtStorage() async throws {
        if inbox.storage.isNone { return }
        try await measureLogs()
        var position: HistoryEntry?
        while !inbox.isClosed {
            guard let (reason, missing) = try missingSpace() else {
                isShortOfSpace = false
                return
            }
            let page = try await store.oldestRuns(ofTask: nil, after: position, limit: Self.batchSize)
            let going = RetentionRule.oldest(of: page, giving: missing) { entry in
                // A file takes whole blocks.
                reason == .maxSize ? entry.logBytes : (entry.logBytes + 4095) / 4096 * 4096
            }
            for id in going { try await choose(id, reason) }
            try await removeChosen()
            if reason == .minFreeSpace && !going.isEmpty { folders.settleFreeBytes() }
            if going.isEmpty {
                guard page.count == Self.batchSize else { return noteShortage(reason, missing) }
                position = page.last
            }
        }
    }

    private func missingSpace() throws -> (reason: RetentionRule.Reason, bytes: Int64)? {
        let storage = inbox.storage
        if let maxSize = storage.maxSize, inbox.logBytes > maxSize { return (.maxSize, inbox.logBytes - maxSize) }
        if let minFreeSpace = storage.minFreeSpace {
            let free = try folders.freeBytes()
            if free < minFreeSpace { return (.minFreeSpace, minFreeSpace - free) }
        }
        return nil
    }

    private func noteShortage(_ reason: RetentionRule.Reason, _ missing: Int64) {
        if !isShortOfSpace {
            logger.warning(
                "[storage] \(reason.rawValue): \(missing) bytes are missing, and there is no ended run left to remove",
                metadata: ["event": "\(LoggedEvent.removalFailed)"]
            )
        }
        isShortOfSpace = true
    }

    /// Measures the logs of runs that ended under a version that did not.
    private func measureLogs() async throws {
        while !inbox.isClosed {
            let runs = folders.measure(try await store.unmeasuredRuns(limit: Self.batchSize))
            if runs.isEmpty { return }
            try await store.record(runs)
            inbox.addLogBytes(runs.reduce(0) { $0 + $1.bytes })
        }
    }

    /// - Parameter time: rounded up to a whole second.
    private func setTimer(_ time: PreciseTimestamp) {
        do {
            try timer.arm(at: time.timestamp.secondsSinceEpoch + (time.nanosecond > 0 ? 1 : 0))
        } catch {
            logger.error(
                "the timer of keep_for cannot be set: \(error)",
                metadata: ["event": "\(LoggedEvent.removalFailed)"]
            )
        }
    }

    // MARK: Removal

    private func choose(_ id: RunID, _ reason: RetentionRule.Reason) async throws {
        chosen.append((id, reason))
        if chosen.count >= Self.batchSize { try await removeChosen() }
    }

    private func removeChosen() async throws {
        if chosen.isEmpty { return }
        let batch = chosen
        chosen = []
        let removed = try await remove(batch.map(\.id), sparingReferredTo: true).runs
        let reasons = Dictionary(batch.map { ($0.id, $0.reason) }, uniquingKeysWith: { first, _ in first })
        for run in removed {
            if let reason = reasons[run.id] { tally[reason, default: 0] += 1 }
            tallyBytes += run.bytes
        }
    }

    /// Removes rows in one transaction, and then the folders.
    ///
    /// - Returns: the runs whose rows are gone, and why folders of some of them are not.
    func remove(
        _ ids: [RunID],
        sparingReferredTo: Bool
    ) async throws -> (runs: [StoredLog], failure: SystemError?) {
        let forgotten = gone
        gone = []
        let removed: [StoredLog]
        do {
            removed = try await store.removeRuns(ids, sparingReferredTo: sparingReferredTo, forgetting: forgotten)
        } catch {
            gone += forgotten
            throw error
        }
        inbox.addLogBytes(-removed.reduce(0) { $0 + $1.bytes })
        return (removed, removeFolders(of: removed))
    }

    private func removeFolders(of runs: [StoredLog]) -> SystemError? {
        let outcome = folders.remove(runs)
        gone += outcome.gone
        if let failure = outcome.failure {
            logger.error(
                """
                \(runs.count - outcome.gone.count) folders of removed runs cannot be removed: \(failure); \
                the next start tries again
                """,
                metadata: ["event": "\(LoggedEvent.removalFailed)"]
            )
        }
        return outcome.failure
    }

    /// Removes the folders of runs whose rows are gone: those of many runs removed at once, and what an earlier daemon has left
    /// that was killed.
    private func finishRemovals() async {
        var last: RunID?
        do {
            while !inbox.isClosed {
                let left = try await store.unfinishedRemovals(after: last, limit: Self.batchSize)
                if left.isEmpty { return }
                last = left.last?.id
                // One that cannot be removed keeps its note, and the others go.
                _ = removeFolders(of: left)
                _ = try await remove([], sparingReferredTo: true)
            }
        } catch {
            logger.error(
                "removals cannot be finished: \(error); the next start tries again",
                metadata: ["event": "\(LoggedEvent.removalFailed)"]
            )
        }
    }

    /// Tells what was removed, in one line.
    private func report() {
        let reasons = RetentionRule.Reason.allCases.compactMap { reason in
            tally[reason].map { "\($0) by \(reason.rawValue)" }
        }
        if !reasons.isEmpty {
            logger.info(
                "old runs removed: \(reasons.joined(separator: ", ")); \(tallyBytes) bytes of logs",
                metadata: ["event": "\(LoggedEvent.runsRemoved)"]
            )
        }
        tally = [:]
        tallyBytes = 0
    }
}
