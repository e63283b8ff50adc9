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

    private let indexByName: [String: Int]

    package init(
        tasks: [TaskDefinition],
        defaultZone: ZoneRules,
        zoneSource: ZoneSource,
        loadedAt: PreciseTimestamp
    ) {
        let tasks = tasks.sorted { $0.name < $1.name }
        self.tasks = tasks
        self.defaultZone = defaultZone
        self.zoneSource = zoneSource
        self.loadedAt = loadedAt
        indexByName = Dictionary(
            tasks.indices.map { (tasks[$0].name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    package func task(named name: String) -> TaskDefinition? {
        indexByName[name].map { tasks[$0] }
    }
}

/// Gives the catalog that is in force now.
package protocol CatalogSource: Sendable {
    var catalog: Catalog { get }
}
