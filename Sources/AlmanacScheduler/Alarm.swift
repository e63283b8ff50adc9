package import AlmanacCalendar
package import AlmanacLinux

/// Why an alarm went off.
package enum AlarmWakening: Sendable, Equatable {
    /// The time has come.
    case due
    /// The wall clock was set.
    case clockSet
}

/// Wakes the scheduler: the kernel's timer in the daemon, a manual one in tests.
package protocol Alarm: Sendable {
    /// Begins to call the handler, on the scheduler's own executor.
    func start(_ handler: @escaping @Sendable (AlarmWakening) -> Void) throws

    /// Sets the one time to go off at; nil for clock steps only. A time that has passed goes off at once.
    func set(at time: Timestamp?) throws

    func stop()
}

/// The kernel's timer as an alarm.
package struct KernelAlarm: Alarm {
    private let clock: AlarmClock
    private let executor: PollingExecutor

    package init(executor: PollingExecutor) throws(SystemError) {
        clock = try AlarmClock()
        self.executor = executor
    }

    package func start(_ handler: @escaping @Sendable (AlarmWakening) -> Void) throws {
        try executor.watch(clock.descriptor.number) { [clock] in
            switch try? clock.read() {
            case .due: handler(.due)
            case .clockSet: handler(.clockSet)
            case nil, .some(.none): break
            }
        }
    }

    package func set(at time: Timestamp?) throws {
        try clock.arm(at: time?.secondsSinceEpoch)
    }

    package func stop() {
        executor.unwatch(clock.descriptor.number)
    }
}
