package import AlmanacCalendar

/// When Debian's cron (3.0pl1) starts a job: its main loop, wake-up by wake-up, over a zone's offsets.
///
/// ```swift
/// var fields = CrontabFields()                       // 0,30 2 * * *, a fixed job
/// let clock = CronClock(fields: fields, zone: berlin)
/// clock.firings(after: saturday, through: monday)    // 2027-03-28T01:00:00Z for 02:00, and once more for 02:30
/// ```
///
/// cron keeps two clocks in minutes of wall time: the time it is, and a virtual time, up to which all jobs have been started. How far
/// the first is ahead of the second tells what has happened to the clocks, and what is done about it. It shares nothing with
/// ``Schedule``, so that the two can be compared. The loop is taken to wake in the first second of each minute and to need no time for
/// what it does: the real one pauses ten seconds after each minute of a gap in which it has started something.
package struct CronClock: Sendable {
    package let fields: CrontabFields
    package let zone: ZoneRules

    package init(fields: CrontabFields, zone: ZoneRules) {
        self.fields = fields
        self.zone = zone
    }

    /// A start of the job.
    package struct Firing: Hashable, Sendable {
        /// The wake-up at which cron starts it.
        package var at: Timestamp
        /// The minute of wall time for which it does, in minutes since 1970-01-01T00:00 on the same clock.
        package var minute: Int64
        package var wakeUp: WakeUp

        /// The wall time that the fields name.
        package var tick: CivilDateTime { CivilDateTime(wallSeconds: minute * 60) }
    }

    /// What cron takes a wake-up for, by how far the time is ahead of the virtual time.
    package enum WakeUp: Hashable, Sendable {
        /// One minute: the common case.
        case onTime
        /// Up to 5 minutes: every minute since is gone through.
        case late
        /// Up to three hours, as when the clocks go forward: wildcard jobs go by the minute that it is, fixed ones through all since.
        case forward
        /// Behind by less than three hours, as after the clocks went back: wildcard jobs alone, until the virtual time is reached.
        case back
        /// Anything else: the virtual time is set to the time.
        case jump
    }

    /// All starts strictly after one instant, up to and including another, in order, found as they are asked for. cron is taken to have
    /// been running since the day before.
    package func firings(after start: Timestamp, through end: Timestamp) -> Firings {
        Firings(clock: self, after: start, through: end)
    }

    package struct Firings: Sequence, IteratorProtocol, Sendable {
        private var loop: CronLoop
        private let start: Timestamp

        fileprivate init(clock: CronClock, after start: Timestamp, through end: Timestamp) {
            self.start = start
            loop = CronLoop(clock: clock, from: start - 86_400, through: end)
        }

        package mutating func next() -> Firing? {
            while let firing = loop.next() {
                if firing.at > start { return firing }
            }
            return nil
        }
    }
}

/// The loop's state, in minutes of wall time.
private struct CronLoop: Sendable {
    private let fields: CrontabFields
    private let zone: ZoneRules
    private let end: Int64

    /// The instant of the last wake-up, the seconds east of UTC that were in force then, and when those will be others.
    private var now: Int64
    private var offset: Int64
    private var nextChange: Int64

    private var timeRunning: Int64
    private var virtualTime: Int64

    /// The minutes that are still to be gone through at this wake-up.
    private var pending: Range<Int64> = 0..<0
    private var wakeUp = CronClock.WakeUp.onTime
    private var days: MatchingDays

    /// Within this many seconds before a change of the offset every minute is gone through as cron does.
    private static let margin: Int64 = 2 * 3600

    init(clock: CronClock, from start: Timestamp, through end: Timestamp) {
        fields = clock.fields
        zone = clock.zone
        self.end = end.secondsSinceEpoch
        now = start.secondsSinceEpoch
        offset = Int64(clock.zone.offset(at: start).seconds)
        nextChange = clock.zone.transition(after: start)?.at.secondsSinceEpoch ?? .max
        timeRunning = (now + offset).minutesRoundedDown
        virtualTime = timeRunning
        days = MatchingDays(fields: clock.fields)
    }

    mutating func next() -> CronClock.Firing? {
        guard fields.minutes != 0, fields.hours != 0 else { return nil }
        while true {
            while !pending.isEmpty {
                let minute = pending.lowerBound
                pending = minute + 1..<pending.upperBound
                if matches(minute) {
                    return CronClock.Firing(at: Timestamp(secondsSinceEpoch: now), minute: minute, wakeUp: wakeUp)
                }
            }
            skipQuietMinutes()
            guard now < end, wake() else { return nil }
        }
    }

