package import AlmanacCalendar
package import AlmanacLinux
package import AlmanacScheduler
import Synchronization

/// An alarm that goes off when a test says so.
package final class ManualAlarm: Alarm {
    /// The thread that handlers are called on, as the kernel's alarm does it.
    package let executor = ThreadExecutor(name: "alarm")

    private let handler = Mutex<(@Sendable (AlarmWakening) -> Void)?>(nil)
    private let settings = AsyncStream.makeStream(of: Timestamp?.self)

    package init() {}

    package func start(_ handler: @escaping @Sendable (AlarmWakening) -> Void) throws {
        self.handler.withLock { $0 = handler }
    }

    package func set(at time: Timestamp?) throws {
        settings.continuation.yield(time)
    }

    package func stop() {
        handler.withLock { $0 = nil }
    }

    /// Calls the handler on the executor.
    package func goOff(_ wakening: AlarmWakening) {
        let bell = Bell(executor: executor)
        let handler = handler.withLock { $0 }
        Task { await bell.ring { handler?(wakening) } }
    }

    /// The next time that the alarm is set to, waited for.
    package func nextSetting() async -> Timestamp? {
        for await setting in settings.stream { return setting }
        return nil
    }
}

private actor Bell {
    let executor: ThreadExecutor

    init(executor: ThreadExecutor) {
        self.executor = executor
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func ring(_ body: @Sendable () -> Void) { body() }
}
