package import AlmanacModel

extension MailSettings.Occasion {
    /// Whether an end is told of.
    ///
    /// A command that could not be started is told of whatever the occasion: cron has its shell's complaint as output.
    ///
    /// - Parameters:
    ///   - hasStarted: whether there was a command.
    ///   - hasOutput: whether it has printed something.
    package func includes(_ reason: EndReason, hasStarted: Bool, hasOutput: Bool) -> Bool {
        if reason == .startFailed { return true }
        guard hasStarted, !reason.precludesStart else { return false }
        return switch self {
        case .always: true
        case .output: hasOutput
        case .failure: reason.isFailure
        }
    }
}

extension EndReason {
    /// Whether something has gone wrong: not for a run that somebody, or the daemon's own end, has stopped.
    fileprivate var isFailure: Bool {
        switch self {
        case .failed, .timeout, .crashed, .logOverflow, .startFailed: true
        case .success, .stopped, .daemonStopped, .skipped, .queueFull, .dstSkipped, .missed: false
        }
    }
}
