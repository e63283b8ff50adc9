import AlmanacLinux
import AlmanacModel
import AlmanacRuns
import AlmanacScheduler
import Synchronization

/// Keeps the service manager's status line true.
///
/// It is told of changes and looks a moment later, so that a burst of them makes a few lines a second. Nothing wakes it where
/// nothing changes.
actor StatusReporter {
    private let manager: ServiceManager
    private let dispatcher: Dispatcher
    private let scheduler: Scheduler
    private let active: ActiveCatalog
    private let clock: any WallClock
    private let bell: ChangeBell

    private var lastText = ""
    /// What the last reload has left to be said.
    private var remark: String?

    init(
        _ manager: ServiceManager,
        dispatcher: Dispatcher,
        scheduler: Scheduler,
        active: ActiveCatalog,
        clock: any WallClock
    ) throws {
        self.manager = manager
        self.dispatcher = dispatcher
        self.scheduler = scheduler
        self.active = active
        self.clock = clock
        bell = try ChangeBell()
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe manager.executor.asUnownedSerialExecutor()
    }

    /// Begins to follow changes; the daemon has everything but clients.
    ///
    /// - Returns: the line to be ready with.
    func start() async throws -> String {
        try manager.executor.watch(bell.countdown.descriptor.number) { [weak self, bell] in
            bell.clear()
            self?.assumeIsolated { reporter in
                _ = Task { await reporter.report() }
            }
        }
        await dispatcher.whenChanged { [bell] in bell.ring() }
        await scheduler.whenChanged { [bell] in bell.ring() }
        lastText = await text()
        return lastText
    }

    // MARK: Reloads

    func reloadBegins() {
        manager.reloading()
    }

    /// - Parameter refusal: why the configuration has stayed as it was; nil where it has not.
    func reloadEnded(refusal: String?) async {
        remark = refusal
        lastText = await text()
        manager.ready(lastText)
    }

    // MARK: Changes

    private func report() async {
        let text = await text()
        guard text != lastText else { return }
        lastText = text
        manager.report(text)
    }

    private func text() async -> String {
        ServiceStatus(
            running: await dispatcher.runningCount,
            scheduled: await scheduler.outlook.tasks,
            next: await scheduler.nextFiring,
            held: active.held,
            remark: remark
        ).text(at: clock.now.timestamp)
    }
}

/// Takes many changes for one: the countdown is up a while after the first of them.
private final class ChangeBell: Sendable {
    let countdown: Countdown
    private let isRung = Atomic(false)

    /// How long changes are collected.
    private static let pause = Duration.milliseconds(250)

    init() throws(SystemError) {
        countdown = try Countdown()
    }

    /// Something has changed; from any thread.
    func ring() {
        if !isRung.exchange(true, ordering: .acquiringAndReleasing) { countdown.start(Self.pause) }
    }

    /// Takes the changes, before they are looked at.
    func clear() {
        countdown.clear()
        isRung.store(false, ordering: .releasing)
    }
}
