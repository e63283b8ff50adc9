import AlmanacCalendar
import AlmanacModel

/// Pauses in memory, with no schedule behind them.
actor PauseLedger: TaskPausing {
    struct Broken: Error {}

    private var kept: [String: TaskPause] = [:]
    private var failure: (any Error)?
    private let clock: any WallClock

    init(clock: any WallClock) {
        self.clock = clock
    }

    /// Lets every change fail.
    func fail(with error: any Error) { failure = error }

    var pauses: [TaskPause] {
        kept.values.filter { $0.holds(clock.now.timestamp) }.sorted { $0.taskName < $1.taskName }
    }

    func pause(_ taskName: String, until: Timestamp?) async throws -> TaskPause {
        if let failure { throw failure }
        let now = clock.now.timestamp
        if let until, until <= now { throw TaskPausingError.endHasPassed }
        let pause = TaskPause(taskName: taskName, since: kept[taskName]?.since ?? now, until: until)
        kept[taskName] = pause
        return pause
    }

    func resume(_ taskName: String) async throws -> Bool {
        if let failure { throw failure }
        return kept.removeValue(forKey: taskName)?.holds(clock.now.timestamp) == true
    }
}

/// Answers reloads as a test has said.
actor ScriptedReload: Reloading {
    private var result: Result<ReloadReport, any Error> = .success(ReloadReport(added: [], removed: [], changed: []))
    private(set) var count = 0
    private(set) var previewCount = 0

    func answer(_ result: Result<ReloadReport, any Error>) { self.result = result }

    func reload() async throws -> ReloadReport {
        count += 1
        return try result.get()
    }

    func preview() async throws -> ReloadReport {
        previewCount += 1
        return try result.get()
    }
}
