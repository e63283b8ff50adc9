package import AlmanacCalendar
package import AlmanacModel

/// Tells what the clocks have done from one look at them to the next, as a pure value.
///
/// The wall clock and the time since boot go at the same pace, that of NTP's small corrections included, in suspend too:
/// only setting the wall clock takes them apart (clock_gettime(2), adjtimex(2)).
package struct ClockWatch: Sendable {
    private var wall: PreciseTimestamp
    private var uptime: Uptime

    /// Steps of less are not worth a word: they move no whole second's firing by a whole second.
    private static let smallestStep = Duration.seconds(1)

    package init(wall: PreciseTimestamp, uptime: Uptime) {
        self.wall = wall
        self.uptime = uptime
    }

    /// Takes a look.
    ///
    /// - Returns: what happened since the one before: a suspend, a step, or the one and then the other.
    package mutating func observe(wall now: PreciseTimestamp, uptime: Uptime) -> [ClockEvent] {
        defer {
            wall = now
            self.uptime = uptime
        }
        var events: [ClockEvent] = []
        let passed = uptime.total - self.uptime.total
        let asleep = passed - (uptime.awake - self.uptime.awake)
        if asleep >= Self.smallestStep { events.append(.suspended(asleep)) }
        let expected = wall.advanced(by: passed)
        let step = now.duration(since: expected)
        if step >= Self.smallestStep || step <= .zero - Self.smallestStep {
            events.append(.stepped(from: expected.timestamp, to: now.timestamp))
        }
        return events
    }
}

/// Something that happened to the clocks.
package enum ClockEvent: Sendable, Equatable {
    /// The machine slept, for this long.
    case suspended(Duration)
    /// The wall clock was set.
    case stepped(from: Timestamp, to: Timestamp)
}

/// What a step of the wall clock means for the schedule: cron's distinctions, with what follows from each.
package enum ClockStep: Sendable, Equatable {
    /// Forward by no more than grace: what was passed over is late.
    case forwardWithinGrace
    /// Forward by more: what was passed over longer than grace ago is missed.
    case forwardBeyondGrace
    /// Back by no more than 3 hours: what has run does not run again, and the schedule waits for the clock.
    case backToWait
    /// Back by more: the new time is the truth.
    case backToTruth

    package init(from: Timestamp, to: Timestamp, grace: Int64) {
        let seconds = to.seconds(since: from)
        self =
            if seconds >= 0 {
                seconds <= grace ? .forwardWithinGrace : .forwardBeyondGrace
            } else {
                -seconds <= SchedulePlan.longestWait ? .backToWait : .backToTruth
            }
    }

    /// Half a sentence for the log.
    package var consequence: String {
        switch self {
        case .forwardWithinGrace: "what was due in between starts late"
        case .forwardBeyondGrace: "what was due in between is missed where it is later than grace"
        case .backToWait: "nothing that ran runs again, and what is due next waits for the clock to come to it"
        case .backToTruth: "the new time is taken as the truth, and what is due from now on runs, even if it ran before"
        }
    }
}

extension PreciseTimestamp {
    /// The point this much later; clamped to the range of this type.
    fileprivate func advanced(by duration: Duration) -> PreciseTimestamp {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = nanosecondsSinceEpoch.addingReportingOverflow(
            whole + (overflow ? 0 : attoseconds / 1_000_000_000)
        )
        if overflow || carry { return PreciseTimestamp(nanosecondsSinceEpoch: seconds < 0 ? .min : .max) }
        return PreciseTimestamp(nanosecondsSinceEpoch: sum)
    }
}
