package import AlmanacModel
package import AlmanacRunProtocol

extension RunEnd {
    /// The end that a supervisor's result tells of.
    ///
    /// - Parameter successExitCodes: the exit codes that count as success.
    package init(_ result: RunResult, successExitCodes: Set<Int32>) {
        let (reason, message): (EndReason, String?) =
            switch result.outcome {
            case .exited(let code): (successExitCodes.contains(code) ? .success : .failed, nil)
            case .signaled(let number): (.failed, result.message ?? "signal \(number) ended the command")
            case .timedOut: (.timeout, nil)
            case .stopped(reason: .daemonStopped): (.daemonStopped, nil)
            case .stopped(reason: .overlapTerminated):
                // The supervisor knows nothing of it, and may have something else to tell.
                (.stopped, ["a newer run took its place", result.message].compactMap(\.self).joined(separator: "; "))
            case .stopped: (.stopped, nil)
            case .startFailed(let message): (.startFailed, result.message ?? message)
            case .logOverflow: (.logOverflow, nil)
            }
        self.init(
            reason: reason,
            exitCode: Int64(result.exitCode),
            at: PreciseTimestamp(nanosecondsSinceEpoch: result.endedNanosecondsSinceEpoch),
            startedAt: result.startedNanosecondsSinceEpoch.map(PreciseTimestamp.init(nanosecondsSinceEpoch:)),
            message: message ?? result.message,
            usage: result.startedNanosecondsSinceEpoch.map { _ in
                ResourceUsage(cpu: .nanoseconds(result.cpuNanoseconds), maxResidentBytes: result.maxRSSBytes)
            }
        )
    }

    /// What is said of a run that the daemon has taken with it.
    static let daemonStoppedMessage = "the daemon was stopped, and its runs with it"

    /// The end of a run that waited when the daemon was stopped, and its runs with it.
    static func daemonStopped(at now: PreciseTimestamp) -> RunEnd {
        .withoutCommand(.daemonStopped, at: now, message: daemonStoppedMessage)
    }

    /// The end of a run whose supervisor is gone without a result.
    static func crashed(at now: PreciseTimestamp, started: RunStarted?, message: String) -> RunEnd {
        RunEnd(
            reason: .crashed,
            exitCode: EndReason.crashedExitCode,
            at: now,
            startedAt: started.map { PreciseTimestamp(nanosecondsSinceEpoch: $0.nanosecondsSinceEpoch) },
            message: message
        )
    }
}
