import AlmanacCalendar
import AlmanacConfig

/// The firings of cron and of a schedule side by side, instant by instant.
struct FiringComparison {
    /// An instant at which the two do not do the same.
    struct Difference: Hashable {
        enum Kind: Hashable {
            /// cron starts a fixed job once for each of these wall times of a gap; it runs once here, and the others are dst_skipped.
            case joined
            /// cron starts the job for these wall times, more often than it runs here.
            case cronOnly
            /// It runs here for this wall time, and cron does not start it.
            case almanacOnly
        }

        let kind: Kind
        let at: Timestamp
        /// The wall times that are named; none for `@every`.
        let ticks: [CivilDateTime]
    }

    /// At how many instants both do the same.
    private(set) var agreeing = 0
    /// The first ones of each kind, in order.
    private(set) var differences: [Difference] = []
    /// How many there are of each kind.
    private(set) var counts: [Difference.Kind: Int] = [:]

    /// How many differences of a kind are kept.
    static let keptOfAKind = 1000

    /// Compares strictly after one instant, up to and including another.
    ///
    /// - Parameters:
    ///   - clock: nil where cron starts nothing.
    ///   - schedule: nil where nothing runs here by the clock.
    init(_ clock: CronClock?, _ schedule: Schedule?, after start: Timestamp, through end: Timestamp) {
        var starts = clock?.firings(after: start, through: end)
        var firings = schedule?.firings(after: start, through: end)
        var ours = firings?.next()
        var theirs = starts?.next()
        while theirs != nil || ours != nil {
            if let occurrence = ours, theirs.map({ occurrence.at < $0.at }) ?? true {
                add(.almanacOnly, occurrence.at, occurrence.tick.map { [$0] } ?? [])
                ours = firings?.next()
                continue
            }
            guard let first = theirs else { continue }
            theirs = starts?.next()
            var further: [CronClock.Firing] = []
            while let next = theirs, next.at == first.at {
                further.append(next)
                theirs = starts?.next()
            }
            guard ours?.at == first.at else {
                add(.cronOnly, first.at, ([first] + further).map(\.tick))
                continue
            }
            ours = firings?.next()
            if further.isEmpty {
                agreeing += 1
            } else if let schedule, Self.joins(schedule, [first] + further) {
                add(.joined, first.at, ([first] + further).map(\.tick))
            } else {
                add(.cronOnly, first.at, further.map(\.tick))
            }
        }
    }

    var isEqual: Bool { counts.isEmpty }

    private mutating func add(_ kind: Difference.Kind, _ at: Timestamp, _ ticks: [CivilDateTime]) {
        counts[kind, default: 0] += 1
        if counts[kind, default: 0] <= Self.keptOfAKind {
            differences.append(Difference(kind: kind, at: at, ticks: ticks))
        }
    }

    /// Whether several starts at one wake-up are the one difference that is meant: those of a fixed job after the clocks went forward, each
    /// of whose wall times is settled at the same instant here, one of them by running.
    private static func joins(_ schedule: Schedule, _ starts: [CronClock.Firing]) -> Bool {
        guard starts.allSatisfy({ $0.wakeUp == .forward }) else { return false }
        let settled = schedule.occurrences(after: starts[0].at - 1, through: starts[0].at)
        return settled.compactMap(\.tick).sorted() == starts.map(\.tick).sorted()
    }
}
