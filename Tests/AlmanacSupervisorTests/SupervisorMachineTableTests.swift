import AlmanacRunProtocol
import AlmanacSupervisor
import Glibc
import Testing

/// A supervisor's machine in each of its states by each of its events. What the actions lead to over time is in
/// `SupervisorMachineTests`.
@Suite("Every state of a supervised run by every event")
struct SupervisorMachineTableTests {
    typealias Machine = SupervisorMachine
    typealias Event = SupervisorMachine.Event
    typealias Action = SupervisorMachine.Action

    static let second: Int64 = 1_000_000_000
    static let limit: Int64 = 60 * second
    static let request = RunStopRequest(reason: .stopped)

    /// The states, with the command alive or reaped where both can be, and the way to each of them.
    enum State: String, CaseIterable {
        case running, stopping, stoppingAfterCommand, leaving, awaiting, clearing, killing, killingAfterCommand, over

        var way: [(Int64, Event)] {
            let ended = Event.commandEnded(.exited(code: 0), descendantsRemain: true)
            return switch self {
            case .running: []
            case .stopping: [(0, .stopRequested(request))]
            case .stoppingAfterCommand: [(0, .stopRequested(request)), (0, ended)]
            case .leaving, .awaiting: [(0, ended)]
            case .clearing: [(0, ended), (second, .timePassed)]
            case .killing: [(0, .stopRequested(request)), (6 * second, .timePassed)]
            case .killingAfterCommand: [(0, ended), (second, .timePassed), (7 * second, .timePassed)]
            case .over: [(0, .commandEnded(.exited(code: 0), descendantsRemain: false))]
            }
        }

        func machine() -> Machine {
            var spec = SupervisorMachineTests.spec(timeout: limit / 1_000_000)
            if self == .awaiting { spec.descendants = .await }
            var machine = Machine(spec: spec, now: 0)
            for (time, event) in way { _ = machine.handle(event, at: time) }
            return machine
        }
    }

    enum Input: String, CaseIterable {
        case commandEndsLast, commandLeavesDescendants, allGone, stop, logFull, early, deadline

        func event() -> Event {
            switch self {
            case .commandEndsLast: .commandEnded(.exited(code: 0), descendantsRemain: false)
            case .commandLeavesDescendants: .commandEnded(.exited(code: 0), descendantsRemain: true)
            case .allGone: .allGone
            case .stop: .stopRequested(request)
            case .logFull: .logFull
            case .early, .deadline: .timePassed
            }
        }
    }

    /// What an event does.
    enum Effect: Equatable {
        /// Nothing, and the deadline stays as it was.
        case ignored
        /// It cannot happen, and is trapped.
        case impossible
        /// The command's group is asked to end, and has the grace for it.
        case asksGroup
        /// All that is left is asked to end.
        case asksAll
        /// All that is left is killed.
        case kills
        /// Nothing is sent, and what the command left behind has a moment to go.
        case waits
        case finishes
    }

    /// A row for each state, in the order of `Input`.
    static let table: [(State, [Effect])] = [
        // commandEndsLast, commandLeavesDescendants, allGone, stop, logFull, early, deadline
        (.running, [.finishes, .waits, .impossible, .asksGroup, .asksGroup, .ignored, .asksGroup]),
        (.stopping, [.finishes, .asksAll, .impossible, .ignored, .ignored, .ignored, .kills]),
        (.stoppingAfterCommand, [.impossible, .impossible, .finishes, .ignored, .ignored, .ignored, .kills]),
        (.leaving, [.impossible, .impossible, .finishes, .ignored, .ignored, .ignored, .asksAll]),
        (.awaiting, [.impossible, .impossible, .finishes, .asksAll, .asksAll, .ignored, .asksAll]),
        (.clearing, [.impossible, .impossible, .finishes, .ignored, .ignored, .ignored, .kills]),
        (.killing, [.finishes, .kills, .impossible, .ignored, .ignored, .ignored, .kills]),
        (.killingAfterCommand, [.impossible, .impossible, .finishes, .ignored, .ignored, .ignored, .kills]),
        (.over, [.impossible, .impossible, .ignored, .ignored, .ignored, .ignored, .ignored]),
    ]

    struct Row: Sendable, CustomTestStringConvertible {
        var state: State
        var input: Input
        var effect: Effect

        var testDescription: String { "\(state) \(input): \(effect)" }
    }

    static let rows: [Row] = table.flatMap { state, effects in
        zip(Input.allCases, effects).map { Row(state: state, input: $0, effect: $1) }
    }

    @Test("The table has every pair")
    func complete() {
        #expect(Self.table.map(\.0) == State.allCases)
        #expect(Self.rows.count == State.allCases.count * Input.allCases.count)
    }

    @Test("What can happen", arguments: rows.filter { $0.effect != .impossible })
    func possible(_ row: Row) {
        var machine = row.state.machine()
        let before = machine.deadline
        // A state without a deadline has no time that would be too late.
        let time = row.input == .deadline ? before ?? Self.limit : (before ?? Self.limit) - 1
        let actions = machine.handle(row.input.event(), at: time)
        let signals = actions.compactMap { action -> Int32? in
            switch action {
            case .signalGroup(let signal), .signalAll(let signal): signal
            case .report, .tellCommandEnd, .finish: nil
            }
        }
        let groupIsAsked = actions.contains(.signalGroup(SIGTERM))
        switch row.effect {
        case .ignored:
            #expect(actions == [])
            #expect(machine.deadline == before)
        case .impossible:
            Issue.record("it did not trap")
        case .waits:
            #expect(actions == [])
            #expect(machine.deadline == time + Machine.leavingNanoseconds)
        case .asksGroup:
            #expect(groupIsAsked && signals == [SIGTERM, SIGCONT])
            #expect(machine.deadline == time + 5 * Self.second)
        case .asksAll:
            #expect(!groupIsAsked && signals == [SIGTERM, SIGCONT])
            #expect(machine.deadline != nil)
        case .kills:
            #expect(!signals.isEmpty && signals.allSatisfy { $0 == SIGKILL })
            #expect(actions.contains(.signalAll(SIGKILL)))
            #expect(machine.deadline != nil)
        case .finishes:
            guard case .finish = actions.last, actions.count == 1 else {
                Issue.record("it goes on: \(actions)")
                return
            }
            #expect(machine.deadline == nil)
            #expect(machine.handle(.allGone, at: time) == [])
        }
    }

    @Test("What cannot happen is trapped", arguments: rows.filter { $0.effect == .impossible })
    func impossible(_ row: Row) async {
        await #expect(processExitsWith: .failure) {
            [state = row.state.rawValue as String, input = row.input.rawValue as String] in
            guard let state = State(rawValue: state), let input = Input(rawValue: input) else { return }
            var machine = state.machine()
            _ = machine.handle(input.event(), at: SupervisorMachineTableTests.limit - 1)
        }
    }
}
