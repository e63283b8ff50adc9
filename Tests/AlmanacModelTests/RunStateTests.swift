import AlmanacCalendar
import AlmanacModel
import Testing

@Suite("A run's state goes from pending to running to ended, and never back")
struct RunStateTests {
    /// What an event does in each phase: the phase that it leads to, or nil where it is refused.
    struct Row: CustomTestStringConvertible {
        var event: String
        var pending: RunState.Phase?
        var running: RunState.Phase?
        var ended: RunState.Phase?

        var testDescription: String { event }

        init(_ event: String, pending: RunState.Phase?, running: RunState.Phase?, ended: RunState.Phase?) {
            self.event = event
            self.pending = pending
            self.running = running
            self.ended = ended
        }

        func target(from phase: RunState.Phase) -> RunState.Phase? {
            switch phase {
            case .pending: pending
            case .running: running
            case .ended: ended
            }
        }
    }

    static let table: [Row] = [
        Row("started", pending: .running, running: nil, ended: nil),
        // A daemon that comes back may hear of the start and of the end at once, so these come from pending too.
        Row("success", pending: .ended, running: .ended, ended: nil),
        Row("failed", pending: .ended, running: .ended, ended: nil),
        Row("timeout", pending: .ended, running: .ended, ended: nil),
        Row("crashed", pending: .ended, running: .ended, ended: nil),
        Row("log_overflow", pending: .ended, running: .ended, ended: nil),
        // While it waits, or while it runs.
        Row("stopped", pending: .ended, running: .ended, ended: nil),
        Row("daemon_stopped", pending: .ended, running: .ended, ended: nil),
        // Its supervisor is there before the command is, and may come to nothing.
        Row("start_failed", pending: .ended, running: .ended, ended: nil),
        // What has been started was neither turned away nor passed over.
        Row("skipped", pending: .ended, running: nil, ended: nil),
        Row("queue_full", pending: .ended, running: nil, ended: nil),
        Row("dst_skipped", pending: .ended, running: nil, ended: nil),
        Row("missed", pending: .ended, running: nil, ended: nil),
    ]

    static let start = PreciseTimestamp(nanosecondsSinceEpoch: 1_000)
    static let later = PreciseTimestamp(nanosecondsSinceEpoch: 2_000)

    static func end(_ reason: EndReason) -> RunEnd {
        RunEnd(reason: reason, exitCode: 3, at: later, message: "\(reason)")
    }

    static let events: [RunEvent] = [.started(at: later)] + EndReason.allCases.map { .ended(end($0)) }

    /// Every state there is: an ended run by each of the reasons, with and without a start.
    static let states: [RunState] =
        [.pending, .running(startedAt: start)]
        + EndReason.allCases.flatMap { reason -> [RunState] in
            var started = end(reason)
            started.startedAt = start
            return [.ended(end(reason)), .ended(started)]
        }

    @Test("The table has a row for every event there is, and no other")
    func complete() {
        #expect(Self.table.map(\.event).sorted() == Self.events.map(\.name).sorted())
        #expect(Set(Self.states.map(\.phase)) == Set(RunState.Phase.allCases))
    }

    @Test("Every state by every event: what is illegal changes nothing", arguments: states)
    func everyPair(_ from: RunState) throws {
        for event in Self.events {
            let row = try #require(Self.table.first { $0.event == event.name })
            let target = row.target(from: from.phase)
            var state = from
            let isTaken = state.handle(event)
            #expect(isTaken == (target != nil), "\(from.phase) \(event.name)")
            #expect(state == (isTaken ? expected(from, event) : from), "\(from.phase) \(event.name)")
            #expect(state.phase == target ?? from.phase, "\(from.phase) \(event.name)")
        }
    }

    /// What a legal event makes of a state, field by field.
    private func expected(_ from: RunState, _ event: RunEvent) -> RunState {
        switch event {
        case .started(let at): return .running(startedAt: at)
        case .ended(var end):
            if case .running(let startedAt) = from { end.startedAt = startedAt }
            return .ended(end)
        }
    }

    @Test("The supervisor's own start time counts more than the daemon's")
    func startTimeOfTheEnd() {
        var state = RunState.running(startedAt: Self.later)
        state.handle(.ended(RunEnd(reason: .failed, exitCode: 1, at: Self.later, startedAt: Self.start)))
        #expect(state.startedAt == Self.start)
    }
}
