import AlmanacModel
import HeapModule

/// When the first run of each task will have been kept for its `keep_for`.
struct ExpiryTimes: Sendable {
    private struct Entry: Comparable, Sendable {
        var time: PreciseTimestamp
        var task: String

        static func < (left: Entry, right: Entry) -> Bool { (left.time, left.task) < (right.time, right.task) }
    }

    private var times: [String: PreciseTimestamp] = [:]
    /// Some entries may have been overtaken: those that say otherwise than `times`.
    private var entries = Heap<Entry>()

    /// The first time of all; nil where nothing expires.
    mutating func first() -> PreciseTimestamp? {
        while let entry = entries.min, times[entry.task] != entry.time { entries.removeMin() }
        return entries.min?.time
    }

    func isKnown(_ task: String) -> Bool { times[task] != nil }

    mutating func set(_ time: PreciseTimestamp?, for task: String) {
        guard times[task] != time else { return }
        times[task] = time
        if let time { entries.insert(Entry(time: time, task: task)) }
    }

    /// Takes out the tasks whose time has come.
    mutating func removeDue(at now: PreciseTimestamp) -> [String] {
        var due: [String] = []
        while let first = first(), first <= now, let entry = entries.popMin() {
            times[entry.task] = nil
            due.append(entry.task)
        }
        return due
    }

    mutating func removeAll() {
        self = ExpiryTimes()
    }
}
