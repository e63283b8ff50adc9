import AlmanacCalendar

/// Finds the parts that tasks have in common, so that ten thousand of them hold each but once.
///
/// Tasks of one configuration have few different settings, most of them those of `[defaults]`, and few schedules.
package struct SharedParts {
    /// What tells a schedule from others: the text and what the fingerprint is made of. One zone has one set of rules in it.
    private struct ScheduleKey: Hashable {
        var text: String
        var fingerprint: String
        var zone: String
        var hasOwnZone: Bool
    }

    private var policies: [TaskPolicies: Shared<TaskPolicies>] = [:]
    private var settings: [CommandSettings: Shared<CommandSettings>] = [:]
    private var schedules: [ScheduleKey: Shared<TaskSchedule>] = [:]

    package init() {}

    /// Lets a task hold what an earlier one holds too. All tasks must have the zones' rules of one moment.
    package mutating func share(in task: inout TaskDefinition) {
        task.sharedPolicies = Self.known(&policies, task.sharedPolicies, as: task.sharedPolicies.value)
        task.sharedSettings = Self.known(&settings, task.sharedSettings, as: task.settings)
        guard let shared = task.sharedSchedule else { return }
        let schedule = shared.value
        let key = ScheduleKey(
            text: schedule.text,
            fingerprint: schedule.fingerprint,
            zone: schedule.schedule.zone.id.name,
            hasOwnZone: schedule.hasOwnZone
        )
        task.sharedSchedule = Self.known(&schedules, shared, as: key)
    }

    /// The one that was there first.
    private static func known<Key: Hashable, Value>(
        _ all: inout [Key: Shared<Value>],
        _ value: Shared<Value>,
        as key: Key
    ) -> Shared<Value> {
        if let first = all[key] { return first }
        all[key] = value
        return value
    }
}
