import AlmanacConfig
import AlmanacLinux
import AlmanacModel

/// Says what is new in a reading of the crontabs, for the log: what is wrong is said once, and not again for as long as it is so.
struct CrontabNews {
    /// Something to say.
    struct Item: Equatable {
        var event: LoggedEvent
        var text: String
        var file: String?
        var line: Int?
    }

    private var told: Set<ConfigurationFault> = []
    private var unwatched: Set<SystemError> = []

    /// How many items a reading brings at most: a binary file is one long fault.
    static let limit = 20

    init() {}

    /// What is wrong now and was not before.
    mutating func complaints(about reading: CrontabReading) -> [Item] {
        let kinds: [(LoggedEvent, [ConfigurationFault])] = [
            (.crontabRefused, reading.refusals), (.crontabLineRefused, reading.faults),
            (.crontabWarning, reading.warnings),
        ]
        let items = kinds.flatMap { event, faults in
            faults.filter { !told.contains($0) }.map {
                Item(event: event, text: "\($0)", file: $0.path, line: $0.line)
            }
        }
        told = Set(reading.remarks)
        return Self.limited(items, "more is wrong with crontabs", "almanac check lists all of it")
    }

    /// Why changes will not be noticed, where that was not so before.
    mutating func complaints(aboutUnwatched errors: [SystemError]) -> [Item] {
        defer { unwatched = Set(errors) }
        return errors.filter { !unwatched.contains($0) }.map {
            Item(event: .crontabUnwatched, text: "changes of crontabs will not be noticed: \($0)")
        }
    }

    /// What has changed, an item for each crontab.
    static func changes(from old: [TaskDefinition], to new: [TaskDefinition]) -> [Item] {
        let report = ReloadReport(from: old, to: new)
        var counts: [String: (added: Int, removed: Int, changed: Int)] = [:]
        func count(
            _ names: [String],
            in tasks: [TaskDefinition],
            _ path: WritableKeyPath<(added: Int, removed: Int, changed: Int), Int>
        ) {
            let names = Set(names)
            for task in tasks where names.contains(task.name) {
                guard let file = task.crontabLine?.file else { continue }
                counts[file, default: (0, 0, 0)][keyPath: path] += 1
            }
        }
        count(report.added, in: new, \.added)
        count(report.removed, in: old, \.removed)
        count(report.changed.map(\.name), in: new, \.changed)
        let items = counts.sorted { $0.key < $1.key }.map { file, counts in
            let parts = [(counts.added, "added"), (counts.removed, "removed"), (counts.changed, "changed")]
                .filter { $0.0 > 0 }
                .enumerated().map { index, part in
                    "\(part.0)\(index > 0 ? "" : part.0 == 1 ? " task" : " tasks") \(part.1)"
                }
            return Item(
                event: .crontabChanged,
                text: "crontab \(file): \(parts.joined(separator: ", "))",
                file: file
            )
        }
        return limited(items, "more crontabs have changed", "almanac list shows their tasks")
    }

    private static func limited(_ items: [Item], _ more: String, _ where: String) -> [Item] {
        guard items.count > limit else { return items }
        let rest = Item(event: items[limit].event, text: "\(items.count - limit) \(more); \(`where`)")
        return items[..<limit] + [rest]
    }
}
