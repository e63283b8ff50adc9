package import AlmanacCalendar

/// What keeps cron's behaviour at clock changes for a schedule of Almanac's (cron.c of 3.0pl1).
///
/// A job whose minute or hour begins with `*` follows the clock: it runs in both passes of a fold, and its ticks in a gap are lost. Any other
/// runs once in a fold, and at the end of a gap. Where the rules of `spec/occurrences.md` 3 come to the same by themselves, they are left alone.
package struct CronClockRules {
    /// Changes before it are the past's: 2025-01-01.
    private static let beginning = Timestamp(secondsSinceEpoch: 1_735_689_600)
    /// What a zone's rules say of the time behind it is what they say of the years before it: 2100-01-01.
    private static let end = Timestamp(secondsSinceEpoch: 4_102_444_800)

    private var areWholeHours: [ZoneID: Bool] = [:]

    package init() {}

    /// The schedule of a crontab line's expression.
    ///
    /// - Parameter followsClock: whether cron takes it for a wildcard job.
    package mutating func schedule(_ expression: CronExpression, followsClock: Bool, in zone: ZoneRules) -> Schedule {
        if followsClock {
            // The hourly rule does the same.
            if expression.isHourly, hasWholeHours(zone) { return Schedule(expression, in: zone) }
            return Schedule(expression, in: zone, gap: .skip, fold: .both)
        }
        return Schedule(expression, in: zone, hourly: !expression.isHourly)
    }

    /// Whether all changes of a zone's offset that are still to come are by whole hours.
    private mutating func hasWholeHours(_ zone: ZoneRules) -> Bool {
        if let known = areWholeHours[zone.id] { return known }
        var instant = Self.beginning
        var areWhole = true
        while areWhole, instant < Self.end, let transition = zone.transition(after: instant) {
            areWhole = transition.shift % 3600 == 0
            instant = transition.at
        }
        areWholeHours[zone.id] = areWhole
        return areWhole
    }
}
