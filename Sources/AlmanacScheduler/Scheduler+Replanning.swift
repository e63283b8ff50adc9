package import AlmanacModel

extension Scheduler {
    /// Plans another catalog in the place of the present one; what is due by now is settled under the present one.
    ///
    /// Tasks whose schedule is unchanged keep their cursors, edited ones begin anew at the present, those that have left
    /// lose their cursors and their pauses, new ones have missed nothing. Held ones lose their cursors alone: whoever holds
    /// them sees to their ticks. An edited task's tick that has come and waits
    /// for its delay runs at once. The cursors are durable before the new plan is in force.
    ///
    /// - Returns: how many kept tasks fire next at another instant than before, since the rules of their zone changed.
    /// - Throws: the store's error; the present plan stays in force then.
    package func replan(_ catalog: Catalog) async throws -> Int {
        try await change { plan, now in
            try await settleDelayed(&plan, of: plan.editedTasks(in: catalog), through: now)
            let replanning = plan.replanned(catalog, now: now)
            try await store.insert([], moving: replanning.cursors)
            try await removeCursors(ofTasksOutside: replanning.plan)
            try await store.removePauses(ofTasks: replanning.endedPauses)
            plan = replanning.plan
            return replanning.movedFirings
        }
    }
}
