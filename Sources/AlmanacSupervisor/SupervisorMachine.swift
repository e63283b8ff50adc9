package import AlmanacRunProtocol
import Glibc

/// How the command's own process ended, as wait(2) tells it.
package enum CommandStatus: Hashable, Sendable {
    case exited(code: Int32)
    case signaled(number: Int32)

    /// The exit code that a shell would give: 128 + n for signal n.
    package var exitCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    }
}

/// Decides when a run's command is asked to end, when it is killed, and when the run is over.
///
/// It is a value without clock or processes: `handle` takes what happened and gives what is to be done. All times are nanoseconds of CLOCK_MONOTONIC.
///
///     running ──▶ stopping ──▶ killing ──▶ over       time limit, request, full log
///     running ──▶ leaving ──▶ clearing ──▶ killing ──▶ over       the command ended and left processes behind
///     running ──▶ awaiting ──▶ stopping ──▶ killing ──▶ over      the same where the run goes on with them
///
/// From every state the end of the last process leads to `over`.
package struct SupervisorMachine: Sendable {
    package enum Event: Hashable, Sendable {
        /// The command's own process has ended and been reaped.
        case commandEnded(CommandStatus, descendantsRemain: Bool)
        /// No process of the run is left.
        case allGone
        case stopRequested(RunStopRequest)
        /// The log is full, and its policy is to end the run.
        case logFull
        /// Time has passed; it means something only at or after `deadline`.
        case timePassed
    }

    package enum Action: Hashable, Sendable {
        /// Send a signal to the command's process group. Comes only before `commandEnded`, while nobody else can have the group's number.
        case signalGroup(Int32)
        /// Send a signal to every process of the run, wherever it hides.
        case signalAll(Int32)
        /// Tell it in the log.
        case report(String)
        /// Make known that the command has ended, while the run goes on.
        case tellCommandEnd
        /// The run is over.
        case finish(Ending)
    }

    /// What the machine contributes to the result.
    package struct Ending: Hashable, Sendable {
        package var outcome: RunResult.Outcome
        package var exitCode: Int32
        package var endedDescendants: Bool
        package var killed: Bool
        package var message: String?

        package init(
            outcome: RunResult.Outcome,
            exitCode: Int32,
            endedDescendants: Bool,
            killed: Bool,
            message: String?
        ) {
            self.outcome = outcome
            self.exitCode = exitCode
            self.endedDescendants = endedDescendants
            self.killed = killed
            self.message = message
        }
    }

    /// Why the supervisor itself ends the run.
    private enum Cause: Hashable {
        case timeLimit
        case request(RunStopRequest)
        case logFull
    }

    private enum State: Hashable {
        /// The command runs; the deadline is its time limit.
        case running
        /// The command's group was asked to end; the deadline is when it is killed.
        case stopping
        /// The command has ended and its descendants have a moment to do the same; the deadline is when they are asked to.
        case leaving
        /// The command has ended and the run goes on with its descendants; the deadline is still the run's time limit.
        case awaiting
        /// The descendants were asked to end; the deadline is when they are killed.
        case clearing
        /// SIGKILL was sent; the deadline is when it is sent again, to those that were born meanwhile.
        case killing(interval: Int64)
        case over
    }

    /// How long descendants may outlive the command before they are asked to end: a `tee` at the end of a pipe still has to write.
    package static let leavingNanoseconds: Int64 = 100_000_000
    /// The first and the longest time between two rounds of SIGKILL.
    package static let killIntervalNanoseconds: (first: Int64, longest: Int64) = (10_000_000, 1_000_000_000)

    private let timeoutMilliseconds: Int64?
    private let stopSignal: Int32
    private let gracePeriodMilliseconds: Int64
    private let descendants: RunSpec.Descendants

    private var state = State.running
    private var cause: Cause?
    private var status: CommandStatus?
    private var endedDescendants = false
    private var killed = false

    /// When `timePassed` is due; nil while nothing waits for a time.
    package private(set) var deadline: Int64?

    /// Begins with a command that was started at `now`.
    package init(spec: RunSpec, now: Int64) {
        timeoutMilliseconds = spec.timeoutMilliseconds
        stopSignal = spec.stopSignal
        gracePeriodMilliseconds = spec.gracePeriodMilliseconds
        descendants = spec.descendants
        deadline = spec.timeoutMilliseconds.map { now.advanced(byMilliseconds: $0) }
    }

    package mutating func handle(_ event: Event, at now: Int64) -> [Action] {
        switch event {
        case .commandEnded(let status, let descendantsRemain):
            commandEnded(status, descendantsRemain: descendantsRemain, at: now)
        case .allGone:
            allGone()
        case .stopRequested(let request):
            end(for: .request(request), at: now)
        case .logFull:
            end(for: .logFull, at: now)
        case .timePassed:
            timePassed(at: now)
        }
    }

    private mutating func commandEnded(_ status: CommandStatus, descendantsRemain: Bool, at now: Int64) -> [Action] {
        precondition(self.status == nil, "a command ends once")
        self.status = status
        guard descendantsRemain else { return allGone() }
        switch state {
        case .running:
            switch descendants {
            case .end:
                state = .leaving
                deadline = now + Self.leavingNanoseconds
            case .await:
                state = .awaiting
                return [.report(CommandEndNotice(exitCode: status.exitCode).text), .tellCommandEnd]
            case .leave:
                return allGone()
            }
            return []
        case .stopping:
            // Those that left the group have not been asked yet. The grace goes on.
            return [.signalAll(SIGTERM), .signalAll(SIGCONT)]
        case .killing:
            return [.signalAll(SIGKILL)]
        case .leaving, .awaiting, .clearing, .over:
            preconditionFailure("descendants are cleared only once the command has ended")
        }
    }

    private mutating func allGone() -> [Action] {
        guard let status else { preconditionFailure("the command is among those that are gone") }
        guard state != .over else { return [] }
        state = .over
        deadline = nil
        return [.finish(ending(status))]
    }

    private mutating func end(for cause: Cause, at now: Int64) -> [Action] {
        // The first cause counts; a command that ended by itself keeps its own end, unless the run goes on after it.
        guard state == .running || state == .awaiting else { return [] }
        self.cause = cause
        guard gracePeriodMilliseconds > 0, stopSignal != SIGKILL else {
            return [.report("\(reportPrefix(cause)): sending SIGKILL")] + kill(at: now)
        }
        state = .stopping
        deadline = now.advanced(byMilliseconds: gracePeriodMilliseconds)
        return [
            .report("\(reportPrefix(cause)): sending \(signalName(stopSignal))"),
            status == nil ? .signalGroup(stopSignal) : .signalAll(stopSignal),
            // A stopped process gets its signals only once it goes on.
            status == nil ? .signalGroup(SIGCONT) : .signalAll(SIGCONT),
        ]
    }

    private mutating func timePassed(at now: Int64) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        switch state {
        case .running, .awaiting:
            return end(for: .timeLimit, at: now)
        case .stopping, .clearing:
            return [.report("still running after \(durationText(gracePeriodMilliseconds)): sending SIGKILL")]
                + kill(at: now)
        case .leaving:
            endedDescendants = true
            guard gracePeriodMilliseconds > 0 else {
                return [.report("the command has ended and left processes behind: sending SIGKILL")] + kill(at: now)
            }
            state = .clearing
            self.deadline = now.advanced(byMilliseconds: gracePeriodMilliseconds)
            return [
                .report("the command has ended and left processes behind: sending SIGTERM"),
                .signalAll(SIGTERM), .signalAll(SIGCONT),
            ]
        case .killing(let interval):
            state = .killing(interval: min(interval * 2, Self.killIntervalNanoseconds.longest))
            self.deadline = now + interval
            return status == nil ? [.signalGroup(SIGKILL), .signalAll(SIGKILL)] : [.signalAll(SIGKILL)]
        case .over:
            return []
        }
    }

    private mutating func kill(at now: Int64) -> [Action] {
        killed = true
        state = .killing(interval: Self.killIntervalNanoseconds.first * 2)
        deadline = now + Self.killIntervalNanoseconds.first
        return status == nil ? [.signalGroup(SIGKILL), .signalAll(SIGKILL)] : [.signalAll(SIGKILL)]
    }

    // MARK: Words

    private func ending(_ status: CommandStatus) -> Ending {
        let outcome: RunResult.Outcome
        var message: String?
        switch cause {
        case .timeLimit:
            outcome = .timedOut
            message = "the time limit of \(durationText(timeoutMilliseconds ?? 0)) was reached"
        case .request(let request):
            outcome = .stopped(reason: request.reason)
            message = request.message
        case .logFull:
            outcome = .logOverflow
            message = "the output was larger than the log may be"
        case nil:
            switch status {
            case .exited(let code):
                outcome = .exited(code: code)
            case .signaled(let number):
                outcome = .signaled(number: number)
                message = "\(signalName(number)) ended the command"
            }
            if endedDescendants {
                let end = killed ? "killed" : "ended"
                message = sentences(message, "the processes that the command left behind were \(end)")
            }
        }
        return Ending(
            outcome: outcome,
            exitCode: status.exitCode,
            endedDescendants: endedDescendants,
            killed: killed,
            message: message
        )
    }

    private func reportPrefix(_ cause: Cause) -> String {
        switch cause {
        case .timeLimit: "the time limit of \(durationText(timeoutMilliseconds ?? 0)) is reached"
        case .request(let request): "asked to stop (\(request.reason.rawValue))"
        case .logFull: "the log is full"
        }
    }
}

extension Int64 {
    /// This many nanoseconds and `milliseconds`; the last instant there is where that is later.
    fileprivate func advanced(byMilliseconds milliseconds: Int64) -> Int64 {
        let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, overflowOfSum) = addingReportingOverflow(nanoseconds)
        return overflow || overflowOfSum ? .max : sum
    }
}
