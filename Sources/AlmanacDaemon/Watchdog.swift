import AlmanacLinux
import AlmanacModel
import Logging

/// Tells the service manager that the daemon is well, twice in the time that it is willing to wait, while every part answers.
///
/// Where one hangs it falls silent: the service manager kills the daemon then and starts it again, and the runs go on meanwhile.
actor Watchdog {
    /// A part of the daemon that may hang.
    struct Part: Sendable {
        /// `the scheduler`
        var name: String
        /// Returns once the part has done something that it does in its daily life.
        var answer: @Sendable () async -> Void
    }

    private let manager: ServiceManager
    private let interval: Duration
    private let parts: [Part]
    private let logger: Logger
    private let timer: Countdown

    private var rounds: WatchdogRounds
    private var hasComplained = false
    private var isStopping = false

    /// Shorter intervals would keep the daemon busy with itself.
    private static let shortestInterval = Duration.milliseconds(50)

    /// - Parameter limit: how long the service manager waits.
    init(_ manager: ServiceManager, limit: Duration, parts: [Part], logger: Logger) throws(SystemError) {
        self.manager = manager
        interval = max(limit / 2, Self.shortestInterval)
        self.parts = parts
        self.logger = logger
        timer = try Countdown()
        rounds = WatchdogRounds(count: parts.count)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe manager.executor.asUnownedSerialExecutor()
    }

    func start() throws {
        try manager.executor.watch(timer.descriptor.number) { [weak self, timer] in
            timer.clear()
            self?.assumeIsolated { $0.beginInterval() }
        }
        timer.start(interval)
    }

    /// The parts end one after the other from now on, in a time that the service manager limits by itself.
    func stop() {
        isStopping = true
    }

    private func beginInterval() {
        timer.start(interval)
        if isStopping { return manager.isWell() }
        carryOut(rounds.begin())
    }

    private func answered(_ part: Int) {
        carryOut(rounds.answered(part))
    }

    private func carryOut(_ decision: WatchdogRounds.Decision) {
        switch decision {
        case .wait: break
        case .ask:
            for (index, part) in parts.enumerated() {
                Task {
                    await part.answer()
                    answered(index)
                }
            }
        case .tellThatAllIsWell:
            manager.isWell()
            if hasComplained {
                logger.notice(
                    "every part of the daemon answers again",
                    metadata: ["event": "\(LoggedEvent.partsAnswerAgain)"]
                )
            }
            hasComplained = false
        case .complain(let late):
            hasComplained = true
            let names = late.map { parts[$0].name }.joined(separator: " and ")
            logger.error(
                """
                \(names) did not answer within \(interval); the service manager, which is not told any more that the daemon \
                is well, will start it anew
                """,
                metadata: ["event": "\(LoggedEvent.partHangs)"]
            )
        }
    }
}
