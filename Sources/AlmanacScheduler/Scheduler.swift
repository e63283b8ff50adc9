package import AlmanacCalendar
package import AlmanacModel
package import Logging
import ServiceLifecycle

/// Fires the tasks of the catalog at their instants.
///
/// It sleeps on an absolute timer of the wall clock, in a thread of its own, until the next occurrence of any task or a
/// step of the clock; then it settles everything that is due in one call of the run factory, which moves the cursors in
/// the same transaction. Nothing polls. An alarm that goes off early, or for nothing, only sets the next one.
package actor Scheduler: Service {
    private let catalog: any CatalogSource
    let store: any RunStore & PauseStore
    private let factory: any RunMaking
    private let clock: any WallClock & UptimeClock
    private let alarm: any Alarm
    private let executor: any SerialExecutor
    /// Seconds.
    let grace: Int64
    private let jitterSeed: String
    let logger: Logger

    private var plan: SchedulePlan?
    private var watch: ClockWatch
    /// Settled in memory, not yet committed: oldest first. More than one only while the store refuses.
    private var backlog: [Settlement] = []
    private var delivery: Task<Void, Never>?
    /// Why the oldest settlement of the backlog could not be committed, and when that is tried again.
    private var refusal: (error: any Error, retryAt: Timestamp)?
    /// Whether the plan is being changed: nothing is settled meanwhile.
    private var isChanging = false
    private var waitingChanges: [CheckedContinuation<Void, Never>] = []
    private var isStopped = false
    private var changeObserver: @Sendable () -> Void = {}

    /// - Parameters:
    ///   - executor: where the actor's jobs run; the same thread calls the alarm's handler.
    ///   - grace: how late a firing may be and still run, in seconds.
    ///   - jitterSeed: what tells this daemon's start delays from those of others: the same at each start.
    package init(
        catalog: any CatalogSource,
        store: any RunStore & PauseStore,
        factory: any RunMaking,
        clock: any WallClock & UptimeClock,
        alarm: any Alarm,
        executor: any SerialExecutor,
        grace: Int64,
        jitterSeed: String = "",
        logger: Logger
    ) {
        self.catalog = catalog
        self.store = store
        self.factory = factory
        self.clock = clock
        self.alarm = alarm
        self.executor = executor
        self.grace = grace
        self.jitterSeed = jitterSeed
        self.logger = logger
        watch = ClockWatch(wall: clock.now, uptime: clock.uptime)
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// How many tasks are planned, and when something is due next.
    package var outlook: (tasks: Int, next: Timestamp?) { (plan?.taskCount ?? 0, plan?.nextInstant) }

    /// The next firing of a task that no pause holds.
    package var nextFiring: PlannedFiring? { plan?.nextFiring }

    /// Has `observer` called whenever the next firing may be another; on the scheduler's thread, and often.
    package func whenChanged(_ observer: @escaping @Sendable () -> Void) {
        changeObserver = observer
    }

    /// The pauses that hold something at present, by the names of their tasks.
    package var pauses: [TaskPause] {
        let now = clock.now.timestamp
        return (plan?.pauses.values.filter { $0.holds(now) } ?? []).sorted { $0.taskName < $1.taskName }
    }

    /// Plans the catalog from what the store has; tasks without a cursor get one, durably.
    package func prepare() async throws {
        let cursors = try await store.cursors().filter { $0.bootID == nil }
        let pauses = try await store.pauses()
        let now = lookAtClock()
        let (plan, opening) = SchedulePlan.restored(
            catalog.catalog,
            cursors: cursors,
            pauses: pauses,
            now: now,
            jitterSeed: jitterSeed
        )
        if let settledLast = opening.settledInTheFuture {
            logger.warning(
                """
                the clock is behind: the schedule was settled up to \(settledLast), and it is \(now); \
                \(ClockStep.backToTruth.consequence)
                """,
                metadata: ["event": "\(LoggedEvent.clockBehind)"]
            )
        }
        try await store.insert([], moving: opening.cursors)
        try await removeCursors(ofTasksOutside: plan)
        try await store.removePauses(ofTasks: plan.overPauses(among: pauses, at: now))
        self.plan = plan
    }

    /// Settles what came due meanwhile, then everything as it comes due, until a graceful shutdown.
    package func run() async throws {
        precondition(plan != nil, "the scheduler runs before it was prepared")
        try alarm.start { [weak self] _ in
            self?.assumeIsolated { $0.wake() }
        }
        wake()
        try? await gracefulShutdown()
        isStopped = true
        alarm.stop()
        await delivery?.value
    }

    // MARK: Settling

    private func wake() {
        // A change of the plan ends with this.
        guard !isStopped, !isChanging else { return }
        deliver(settle())
    }

    /// Looks at the clock and puts what is due into the backlog.
    private func settle() -> Timestamp {
        let now = lookAtClock()
        let settlement = plan?.settle(through: now, grace: grace) ?? Settlement()
        let missed = settlement.missed
        if missed.firings > 0 {
            logger.warning(
                "missed: \(missed.firings) firings of \(missed.tasks) tasks; nobody was there when they were due",
                metadata: ["event": "\(LoggedEvent.firingsMissed)", "count": "\(missed.firings)"]
            )
        }
        add(settlement)
        return now
    }

    private func add(_ settlement: Settlement) {
        if !settlement.isEmpty { backlog.append(settlement) }
    }

    /// The present. What has happened to the clock since the last look is logged, and followed up.
    private func lookAtClock() -> Timestamp {
        let now = clock.now
        for event in watch.observe(wall: now, uptime: clock.uptime) {
            switch event {
            case .suspended(let duration):
                logger.notice(
                    "the machine was suspended for \(duration.components.seconds) s, up to \(now.timestamp)",
                    metadata: [
                        "event": "\(LoggedEvent.machineSuspended)",
                        "duration_usec": "\(duration.components.seconds * 1_000_000)",
                    ]
                )
            case .stepped(let from, let to):
                follow(from, to)
            }
        }
        return now.timestamp
    }

    private func follow(_ from: Timestamp, _ to: Timestamp) {
        var step = ClockStep(from: from, to: to, grace: grace)
        if step == .backToWait, let settledLast = plan?.settledLast,
            settledLast.seconds(since: to) > SchedulePlan.longestWait
        {
            // Several small steps back make a big one.
            step = .backToTruth
        }
        logger.notice(
            "the clock was set from \(from) to \(to): \(step.consequence)",
            metadata: ["event": "\(LoggedEvent.clockStepped)"]
        )
        if step == .backToTruth { add(Settlement(cursors: plan?.restart(at: to) ?? [])) }
        if to < from { refusal?.retryAt = to }
    }

    // MARK: Delivering

    /// Hands the backlog to the factory, one settlement at a time, and sets the alarm when it is through.
    private func deliver(_ now: Timestamp) {
        guard delivery == nil else { return }
        guard !backlog.isEmpty, refusal.map({ $0.retryAt <= now }) ?? true else {
            setAlarm()
            return
        }
        startDelivery()
    }

    private func startDelivery() {
        delivery = Task {
            await deliverBacklog()
            delivery = nil
            if !isStopped { setAlarm() }
        }
    }

    private func deliverBacklog() async {
        while let settlement = backlog.first {
            do {
                _ = try await factory.makeRuns(settlement.requests, moving: settlement.cursors)
                backlog.removeFirst()
                if refusal != nil {
                    logger.notice(
                        "due runs can be recorded again",
                        metadata: ["event": "\(LoggedEvent.recordingResumed)"]
                    )
                }
                refusal = nil
            } catch {
                // The cursors have not moved, so nothing is lost: neither here, where the settlement is kept,
                // nor over a restart.
                if refusal == nil, error as? RunMakingError != .shuttingDown {
                    let count = settlement.requests.count
                    logger.error(
                        "\(count) due runs could not be recorded: \(error); trying again",
                        metadata: ["event": "\(LoggedEvent.recordingFailed)", "count": "\(count)"]
                    )
                }
                refusal = (error, clock.now.timestamp + 1)
                return
            }
        }
    }

    /// Waits until all that has been settled is durable.
    ///
    /// - Throws: what the factory refuses it with.
    private func flush() async throws {
        while !backlog.isEmpty {
            if delivery == nil { startDelivery() }
            await delivery?.value
            if !backlog.isEmpty, let refusal { throw refusal.error }
        }
    }

    private func setAlarm() {
        var next = plan?.nextInstant
        if let retryAt = refusal?.retryAt { next = min(next ?? retryAt, retryAt) }
        do {
            try alarm.set(at: next)
        } catch {
            preconditionFailure("the kernel refuses a timer: \(error)")
        }
        changeObserver()
    }

    // MARK: Changing the plan

    /// Forgets how far tasks have been settled that have left the plan. The boot's own cursor stays.
    func removeCursors(ofTasksOutside plan: SchedulePlan) async throws {
        try await store.removeCursors(ofTasksOtherThan: plan.taskNames.union([ScheduleCursor.bootName]))
    }

    /// Changes the plan, one change at a time: settles what is due under the present plan, makes that durable, and settles
    /// nothing more until the change is over.
    ///
    /// - Parameter body: is given the instant up to which all has been settled. It makes the change durable, then puts it
    ///   in force; the plan is untouched where it throws.
    func change<Value>(
        _ body: (_ plan: inout SchedulePlan, _ now: Timestamp) async throws -> Value
    ) async throws -> Value {
        if isChanging {
            await withCheckedContinuation { waitingChanges.append($0) }
        } else {
            isChanging = true
        }
        defer {
            if waitingChanges.isEmpty {
                isChanging = false
                wake()
            } else {
                waitingChanges.removeFirst().resume()
            }
        }
        if isStopped { throw RunMakingError.shuttingDown }
        let now = settle()
        try await flush()
        guard var changed = plan else { preconditionFailure("the scheduler's plan changes before it was prepared") }
        let value = try await body(&changed, now)
        plan = changed
        return value
    }

    /// Makes runs for ticks that wait for their delay, within a change, durably.
    func settleDelayed(_ plan: inout SchedulePlan, of names: Set<String>, through now: Timestamp) async throws {
        add(plan.settleDelayed(names, through: now, grace: grace))
        // It stands, whatever becomes of the change.
        self.plan = plan
        try await flush()
    }
}
