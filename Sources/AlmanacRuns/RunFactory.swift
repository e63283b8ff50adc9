import AlmanacCalendar
package import AlmanacModel

/// Makes the rows: every run of any origin is made by `makeRun`, and by nothing else.
package struct RunFactory: Sendable {
    private var ids: RunIDSequence

    /// - Parameter last: the newest id there is.
    package init(after last: RunID?) {
        ids = RunIDSequence(after: last)
    }

    /// Makes the run of a request.
    ///
    /// - Parameter admit: gives a run that is to be executed its place, and is asked for no other.
    /// - Returns: a pending run, or one that has ended at birth.
    package mutating func makeRun(
        _ request: RunRequest,
        at now: PreciseTimestamp,
        admit: (RunID) -> TaskLanes.Placement
    ) -> (run: Run, placement: TaskLanes.Placement?) {
        var run = Run(
            id: ids.next(at: now),
            taskName: request.task.name,
            trigger: request.trigger,
            createdAt: now,
            scheduled: request.scheduled,
            isCatchUp: request.isCatchUp,
            params: request.params ?? request.task.defaultParams
        )
        switch request.purpose {
        case .execute:
            let placement = admit(run.id)
            if case .turnedAway(let reason) = placement {
                run.state.handle(.ended(turnedAway(reason, request.task, at: now)))
            }
            return (run, placement)
        case .recordDSTSkipped(let reason):
            let message =
                switch reason {
                case .gap: "a clock change jumped over this time"
                case .fold: "a clock change repeated this time, and it fires once"
                case nil: nil as String?
                }
            run.state.handle(.ended(.withoutCommand(.dstSkipped, at: now, message: message)))
        case .recordMissed(let stretch):
            run.missed = stretch
            run.state.handle(.ended(.withoutCommand(.missed, at: now, message: "nobody was there when it was due")))
        case .recordPaused(let stretch):
            run.missed = stretch
            run.state.handle(.ended(.withoutCommand(.skipped, at: now, message: "paused")))
        }
        return (run, nil)
    }

    /// Makes the run that repeats another one, pending until its time has come.
    package mutating func makeRetry(of run: Run, after wait: Duration, at now: PreciseTimestamp) -> Run {
        Run(
            id: ids.next(at: now),
            taskName: run.taskName,
            trigger: run.trigger,
            createdAt: now,
            scheduled: run.scheduled,
            isCatchUp: run.isCatchUp,
            retryAttempt: run.retryAttempt + 1,
            retryOf: run.id,
            startAfter: now.advanced(by: wait),
            params: run.params
        )
    }

    /// The end of a run that the overlap policy has turned away.
    func turnedAway(_ reason: EndReason, _ task: TaskDefinition, at now: PreciseTimestamp) -> RunEnd {
        let message: String? =
            switch reason {
            case .skipped: "max_concurrent = \(task.maxConcurrent): as many were active, and on_overlap is skip"
            case .queueFull: "queue_max = \(task.queueMax): as many were waiting"
            default: nil
            }
        return .withoutCommand(reason, at: now, message: message)
    }
}
