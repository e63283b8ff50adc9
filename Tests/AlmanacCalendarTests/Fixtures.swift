import AlmanacCalendar
import FoundationEssentials

/// The pinned zone files in `tzdata-fixtures`.
enum Fixtures {
    /// The package's folder.
    static let package: String = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
        separator: "/"
    )

    /// The bytes of a file, such as `zones/Europe/Berlin`.
    static func bytes(_ path: String) -> [UInt8] {
        guard let data = try? Data(contentsOf: URL(filePath: package + "/tzdata-fixtures/" + path)) else {
            preconditionFailure("no fixture \(path)")
        }
        return [UInt8](data)
    }

    /// The rules in a file; real zones are looked up in `zones/`, others in their own folder.
    static func zone(_ name: String) -> ZoneRules {
        let isReal = !["made/", "slim/", "version1/", "unusual/"].contains { name.hasPrefix($0) }
        do {
            return try ZoneRules(id: ZoneID(name), tzif: bytes(isReal ? "zones/" + name : name))
        } catch {
            preconditionFailure("the fixture \(name) is malformed: \(error)")
        }
    }

    /// The names in a folder of fixtures, sorted.
    static func names(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: package + "/tzdata-fixtures/" + folder)
        return (names ?? []).sorted()
    }

    /// The real zones, as `zones.txt` lists them.
    static let realZones: [String] = String(decoding: bytes("zones.txt"), as: UTF8.self).split(separator: "\n").map(
        String.init
    )

    /// The made-up zones.
    static let madeZones: [String] = names(in: "made").map { "made/" + $0 }

    /// Schedules by zone and expression, for tables.
    static func schedule(
        _ expression: String,
        _ zone: String,
        gap: GapPolicy = .run,
        fold: FoldPolicy = .first,
        hourly: Bool = true
    ) throws -> Schedule {
        Schedule(
            try CronExpression(expression),
            in: zone == "UTC" ? .utc : self.zone(zone),
            gap: gap,
            fold: fold,
            hourly: hourly
        )
    }

    /// Schedules by zone and calendar event, for tables.
    static func schedule(
        event: String,
        _ zone: String,
        gap: GapPolicy = .run,
        fold: FoldPolicy = .first,
        hourly: Bool = true
    ) throws -> Schedule {
        Schedule(
            try CalendarEvent(event).expression,
            in: zone == "UTC" ? .utc : self.zone(zone),
            gap: gap,
            fold: fold,
            hourly: hourly
        )
    }
}

/// The instant of RFC 3339 text that a test wrote.
func instant(_ text: String) -> Timestamp {
    guard let result = Timestamp(rfc3339: text) else { preconditionFailure("not RFC 3339: \(text)") }
    return result
}

/// The wall time of text that a test wrote.
func wall(_ text: String) -> CivilDateTime {
    guard let result = CivilDateTime(text) else { preconditionFailure("not a wall time: \(text)") }
    return result
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
