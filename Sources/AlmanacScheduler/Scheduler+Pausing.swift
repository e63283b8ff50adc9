package import AlmanacCalendar
package import AlmanacModel
import Logging

extension Scheduler: TaskPausing {
    @discardableResult
    package func pause(_ taskName: String, until: Timestamp?) async throws -> TaskPause {
        try await change { plan, now in
            guard plan.catalog.task(named: taskName) != nil else { throw TaskPausingError.noSuchTask }
            if let until, until <= now { throw TaskPausingError.endHasPassed }
            var pause = TaskPause(taskName: taskName, since: now, until: until)
            if let present = plan.pauses[taskName], present.holds(now) { pause.since = present.since }
            try await store.save(pause)
            plan.begin(pause)
            logger.notice(
                "\(taskName): paused\(until.map { " until \($0)" } ?? "")",
                metadata: ["event": "\(LoggedEvent.taskPaused)", "task": "\(taskName)"]
            )
            return pause
        }
    }

    @discardableResult
    package func resume(_ taskName: String) async throws -> Bool {
        try await change { plan, now in
            guard plan.catalog.task(named: taskName) != nil else { throw TaskPausingError.noSuchTask }
            guard let pause = plan.pauses[taskName] else { return false }
            try await store.removePauses(ofTasks: [taskName])
            plan.endPause(ofTask: taskName)
            guard pause.holds(now) else { return false }
            logger.notice(
                "\(taskName): resumed",
                metadata: ["event": "\(LoggedEvent.taskResumed)", "task": "\(taskName)"]
            )
            return true
        }
    }
}
