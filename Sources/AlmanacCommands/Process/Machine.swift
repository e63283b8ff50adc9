import AlmanacCalendar
import AlmanacModel
import AlmanacZoneinfo
import Glibc

/// What a command takes from the machine that it runs on. Tests bring their own.
struct Machine {
    /// The time at which the command was started.
    let now: PreciseTimestamp

    let zones: Zones

    let environment: [String: String]

    /// The zone in which people read times here. A system zone without data is no reason to refuse a listing: it is UTC then.
    func localZone() -> ZoneRules {
        (try? zones.systemRules()) ?? .utc
    }

    /// The machine as it is, its clock read now.
    static func current() -> Machine {
        let environment = currentEnvironment()
        let database = ZoneinfoDatabase()
        return Machine(
            now: currentTime(),
            zones: Zones(
                rules: { try database.rules(for: $0) },
                system: {
                    let zone = try database.systemZone(environment: environment)
                    return (zone.rules, zone.warning)
                }
            ),
            environment: environment
        )
    }

    /// What the clock says.
    static func currentTime() -> PreciseTimestamp {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else {
            preconditionFailure("there is no CLOCK_REALTIME")
        }
        return PreciseTimestamp(nanosecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    private static func currentEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let parts = unsafe String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
            unsafe entry += 1
        }
        return result
    }
}

/// Where commands get their zones from.
struct Zones: Sendable {
    /// The rules of a zone.
    ///
    /// Throws an error whose description is one sentence, for a name that is no zone and for data that are no good.
    let rules: @Sendable (ZoneID) throws -> ZoneRules

    /// The system's own zone, and what is to be said of it.
    let system: @Sendable () throws -> (rules: ZoneRules, warning: String?)

    /// The rules of the system's own zone.
    func systemRules() throws -> ZoneRules { try system().rules }
}
