/// Which parts of the daemon have answered when asked whether they are well: what the watchdog decides with, as a pure value.
///
/// The parts are asked all together, once an interval. All is well when each has answered before the next interval begins. If
/// one has not, nothing is asked until it does, and then all are asked again: what took longer is no answer.
package struct WatchdogRounds: Sendable {
    package enum Decision: Sendable, Hashable {
        /// Nothing is to be done.
        case wait
        /// Ask every part.
        case ask
        /// Every part has answered in time.
        case tellThatAllIsWell
        /// These have not answered in time, by their numbers; said once.
        case complain([Int])
    }

    private var isWaitingFor: Set<Int> = []
    private var isLate = false
    private let count: Int

    /// - Parameter count: how many parts there are.
    package init(count: Int) {
        self.count = count
    }

    /// An interval begins.
    package mutating func begin() -> Decision {
        guard !isWaitingFor.isEmpty else { return ask() }
        defer { isLate = true }
        return isLate ? .wait : .complain(isWaitingFor.sorted())
    }

    /// A part has answered the question that it was asked last.
    package mutating func answered(_ part: Int) -> Decision {
        isWaitingFor.remove(part)
        guard isWaitingFor.isEmpty else { return .wait }
        return isLate ? ask() : .tellThatAllIsWell
    }

    private mutating func ask() -> Decision {
        isWaitingFor = Set(0..<count)
        isLate = false
        return .ask
    }
}
