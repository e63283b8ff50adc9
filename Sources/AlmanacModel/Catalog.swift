package import AlmanacCalendar

/// The tasks and settings that are in force, as one immutable value.
package struct Catalog: Sendable {
    /// Where the zone of tasks without one of their own comes from.
    package enum ZoneSource: String, Sendable {
        case config, system
    }

    /// Sorted by name.
    package let tasks: [TaskDefinition]
    /// The zone of tasks that name none.
    package let defaultZone: ZoneRules
    package let zoneSource: ZoneSource
    package let loadedAt: PreciseTimestamp

    package init(
        tasks: [TaskDefinition],
        defaultZone: ZoneRules,
        zoneSource: ZoneSource,
        loadedAt: PreciseTimestamp
    ) {
        // A configuration's are in order already, and then there is no second copy of them.
        let isSorted = zip(tasks, tasks.dropFirst()).allSatisfy { $0.name <= $1.name }
        self.tasks = isSorted ? tasks : tasks.sorted { $0.name < $1.name }
        self.defaultZone = defaultZone
        self.zoneSource = zoneSource
        self.loadedAt = loadedAt
    }

    package func task(named name: String) -> TaskDefinition? {
        var (low, high) = (tasks.startIndex, tasks.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if tasks[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < tasks.endIndex && tasks[low].name == name ? tasks[low] : nil
    }
}

/// Gives the catalog that is in force now.
package protocol CatalogSource: Sendable {
    var catalog: Catalog { get }
}
