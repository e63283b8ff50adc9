package import AlmanacCalendar
package import AlmanacModel
import Synchronization

/// Clocks that stand still until a test moves them.
package final class ManualClock: WallClock, UptimeClock {
    private struct State {
        var now: PreciseTimestamp
        var uptime = Uptime(total: .zero, awake: .zero)

        mutating func advance(to time: PreciseTimestamp) -> Duration {
            let passed = time.duration(since: now)
            precondition(passed >= .zero, "time does not pass backwards: set the clock instead")
            now = time
            uptime.total += passed
            return passed
        }
    }

    private let state: Mutex<State>

    /// - Parameter text: RFC 3339.
    package init(_ text: String) {
        state = Mutex(State(now: PreciseTimestamp(Timestamp(text))))
    }

    package var now: PreciseTimestamp {
        state.withLock { $0.now }
    }

    package var uptime: Uptime {
        state.withLock { $0.uptime }
    }

    /// Sets the wall clock, and no time passes.
    package func set(_ text: String) {
        state.withLock { $0.now = PreciseTimestamp(Timestamp(text)) }
    }

    /// Lets time pass until the wall clock shows this.
    package func pass(until text: String) {
        state.withLock { state in
            let passed = state.advance(to: PreciseTimestamp(Timestamp(text)))
            state.uptime.awake += passed
        }
    }

    /// Lets time pass in suspend until the wall clock shows this.
    package func sleep(until text: String) {
        state.withLock { state in
            _ = state.advance(to: PreciseTimestamp(Timestamp(text)))
        }
    }
}

extension Timestamp {
    /// A timestamp that a test writes out; a text that is not RFC 3339 is a mistake in the test.
    package init(_ text: String) {
        guard let timestamp = Timestamp(rfc3339: text) else { preconditionFailure("\(text) is not RFC 3339") }
        self = timestamp
    }
}
