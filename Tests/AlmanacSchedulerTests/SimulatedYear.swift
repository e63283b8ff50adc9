import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting

/// A daemon's life in a plan and two dictionaries: it wakes when something is due, dies and starts again, sleeps, is paused,
/// and has its clock set.
struct SimulatedYear {
    /// What became of one task's ticks.
    struct Account {
        var fired = 0
        var missed = 0
        var held = 0
        var dstSkipped = 0
        var catchUps = 0
        /// Firings at an instant that was settled already.
        var firedTwice = 0
        var settledThrough: Timestamp

        static func += (left: inout Account, right: Account) {
            left.fired += right.fired
            left.missed += right.missed
            left.held += right.held
            left.dstSkipped += right.dstSkipped
            left.catchUps += right.catchUps
        }
    }

    struct Ledger {
        var accounts: [Account]

        var total: Account { accounts.reduce(into: Account(settledThrough: .minimum)) { $0 += $1 } }
    }

    let tasks: [TaskDefinition]
    private(set) var ledger: Ledger
    private(set) var restarts = 0
    private(set) var suspends = 0
    private(set) var stepsForward = 0
    private(set) var stepsBack = 0
    private(set) var stepsToTruth = 0

    private let catalog: Catalog
    private let indexes: [String: Int]
    private let grace: Int64 = 60
    private var now: Timestamp
    private var plan: SchedulePlan
    private var cursors: [String: ScheduleCursor] = [:]
    private var pauses: [String: TaskPause] = [:]
    private var random: SeededGenerator
    /// The stretches of the wall clock that were lived through: a new one begins with each step back that is the truth.
    private var stretches: [(from: Timestamp, through: Timestamp)] = []
    private var stretchStart: Timestamp

    init(tasks: [TaskDefinition], from start: Timestamp, seed: UInt64) {
        self.tasks = tasks
        catalog = PlanDriver.catalog(tasks)
        indexes = Dictionary(uniqueKeysWithValues: tasks.enumerated().map { ($1.name, $0) })
        ledger = Ledger(accounts: tasks.map { _ in Account(settledThrough: start) })
        now = start
        stretchStart = start
        random = SeededGenerator(seed: seed)
        let (plan, opening) = SchedulePlan.restored(catalog, cursors: [], now: start, jitterSeed: "year")
        self.plan = plan
        keep(opening.cursors)
    }

    mutating func live(until end: Timestamp) {
        while now < end {
            let event = min(end, now + Int64.random(in: 10_000...80_000, using: &random))
            while let next = plan.nextInstant, next <= event {
                // Now and then it wakes late.
                now = max(now, next + (Int.random(in: 0..<50, using: &random) == 0 ? 40 : 0))
                settle()
            }
            now = max(now, event)
            happen()
        }
        settle()
        stretches.append((stretchStart, max(now, farthest)))
    }

    /// How many ticks of either kind the calendar has for a task in all that was lived through, asked of the calendar
    /// alone. Of a tick that waits for its delay at the end nothing is settled yet.
    func calendar(of task: TaskDefinition) throws -> (firings: Int, dstSkipped: Int) {
        guard let schedule = task.schedule?.schedule else { return (0, 0) }
        let (single, _) = SchedulePlan.restored(
            PlanDriver.catalog([task]),
            cursors: [],
            now: stretchStart,
            jitterSeed: "year"
        )
        let next = schedule.occurrence(after: stretchStart)
        let delay = next.flatMap { next in single.nextInstant?.seconds(since: next.at) } ?? 0
        var count = (firings: 0, dstSkipped: 0)
        for stretch in stretches where stretch.through - delay > stretch.from {
            for occurrence in schedule.occurrences(after: stretch.from, through: stretch.through - delay) {
                switch occurrence.kind {
                case .fire: count.firings += 1
                case .dstSkipped: count.dstSkipped += 1
                }
            }
        }
        return count
    }

    // MARK: What happens