    /// cron_sleep, set_time and the choice of a case; whether the time is not over.
    private mutating func wake() -> Bool {
        repeat {
            // The time to sleep is worked out with the offset of the last wake-up.
            now = (timeRunning + 1) * 60 - offset
            guard now <= end else { return false }
            if now >= nextChange {
                let instant = Timestamp(secondsSinceEpoch: now)
                offset = Int64(zone.offset(at: instant).seconds)
                nextChange = zone.transition(after: instant)?.at.secondsSinceEpoch ?? .max
            }
        } while (now + offset).minutesRoundedDown == timeRunning
        timeRunning = (now + offset).minutesRoundedDown

        let current = timeRunning..<timeRunning + 1
        let ahead = timeRunning - virtualTime
        switch ahead {
        case 1:
            (wakeUp, pending, virtualTime) = (.onTime, current, timeRunning)
        case 2...5:
            (wakeUp, pending, virtualTime) = (.late, virtualTime + 1..<timeRunning + 1, timeRunning)
        case 6...180:
            (wakeUp, pending) = (.forward, fields.followsClock ? current : virtualTime + 1..<timeRunning + 1)
            virtualTime = timeRunning
        case -179...0:
            (wakeUp, pending) = (.back, fields.followsClock ? current : 0..<0)
        default:
            (wakeUp, pending, virtualTime) = (.jump, current, timeRunning)
        }
        return true
    }

    /// Where no change of the offset is near and nothing is to be caught up with, the minutes that match nothing change nothing.
    private mutating func skipQuietMinutes() {
        guard virtualTime == timeRunning else { return }
        let last = Swift.min(nextChange.subtractingReportingOverflow(Self.margin).partialValue, end)
        let lastMinute = (last + offset).minutesRoundedDown
        guard timeRunning + 1 < lastMinute else { return }
        let minute = firstMatch(from: timeRunning + 1, below: lastMinute)
        timeRunning = minute - 1
        virtualTime = timeRunning
        now = timeRunning * 60 - offset
    }

    /// find_jobs' condition.
    private mutating func matches(_ minute: Int64) -> Bool {
        let (day, ofDay) = minute.quotientAndRemainderRoundedDown(1440)
        return fields.minutes >> UInt64(ofDay % 60) & 1 != 0 && fields.hours >> UInt32(ofDay / 60) & 1 != 0
            && days.contains(day)
    }

    /// The first minute that matches, or the bound.
    private mutating func firstMatch(from minute: Int64, below bound: Int64) -> Int64 {
        var (day, ofDay) = minute.quotientAndRemainderRoundedDown(1440)
        while day * 1440 < bound {
            if days.contains(day) {
                var hour = ofDay / 60
                var minutes = fields.minutes & (.max << UInt64(ofDay % 60))
                while hour < 24 {
                    if fields.hours >> UInt32(hour) & 1 != 0, minutes != 0 {
                        return Swift.min(day * 1440 + hour * 60 + Int64(minutes.trailingZeroBitCount), bound)
                    }
                    hour += 1
                    minutes = fields.minutes
                }
            }
            day += 1
            ofDay = 0
        }
        return bound
    }
}

/// Which days match, by find_jobs' rule about the two day fields; the answer about one day is kept.
private struct MatchingDays: Sendable {
    let fields: CrontabFields
    private var day = Int64.min
    private var isMatch = false

    init(fields: CrontabFields) {
        self.fields = fields
    }

    /// - Parameter day: in days since 1970-01-01.
    mutating func contains(_ day: Int64) -> Bool {
        if day != self.day {
            self.day = day
            let date = CivilDate(daysSinceEpoch: day)
            let byMonthDay = fields.monthDays >> UInt32(date.day) & 1 != 0
            let byWeekday = fields.weekdays >> UInt32(date.weekday) & 1 != 0
            let needsBoth = fields.monthDaysBeginWithStar || fields.weekdaysBeginWithStar
            isMatch =
                fields.months >> UInt32(date.month) & 1 != 0
                && (needsBoth ? byMonthDay && byWeekday : byMonthDay || byWeekday)
        }
        return isMatch
    }
}

extension Int64 {
    fileprivate var minutesRoundedDown: Int64 { quotientAndRemainderRoundedDown(60).quotient }

    fileprivate func quotientAndRemainderRoundedDown(_ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
