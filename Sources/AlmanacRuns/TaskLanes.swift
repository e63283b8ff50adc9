package import AlmanacModel
import DequeModule
import HeapModule

/// Which runs of each task are active and which wait, in order: the dispatcher's bookkeeping, as a pure value.
///
/// A run takes its place before its row is committed, so that no other gets it meanwhile, and is started after.
package struct TaskLanes: Sendable {
    /// Where a run has been put.
    package enum Placement: Hashable, Sendable {
        case active
        case waiting
        /// It waits, and that run is to be stopped for it.
        case waitingFor(RunID)
        case turnedAway(EndReason)
    }

    private struct Waiting: Sendable {
        var id: RunID
        var isCommitted: Bool
    }

    private struct Lane: Sendable {
        var maxConcurrent = 1
        var active: Set<RunID> = []
        var waiting = Deque<Waiting>()
        var stopping: Set<RunID> = []

        var isEmpty: Bool { active.isEmpty && waiting.isEmpty }

        /// The run that may start next, as far as its own task is concerned.
        var next: RunID? {
            guard active.count < maxConcurrent, let first = waiting.first, first.isCommitted else { return nil }
            return first.id
        }
    }

    /// A run that waits for a place among all tasks' runs.
    private struct Candidate: Comparable, Sendable {
        var id: RunID
        var task: String

        static func < (left: Candidate, right: Candidate) -> Bool { left.id < right.id }
    }

    private var lanes: [String: Lane] = [:]
    /// How many runs of all tasks may be active; nil for any number.
    private var limit: Int?
    private var activeCount = 0
    /// Kept until they are looked at: some may have gone on since.
    private var candidates = Heap<Candidate>()

    /// - Parameter limit: how many runs of all tasks may be active at a time; nil for any number.
    package init(limit: Int? = nil) {
        self.limit = limit
    }

    /// How many runs of each task are active, and how many wait; only of tasks that have any.
    package var counts: [String: (active: Int, waiting: Int)] {
        lanes.mapValues { ($0.active.count, $0.waiting.count) }
    }

    private var isFull: Bool { limit.map { activeCount >= $0 } ?? false }

    /// Gives a run its place, as the overlap policy of its task has it, and as there is room among all runs.
    package mutating func admit(_ id: RunID, of task: TaskDefinition) -> Placement {
        var lane = lanes[task.name] ?? Lane()
        lane.maxConcurrent = task.maxConcurrent
        defer { lanes[task.name] = lane.isEmpty ? nil : lane }
        let admission = task.onOverlap.admission(
            active: lane.active.count,
            maxConcurrent: task.maxConcurrent,
            waiting: lane.waiting.count,
            queueMax: task.queueMax,
            stopping: lane.stopping.count
        )
        switch admission {
        case .start where !isFull:
            lane.active.insert(id)
            activeCount += 1
            return .active
        case .start, .wait:
            lane.waiting.append(Waiting(id: id, isCommitted: false))
            return .waiting
        case .replaceOldest:
            let oldest = lane.active.union(lane.waiting.map(\.id)).subtracting(lane.stopping).min()
            lane.waiting.append(Waiting(id: id, isCommitted: false))
            guard let oldest else { return .waiting }
            lane.stopping.insert(oldest)
            return .waitingFor(oldest)
        case .turnAway(let reason):
            return .turnedAway(reason)
        }
    }

    /// Takes in a run that an earlier daemon has started.
    package mutating func adopt(_ id: RunID, ofTask name: String, maxConcurrent: Int) {
        lanes[name, default: Lane()].maxConcurrent = maxConcurrent
        if lanes[name]?.active.insert(id).inserted == true { activeCount += 1 }
    }

    /// Takes in a pending run that an earlier daemon has admitted: it is not turned away, however many wait.
    package mutating func readmit(_ id: RunID, of task: TaskDefinition) {
        lanes[task.name, default: Lane()].maxConcurrent = task.maxConcurrent
        lanes[task.name]?.waiting.append(Waiting(id: id, isCommitted: true))
    }

    /// Notes that a waiting run's row stands.
    package mutating func commit(_ id: RunID, ofTask name: String) {
        guard let index = lanes[name]?.waiting.firstIndex(where: { $0.id == id }) else { return }
        lanes[name]?.waiting[index].isCommitted = true
    }

    /// Notes that a run is not to be stopped after all.
    package mutating func spare(_ id: RunID, ofTask name: String) {
        lanes[name]?.stopping.remove(id)
    }

    /// Takes a run out, wherever it is.
    package mutating func remove(_ id: RunID, ofTask name: String) {
        guard var lane = lanes[name] else { return }
        if lane.active.remove(id) != nil { activeCount -= 1 }
        lane.waiting.removeAll { $0.id == id }
        lane.stopping.remove(id)
        lanes[name] = lane.isEmpty ? nil : lane
    }

    /// Moves waiting runs up into free places and answers them: they are to be started.
    ///
    /// Within a task the first in is the first out; where all tasks share a limit, the oldest run goes first.
    ///
    /// - Parameter name: the task in which something has changed.
    package mutating func promote(ofTask name: String) -> [RunID] {
        var promoted: [RunID] = []
        if let id = lanes[name]?.next { candidates.insert(Candidate(id: id, task: name)) }
        while !isFull, let candidate = candidates.popMin() {
            guard var lane = lanes[candidate.task], lane.next == candidate.id else { continue }
            lane.waiting.removeFirst()
            lane.active.insert(candidate.id)
            activeCount += 1
            promoted.append(candidate.id)
            lanes[candidate.task] = lane
            if let id = lane.next { candidates.insert(Candidate(id: id, task: candidate.task)) }
        }
        return promoted
    }

    /// Changes how many runs of all tasks may be active at a time.
    package mutating func setLimit(_ limit: Int?) {
        self.limit = limit
    }

    /// Whether a run has its place.
    package func isActive(_ id: RunID, ofTask name: String) -> Bool {
        lanes[name]?.active.contains(id) ?? false
    }

    /// All tasks that have an active or a waiting run.
    package var taskNames: [String] { lanes.keys.sorted() }

    package func counts(ofTask name: String) -> (active: Int, waiting: Int) {
        (lanes[name]?.active.count ?? 0, lanes[name]?.waiting.count ?? 0)
    }
}
