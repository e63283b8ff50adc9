import AlmanacCalendar
import AlmanacModel

@testable import AlmanacCommands

/// Zones whose rules stand here, so that no test looks at the machine's files.
enum ZoneFixtures {
    private static let strings = [
        "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3",
        "Australia/Lord_Howe": "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
        "Asia/Tehran": "<+0330>-3:30",
        "Local/Odd": "LMT-0:53:28",
    ]

    private struct NoSuchZone: Error, CustomStringConvertible {
        let id: ZoneID
        var description: String { "there is no zone \(id)" }
    }

    /// All of them; the system's is Berlin.
    static let zones = Zones(rules: { try rules($0) }, system: { (try rules("Europe/Berlin"), nil) })

    static func rules(_ id: ZoneID) throws -> ZoneRules {
        if id == .utc { return .utc }
        guard let string = strings[id.name] else { throw NoSuchZone(id: id) }
        return try ZoneRules(id: id, posixTZ: string)
    }

    static func rules(_ name: String) throws -> ZoneRules {
        try rules(ZoneID(name))
    }

    static func berlin(_ expression: String, gap: GapPolicy = .run, fold: FoldPolicy = .first) throws -> Schedule {
        Schedule(try CronExpression(expression), in: try rules("Europe/Berlin"), gap: gap, fold: fold)
    }

    static func machine(now: String = "2026-03-28T12:00:00Z") throws -> Machine {
        Machine(now: PreciseTimestamp(try instant(now)), zones: zones, environment: [:])
    }

    static func instant(_ text: String) throws -> Timestamp {
        struct NoInstant: Error { let text: String }
        guard let instant = Timestamp(rfc3339: text) else { throw NoInstant(text: text) }
        return instant
    }
}
