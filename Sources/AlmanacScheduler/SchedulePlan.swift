package import AlmanacCalendar
package import AlmanacModel
import HeapModule

/// Which tasks are due when, and how far each has been settled: what the scheduler decides with, as a pure value.
///
/// It reads no clock and makes no run. `settle` says what a moment brings; whoever calls it carries that out.
package struct SchedulePlan: Sendable {
    /// A task with a schedule that is in force. It refers to the catalog, which holds the definition: ten thousand of these are small.
    struct Entry: Sendable {
        /// Of the catalog's tasks.
        var taskIndex: Int32
        /// By how many seconds the task's starts are delayed.
        var delay: Int32
        /// Every occurrence up to and including this instant has been accounted for. One whose delay has not passed has
        /// not, so that it is there still after a restart.
        var settledThrough: Timestamp
    }

    struct Due: Comparable, Sendable {
        /// When something is to be done: the occurrence's instant and the task's delay.
        var at: Timestamp
        var entryIndex: Int

        static func < (left: Due, right: Due) -> Bool {
            (left.at, left.entryIndex) < (right.at, right.entryIndex)
        }
    }

    /// The farthest that the clock may be behind a cursor for the cursor to wait for it, and the longest step back that
    /// is waited out, in seconds.
    package static let longestWait: Int64 = 3 * 60 * 60

    package let catalog: Catalog
    /// What tells this daemon's delays from those of others.
    let jitterSeed: String
    private(set) var entries: [Entry] = []
    private(set) var pauses: [String: TaskPause] = [:]
    private(set) var queue = Heap<Due>()

    /// Plans the tasks of a catalog as they come from the store.
    ///
    /// - Parameters:
    ///   - cursors: how far each task has been settled. A cursor that was settled under another schedule does not count.
    ///   - now: from where on tasks without a cursor are planned, exclusive.
    ///   - jitterSeed: what tells this daemon's delays from those of others.
    /// - Returns: the plan, and the cursors to make durable before it is in force.
    package static func restored(
        _ catalog: Catalog,
        cursors: [ScheduleCursor],
        pauses: [TaskPause] = [],
        now: Timestamp,
        jitterSeed: String = ""
    ) -> (plan: SchedulePlan, opening: Opening) {
        var opening = Opening()
        let settledLast = cursors.map(\.settledThrough).max() ?? now
        let isBehind = settledLast.seconds(since: now) > longestWait
        if isBehind { opening.settledInTheFuture = settledLast }
        let known = Dictionary(cursors.map { ($0.taskName, $0) }, uniquingKeysWith: { $1 })
        let plan = SchedulePlan(catalog, pauses: pauses, jitterSeed: jitterSeed) { task, fingerprint in
            if let cursor = known[task.name], cursor.schedule == fingerprint, !isBehind || cursor.settledThrough <= now
            {
                return cursor.settledThrough
            }
            opening.cursors.append(
                ScheduleCursor(taskName: task.name, settledThrough: now, schedule: fingerprint)
            )
            return now
        }
        return (plan, opening)
    }

    /// - Parameter settledThrough: where a task begins, asked once for each that has a schedule.
    init(
        _ catalog: Catalog,
        pauses: [TaskPause],
        jitterSeed: String,
        settledThrough: (_ task: TaskDefinition, _ fingerprint: String) -> Timestamp
    ) {
        self.catalog = catalog
        self.jitterSeed = jitterSeed
        self.pauses = Dictionary(
            pauses.filter { catalog.task(named: $0.taskName) != nil }.map { ($0.taskName, $0) },
            uniquingKeysWith: { $1 }
        )
        for (index, task) in catalog.tasks.enumerated() {
            guard let schedule = task.schedule, !schedule.isReboot, task.hold == nil else { continue }
            let delay = StartDelay.seconds(ofTask: task.name, seed: jitterSeed, jitter: task.jitter)
            entries.append(
                Entry(
                    taskIndex: Int32(index),
                    delay: Int32(clamping: delay),
                    settledThrough: settledThrough(task, schedule.fingerprint)
                )
            )
        }
        queueAll()
    }

    /// When something is due next: a firing, or a tick to be accounted for. Nil when nothing ever is.
    package var nextInstant: Timestamp? { queue.min?.at }

    /// How many tasks have a schedule that is in force.
    package var taskCount: Int { entries.count }

    /// The tasks that have a schedule that is in force.
    package var taskNames: Set<String> { Set(entries.map { task($0).name }) }

    /// How far a task has been settled; nil where it has no schedule, or one that is held.
    package func settledThrough(ofTask name: String) -> Timestamp? {
        entries.first { task($0).name == name }?.settledThrough
    }

    // MARK: Settling

    /// Takes everything that is due and moves the cursors past it.
    ///
    /// - Parameters:
    ///   - now: the present; what is due at it is included.
    ///   - grace: firings due earlier than this many seconds before `now` are missed, `spec/occurrences.md` 4.
    package mutating func settle(through now: Timestamp, grace: Int64) -> Settlement {
        var settlement = Settlement()
        while let due = queue.min, due.at <= now {
            let delay = Int64(entries[due.entryIndex].delay)
            settle(due.entryIndex, through: now - delay, onTime: now - delay - grace, into: &settlement)
            if let next = next(due.entryIndex) {
                queue.replaceMin(with: next)
            } else {
                queue.removeMin()
            }
        }
        settlement.sortByInstant()
        return settlement
    }

    /// Takes what has come for these tasks and waits for its delay, which ends here. Due or not, it is on time.
    mutating func settleDelayed(_ names: Set<String>, through now: Timestamp, grace: Int64) -> Settlement {
        var settlement = Settlement()
        for (index, entry) in entries.enumerated() where entry.delay > 0 && entry.settledThrough < now {
            guard names.contains(task(entry).name) else { continue }
            settle(index, through: now, onTime: now - Int64(entry.delay) - grace, into: &settlement)
        }
        queueAll()
        settlement.sortByInstant()
        return settlement
    }

    private mutating func settle(
        _ index: Int,
        through end: Timestamp,
        onTime: Timestamp,
        into settlement: inout Settlement
    ) {
        let entry = entries[index]
        let task = task(entry)
        let schedule = schedule(entry)
        let account = TickAccount(
            task: task,
            schedule: schedule,
            delay: Int64(entry.delay),
            pause: pauses.isEmpty ? nil : pauses[task.name]
        )
        settlement.requests += account.requests(after: entry.settledThrough, through: end, onTime: onTime)
        settlement.cursors.append(
            ScheduleCursor(taskName: task.name, settledThrough: end, schedule: schedule.fingerprint)
        )
        entries[index].settledThrough = end
    }

    // MARK: Clock steps and pauses

    /// Takes the present as the truth after the clock was far ahead: what was settled beyond it comes again.
    ///
    /// - Returns: the cursors that have moved back.
    package mutating func restart(at now: Timestamp) -> [ScheduleCursor] {
        var cursors: [ScheduleCursor] = []
        for (index, entry) in entries.enumerated() where entry.settledThrough > now {
            entries[index].settledThrough = now
            cursors.append(
                ScheduleCursor(
                    taskName: task(entry).name,
                    settledThrough: now,
                    schedule: schedule(entry).fingerprint
                )
            )
        }
        queueAll()
        return cursors
    }

    /// The latest instant that any task has been settled up to.
    package var settledLast: Timestamp? { entries.lazy.map(\.settledThrough).max() }

    /// Holds the task, or changes until when. What was due before has been settled.
    package mutating func begin(_ pause: TaskPause) {
        pauses[pause.taskName] = pause
    }

    /// Lets the task go again. What was due before has been settled.
    package mutating func endPause(ofTask name: String) {
        pauses[name] = nil
    }

    // MARK: Entries

    func task(_ entry: Entry) -> TaskDefinition {
        catalog.tasks[Int(entry.taskIndex)]
    }

    func schedule(_ entry: Entry) -> TaskSchedule {
        guard let schedule = task(entry).schedule else { preconditionFailure("a task without a schedule was planned") }
        return schedule
    }

    private func next(_ index: Int) -> Due? {
        let entry = entries[index]
        return schedule(entry).schedule.occurrence(after: entry.settledThrough).map {
            Due(at: $0.at + Int64(entry.delay), entryIndex: index)
        }
    }

    private mutating func queueAll() {
        queue = Heap(entries.indices.compactMap(next))
    }
}

/// What a plan that comes from the store begins with.
package struct Opening: Sendable {
    /// The cursors that were set to now: their tasks had none, or an edited schedule, and so missed nothing; or the clock
    /// had been ahead.
    package var cursors: [ScheduleCursor] = []
    /// Up to when the store says that all was settled, where that is too far ahead to be waited for.
    package var settledInTheFuture: Timestamp?

    package init() {}
}

extension SchedulePlan {
    /// The tasks whose pauses are over: they have ended by themselves and hold nothing that is yet to be settled, or their
    /// tasks have left.
    func overPauses(among pauses: [TaskPause], at now: Timestamp) -> Set<String> {
        if pauses.isEmpty { return [] }
        let cursors = Dictionary(
            entries.map { (task($0).name, $0.settledThrough + Int64($0.delay)) },
            uniquingKeysWith: { first, _ in first }
        )
        return Set(
            pauses.filter { pause in
                catalog.task(named: pause.taskName) == nil || !pause.holds(cursors[pause.taskName] ?? now)
            }.map(\.taskName)
        )
    }
}
