import AlmanacModel
import AlmanacRunProtocol
import Testing

@testable import AlmanacRuns

@Suite("A row says why its run ended, in the words of whoever knows")
struct RunEndTests {
    struct Row: CustomStringConvertible, Sendable {
        var outcome: RunResult.Outcome
        /// What the supervisor has to say.
        var told: String?
        var reason: EndReason
        var message: String?

        var description: String { "\(outcome), told \(told ?? "nothing")" }
    }

    static let rows = [
        Row(outcome: .exited(code: 0), reason: .success),
        Row(outcome: .exited(code: 1), told: "4 bytes are lost", reason: .failed, message: "4 bytes are lost"),
        Row(outcome: .signaled(number: 9), reason: .failed, message: "signal 9 ended the command"),
        Row(outcome: .signaled(number: 9), told: "SIGKILL ended it", reason: .failed, message: "SIGKILL ended it"),
        Row(outcome: .startFailed(message: "no shell"), reason: .startFailed, message: "no shell"),
        Row(outcome: .timedOut, told: "the limit was reached", reason: .timeout, message: "the limit was reached"),
        Row(outcome: .stopped(reason: .stopped), reason: .stopped),
        Row(outcome: .stopped(reason: .stopped), told: "not started", reason: .stopped, message: "not started"),
        Row(outcome: .stopped(reason: .daemonStopped), reason: .daemonStopped),
        Row(outcome: .stopped(reason: .overlapTerminated), reason: .stopped, message: "a newer run took its place"),
        Row(
            outcome: .stopped(reason: .overlapTerminated),
            told: "not started",
            reason: .stopped,
            message: "a newer run took its place; not started"
        ),
    ]

    @Test(arguments: rows)
    func message(_ row: Row) {
        let result = RunResult(
            outcome: row.outcome,
            exitCode: 0,
            startedNanosecondsSinceEpoch: nil,
            endedNanosecondsSinceEpoch: 0,
            message: row.told
        )
        let end = RunEnd(result, successExitCodes: [0])
        #expect(end.reason == row.reason)
        #expect(end.message == row.message)
    }
}