    private mutating func happen() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<58: restart(after: Int64.random(in: 0...90, using: &random))
        case 58..<65: restart(after: Int64.random(in: 90...100_000, using: &random))
        case 65..<71: suspend()
        case 71..<75: stepForward()
        case 75..<79: stepBack(by: Int64.random(in: 1...SchedulePlan.longestWait, using: &random))
        case 79: stepBack(by: Int64.random(in: SchedulePlan.longestWait + 1...200_000, using: &random))
        default: pauseOrResume()
        }
    }

    /// What is not in the dictionaries is lost.
    private mutating func restart(after downtime: Int64) {
        restarts += 1
        now = now + downtime
        let (plan, opening) = SchedulePlan.restored(
            catalog,
            cursors: Array(cursors.values),
            pauses: Array(pauses.values),
            now: now,
            jitterSeed: "year"
        )
        precondition(opening.settledInTheFuture == nil, "a step back that nobody has taken as the truth")
        self.plan = plan
        keep(opening.cursors)
        settle()
    }

    private mutating func suspend() {
        suspends += 1
        now = now + Int64.random(in: 60...70_000, using: &random)
        settle()
    }

    private mutating func stepForward() {
        stepsForward += 1
        now = now + Int64.random(in: 1...20_000, using: &random)
        settle()
    }

    /// Does as the scheduler does on a step back.
    private mutating func stepBack(by seconds: Int64) {
        settle()
        let from = now
        now = now - seconds
        let isFarBehind = plan.settledLast.map { $0.seconds(since: now) > SchedulePlan.longestWait } ?? false
        if ClockStep(from: from, to: now, grace: grace) == .backToTruth || isFarBehind {
            stepsToTruth += 1
            // Small steps back before this one: the farthest that the clock had come is what counts.
            stretches.append((stretchStart, max(from, farthest)))
            stretchStart = now
            farthest = now
            for index in ledger.accounts.indices { ledger.accounts[index].settledThrough = now }
            keep(plan.restart(at: now))
        } else {
            stepsBack += 1
            farthest = max(farthest, from)
        }
        settle()
    }

    private var farthest = Timestamp.minimum

    private mutating func pauseOrResume() {
        settle()
        let name = tasks[Int.random(in: 0..<tasks.count, using: &random)].name
        if let paused = pauses.keys.sorted().randomElement(using: &random), Bool.random(using: &random) {
            pauses[paused] = nil
            plan.endPause(ofTask: paused)
        } else {
            let until = Bool.random(using: &random) ? now + Int64.random(in: 60...2_000_000, using: &random) : nil
            let pause = TaskPause(taskName: name, since: now, until: until)
            pauses[name] = pause
            plan.begin(pause)
        }
    }

    // MARK: The books

    private mutating func keep(_ moved: [ScheduleCursor]) {
        for cursor in moved { cursors[cursor.taskName] = cursor }
    }

    private mutating func settle() {
        let settlement = plan.settle(through: now, grace: grace)
        for request in settlement.requests {
            guard let index = indexes[request.task.name], let at = request.scheduled?.at else {
                preconditionFailure("a request for nothing")
            }
            ledger.accounts[index].enter(request, at)
        }
        keep(settlement.cursors)
        for cursor in settlement.cursors {
            guard let index = indexes[cursor.taskName] else { preconditionFailure("a cursor of nothing") }
            ledger.accounts[index].settledThrough = cursor.settledThrough
        }
    }
}

extension SimulatedYear.Account {
    mutating func enter(_ request: RunRequest, _ at: Timestamp) {
        if at <= settledThrough { firedTwice += 1 }
        switch request.purpose {
        case .execute where request.isCatchUp: catchUps += 1
        case .execute: fired += 1
        case .recordDSTSkipped: dstSkipped += 1
        case .recordMissed(let stretch): missed += stretch.count
        case .recordPaused(let stretch): held += stretch.count
        }
    }
}
