/// Where a run stands in its life: pending, running, ended. It never goes back.
package enum RunState: Hashable, Sendable {
    /// Made and committed; its command has not been started.
    case pending
    /// Its supervisor has been started.
    case running(startedAt: PreciseTimestamp)
    /// Over, for the reason given.
    case ended(RunEnd)

    package enum Phase: String, Sendable, CaseIterable {
        case pending, running, ended
    }

    package var phase: Phase {
        switch self {
        case .pending: .pending
        case .running: .running
        case .ended: .ended
        }
    }

    package var end: RunEnd? {
        guard case .ended(let end) = self else { return nil }
        return end
    }

    package var startedAt: PreciseTimestamp? {
        switch self {
        case .pending: nil
        case .running(let startedAt): startedAt
        case .ended(let end): end.startedAt
        }
    }

    /// Takes an event: the one place where a run's state changes.
    ///
    /// - Returns: whether the event was legal here; the state is untouched where it was not.
    @discardableResult
    package mutating func handle(_ event: RunEvent) -> Bool {
        switch (self, event) {
        case (.pending, .started(let at)):
            self = .running(startedAt: at)
            return true
        case (.pending, .ended(let end)):
            self = .ended(end)
            return true
        case (.running(let startedAt), .ended(var end)):
            guard !end.reason.precludesStart else { return false }
            end.startedAt = end.startedAt ?? startedAt
            self = .ended(end)
            return true
        case (.running, .started), (.ended, .started), (.ended, .ended):
            return false
        }
    }
}

/// What can happen to a run.
package enum RunEvent: Hashable, Sendable {
    case started(at: PreciseTimestamp)
    case ended(RunEnd)
}

extension RunEvent {
    /// What happens, in a word: `started`, or the end's reason.
    package var name: String {
        switch self {
        case .started: "started"
        case .ended(let end): end.reason.rawValue
        }
    }
}

/// How a run ended.
package struct RunEnd: Hashable, Sendable {
    package var reason: EndReason
    /// The command's exit code; 128 + n when signal n ended it; -1 where no command ran; -2 for `crashed`.
    package var exitCode: Int64
    package var at: PreciseTimestamp
    /// When the command was started; nil where it was not.
    package var startedAt: PreciseTimestamp?
    /// One sentence on why it ended so, where the reason alone doesn't say.
    package var message: String?
    /// What the command and all its descendants used, where a supervisor measured it.
    package var usage: ResourceUsage?
    /// How many bytes its log takes; nil where that was not measured, 0 where it has none.
    package var logBytes: Int64?

    package init(
        reason: EndReason,
        exitCode: Int64,
        at: PreciseTimestamp,
        startedAt: PreciseTimestamp? = nil,
        message: String? = nil,
        usage: ResourceUsage? = nil,
        logBytes: Int64? = nil
    ) {
        self.reason = reason
        self.exitCode = exitCode
        self.at = at
        self.startedAt = startedAt
        self.message = message
        self.usage = usage
        self.logBytes = logBytes
    }

    /// The end of a run for which no command ran.
    package static func withoutCommand(
        _ reason: EndReason,
        at: PreciseTimestamp,
        message: String? = nil
    ) -> RunEnd {
        RunEnd(reason: reason, exitCode: EndReason.noCommandExitCode, at: at, message: message, logBytes: 0)
    }
}

/// What a command and all its descendants used.
package struct ResourceUsage: Hashable, Sendable {
    /// User and system time together.
    package var cpu: Duration
    /// The most memory at a time, in bytes: of all processes together where the run has a cgroup with the memory controller,
    /// else the largest resident set of any one of them.
    package var maxResidentBytes: Int64

    package init(cpu: Duration, maxResidentBytes: Int64) {
        self.cpu = cpu
        self.maxResidentBytes = maxResidentBytes
    }
}
