import AlmanacCalendar

/// What a simulation comes to: how often each task fires, and the minutes in which most of them do.
struct SimulationTally {
    /// How many occurrences of either kind.
    struct Count: Equatable {
        var fired = 0
        var skipped = 0
    }

    /// A minute of UTC and how many firings begin in it.
    struct BusyMinute: Equatable {
        let start: Timestamp
        let fired: Int
    }

    /// By the index of the task.
    private(set) var counts: [Count]

    /// How many minutes are kept.
    static let busyMinuteCount = 5

    private var busiest: [BusyMinute] = []
    private var minute: Int64 = 0
    private var firedInMinute = 0

    init(taskCount: Int) {
        counts = Array(repeating: Count(), count: taskCount)
    }

    var total: Count {
        counts.reduce(into: Count()) { total, count in
            total.fired += count.fired
            total.skipped += count.skipped
        }
    }

    /// The busiest minutes in which more than one firing begins, busiest first, the earlier first among equals.
    var busyMinutes: [BusyMinute] {
        var all = self
        all.closeMinute()
        return all.busiest.filter { $0.fired > 1 }
    }

    /// Takes the next occurrence, which is never earlier than the one before.
    @inline(__always)
    mutating func add(_ occurrence: Occurrence, ofTask task: Int) {
        guard occurrence.kind == .fire else {
            counts[task].skipped += 1
            return
        }
        counts[task].fired += 1
        let seconds = occurrence.at.secondsSinceEpoch
        if firedInMinute == 0 || seconds >= minute + 60 {
            closeMinute()
            minute = seconds - ((seconds % 60) + 60) % 60
            firedInMinute = 0
        }
        firedInMinute += 1
    }

    private mutating func closeMinute() {
        guard firedInMinute > 0 else { return }
        if busiest.count == Self.busyMinuteCount, busiest[busiest.count - 1].fired >= firedInMinute { return }
        let place = busiest.firstIndex { $0.fired < firedInMinute } ?? busiest.count
        busiest.insert(BusyMinute(start: Timestamp(secondsSinceEpoch: minute), fired: firedInMinute), at: place)
        if busiest.count > Self.busyMinuteCount { busiest.removeLast() }
    }
}
