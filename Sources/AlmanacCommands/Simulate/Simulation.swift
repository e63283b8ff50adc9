import AlmanacCalendar

/// Everything that a set of schedules does in a window of time, in order.
///
/// Occurrences are found one by one and nothing is collected, so that a window may hold any number of them.
struct Simulation {
    struct Task {
        let name: String
        let schedule: Schedule
    }

    /// In the order that decides at one instant.
    let tasks: [Task]

    /// Exclusive.
    let from: Timestamp

    /// Inclusive.
    let until: Timestamp

    /// Calls the body with each occurrence and the index of its task: ordered by instant, then by task; a task's own as the calendar
    /// orders them.
    func run<Failure: Error>(_ body: (Int, Occurrence) throws(Failure) -> Void) throws(Failure) {
        var walks = tasks.map { $0.schedule.occurrences(after: from, through: until) }
        var heap: [Next] = []
        for index in walks.indices {
            if let occurrence = walks[index].next() { heap.append(Next(occurrence: occurrence, task: index)) }
        }
        // Sorted is a heap already.
        heap.sort { $0.isBefore($1) }

        while let top = heap.first {
            try body(top.task, top.occurrence)
            if let occurrence = walks[top.task].next() {
                heap[0] = Next(occurrence: occurrence, task: top.task)
            } else {
                heap[0] = heap[heap.count - 1]
                heap.removeLast()
            }
            Self.siftDown(&heap)
        }
    }

    /// The occurrence that a task has next.
    private struct Next {
        let occurrence: Occurrence
        let task: Int

        @inline(__always)
        func isBefore(_ other: Next) -> Bool {
            let (left, right) = (occurrence.at.secondsSinceEpoch, other.occurrence.at.secondsSinceEpoch)
            return left != right ? left < right : task < other.task
        }
    }

    /// Moves the first entry down to where it belongs.
    private static func siftDown(_ heap: inout [Next]) {
        guard let entry = heap.first else { return }
        var hole = 0
        while true {
            var child = 2 * hole + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(entry) else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = entry
    }
}
