package import AlmanacModel

/// What a moment brings: the runs to make, oldest tick first, and the cursors to move with them.
package struct Settlement: Sendable {
    package var requests: [RunRequest] = []
    package var cursors: [ScheduleCursor] = []

    package var isEmpty: Bool { requests.isEmpty && cursors.isEmpty }

    /// How many firings nobody was there for, of how many tasks.
    package var missed: (firings: Int, tasks: Int) {
        requests.reduce(into: (0, 0)) { sum, request in
            guard case .recordMissed(let stretch) = request.purpose else { return }
            sum.0 += stretch.count
            sum.1 += 1
        }
    }

    mutating func sortByInstant() {
        // Swift's sort is stable: what a task brings at one instant keeps its order.
        requests.sort { left, right in
            guard let leftAt = left.scheduled?.at, let rightAt = right.scheduled?.at else { return false }
            return (leftAt, left.task.name) < (rightAt, right.task.name)
        }
    }
}
