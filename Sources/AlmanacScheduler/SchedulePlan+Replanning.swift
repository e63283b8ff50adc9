package import AlmanacCalendar
package import AlmanacModel

/// A plan for another catalog, and what it takes to put it in the place of the present one.
package struct Replanning: Sendable {
    package var plan: SchedulePlan
    /// The cursors of new and edited tasks, to be durable before the plan is in force.
    package var cursors: [ScheduleCursor] = []
    /// Paused tasks that have left.
    package var endedPauses: Set<String> = []
    /// How many kept tasks fire next at another instant than before: the rules of their zone have changed.
    package var movedFirings = 0
}

extension SchedulePlan {
    /// Plans another catalog from where this plan stands.
    ///
    /// A task whose schedule and delay are unchanged keeps its cursor. Any other begins at `now`: it neither fires at once
    /// nor misses anything; so does one that is not held any more, whose cursor is gone. Call `settle` and `settleDelayed` before, so that no tick is lost that had come by then.
    package func replanned(_ catalog: Catalog, now: Timestamp) -> Replanning {
        let former = Dictionary(entries.map { (task($0).name, $0) }, uniquingKeysWith: { first, _ in first })
        var cursors: [ScheduleCursor] = []
        var movedFirings = 0
        let plan = SchedulePlan(catalog, pauses: Array(pauses.values), jitterSeed: jitterSeed) { task, fingerprint in
            if let entry = former[task.name], keeps(entry, for: task) {
                let next = task.schedule?.schedule.firing(after: now)?.at
                if next != schedule(entry).schedule.firing(after: now)?.at { movedFirings += 1 }
                return entry.settledThrough
            }
            cursors.append(ScheduleCursor(taskName: task.name, settledThrough: now, schedule: fingerprint))
            return now
        }
        return Replanning(
            plan: plan,
            cursors: cursors,
            endedPauses: Set(pauses.keys).subtracting(plan.pauses.keys),
            movedFirings: movedFirings
        )
    }

    /// The tasks that begin anew in another catalog. Those that have left are not among them.
    func editedTasks(in catalog: Catalog) -> Set<String> {
        Set(
            entries.compactMap { entry in
                let name = task(entry).name
                guard let task = catalog.task(named: name) else { return nil }
                return keeps(entry, for: task) ? nil : name
            }
        )
    }

    private func keeps(_ entry: Entry, for task: TaskDefinition) -> Bool {
        task.schedule?.fingerprint == schedule(entry).fingerprint
            && StartDelay.seconds(ofTask: task.name, seed: jitterSeed, jitter: task.jitter) == Int64(entry.delay)
    }
}
