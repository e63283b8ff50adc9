import AlmanacCalendar
import AlmanacModel
import Testing

@Suite("A run's state goes from pending to running to ended, and never back")
struct RunStateTests {
    struct Row: CustomTestStringConvertible {
        var from: RunState
        var event: RunEvent
        /// Nil where the event is illegal.
        var to: RunState?

        var testDescription: String { "\(from.phase) \(event) \(to == nil ? "is refused" : "is taken")" }
    }

    static let start = PreciseTimestamp(nanosecondsSinceEpoch: 1_000)
    static let later = PreciseTimestamp(nanosecondsSinceEpoch: 2_000)
    static let success = RunEnd(reason: .success, exitCode: 0, at: later)

    static let rows: [Row] = [
        Row(from: .pending, event: .started(at: start), to: .running(startedAt: start)),
        Row(from: .pending, event: .ended(success), to: .ended(success)),
        Row(
            from: .running(startedAt: start),
            event: .ended(success),
            to: .ended(RunEnd(reason: .success, exitCode: 0, at: later, startedAt: start))
        ),
        Row(from: .running(startedAt: start), event: .started(at: later), to: nil),
        Row(from: .ended(success), event: .started(at: later), to: nil),
        Row(from: .ended(success), event: .ended(RunEnd(reason: .failed, exitCode: 1, at: later)), to: nil),
    ]

    @Test("Every state by every event", arguments: rows)
    func everyPair(_ row: Row) {
        var state = row.from
        #expect(state.handle(row.event) == (row.to != nil))
        #expect(state == row.to ?? row.from)
    }

    @Test("The table has every pair of a phase and a kind of event")
    func complete() {
        let pairs = Set(
            Self.rows.map { row in
                if case .started = row.event { "\(row.from.phase) started" } else { "\(row.from.phase) ended" }
            }
        )
        #expect(pairs.count == RunState.Phase.allCases.count * 2)
    }

    @Test("The supervisor's own start time counts more than the daemon's")
    func startTimeOfTheEnd() {
        var state = RunState.running(startedAt: Self.later)
        state.handle(.ended(RunEnd(reason: .failed, exitCode: 1, at: Self.later, startedAt: Self.start)))
        #expect(state.startedAt == Self.start)
    }
}
