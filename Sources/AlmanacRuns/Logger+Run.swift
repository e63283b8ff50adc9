import AlmanacModel
import Logging

extension Logger {
    /// Logs a piece of a run's story, with all that it can be searched by.
    func log(
        _ event: LoggedEvent,
        of run: Run,
        _ level: Level,
        _ text: @autoclosure () -> String,
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) {
        log(
            level: level,
            "\(run.taskName) run \(run.id): \(text())",
            metadata: Self.metadata(event, run),
            file: file,
            function: function,
            line: line
        )
    }

    /// Logs the end of a run.
    func logEnd(
        of run: Run,
        _ end: RunEnd,
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) {
        var text = end.reason.rawValue
        if end.exitCode != EndReason.noCommandExitCode { text += ", exit code \(end.exitCode)" }
        if let duration = end.duration { text += ", after \(duration.secondsText) s" }
        if let message = end.message { text += ", \(message)" }
        // The row of a pause comes by with each firing that it holds.
        let level = run.accountsForPause ? .debug : end.reason.logLevel
        log(end.reason.event, of: run, level, text, file: file, function: function, line: line)
    }

    private static func metadata(_ event: LoggedEvent, _ run: Run) -> Metadata {
        var metadata: Metadata = [
            "event": "\(event)",
            "task": "\(run.taskName)",
            "run_id": "\(run.id)",
            "trigger": "\(run.trigger.rawValue)",
        ]
        if let scheduled = run.scheduled { metadata["scheduled_at"] = "\(scheduled.at)" }
        if let other = run.retryOf { metadata["retry_of"] = "\(other)" }
        if let missed = run.missed { metadata["count"] = "\(missed.count)" }
        if let end = run.state.end {
            metadata["end_reason"] = "\(end.reason.rawValue)"
            metadata["exit_code"] = "\(end.exitCode)"
            if let duration = end.duration { metadata["duration_usec"] = "\(duration.microseconds)" }
        }
        return metadata
    }
}

extension EndReason {
    /// How loudly an end is told of: by what somebody should do about it.
    var logLevel: Logger.Level {
        switch self {
        case .success, .skipped, .dstSkipped: .info
        case .stopped, .daemonStopped: .notice
        case .failed, .timeout, .logOverflow, .queueFull, .missed: .warning
        case .crashed, .startFailed: .error
        }
    }
}

extension RunEnd {
    /// From the command's start to the end, by the wall clock; nil where no command ran.
    fileprivate var duration: Duration? {
        guard let startedAt else { return nil }
        // Both come from a file that may say anything.
        let (nanoseconds, overflow) = at.nanosecondsSinceEpoch
            .subtractingReportingOverflow(startedAt.nanosecondsSinceEpoch)
        return overflow || nanoseconds < 0 ? .zero : .nanoseconds(nanoseconds)
    }
}

extension Duration {
    fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }

    /// Seconds with three decimals.
    fileprivate var secondsText: String {
        let milliseconds = microseconds / 1000
        return "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())"
    }
}
