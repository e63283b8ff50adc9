/// Why a run has ended. The raw values are those of the API and of the store.
package enum EndReason: String, Sendable, CaseIterable {
    /// The command exited with a code that counts as success.
    case success
    /// The command exited with another code, or a signal ended it.
    case failed
    /// Somebody asked for it to end.
    case stopped
    /// The time limit ended it.
    case timeout
    /// Its supervisor or the machine went away before it could write a result.
    case crashed
    /// The overlap policy or a pause turned it away.
    case skipped
    /// Its output went over the limit, and the policy was to end it then.
    case logOverflow = "log_overflow"
    /// It was due while the task's queue was full.
    case queueFull = "queue_full"
    /// A clock change took its tick away.
    case dstSkipped = "dst_skipped"
    /// The daemon was told to take its runs down with it.
    case daemonStopped = "daemon_stopped"
    /// Nobody was there when it was due.
    case missed
    /// The command could not be started.
    case startFailed = "start_failed"

    /// Whether a run ends so only before it is started: it was turned away, or nobody meant to start it.
    package var precludesStart: Bool {
        switch self {
        case .skipped, .queueFull, .dstSkipped, .missed: true
        case .success, .failed, .stopped, .timeout, .crashed, .logOverflow, .daemonStopped, .startFailed: false
        }
    }

    /// Whether the command did not do what it was started for, and nobody meant it to end so.
    package var isFailure: Bool {
        switch self {
        case .failed, .timeout, .crashed, .logOverflow, .startFailed: true
        case .success, .stopped, .skipped, .queueFull, .dstSkipped, .daemonStopped, .missed: false
        }
    }

    /// The exit code of a run for which no command ran.
    package static let noCommandExitCode: Int64 = -1

    /// The exit code of a run whose command's own is not known.
    package static let crashedExitCode: Int64 = -2
}
