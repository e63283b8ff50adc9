/// An expression in a zone, with its policies for clock changes: which instants it fires at, and what becomes of every other tick.
///
/// ```swift
/// let schedule = Schedule(try CronExpression("30 2 * * *"), in: berlin)
/// schedule.firing(after: Timestamp(rfc3339: "2026-03-28T12:00:00Z")!)
/// // 2026-03-29T01:00:00Z for the tick 2026-03-29T02:30:00, reason gap: clocks go from 02:00 to 03:00
/// ```
///
/// The rules are those of `spec/occurrences.md` 3. Occurrences are ordered by instant; at one instant the firing comes first, then
/// the dst_skipped ones by tick. Instants and ticks stay within the years 1 to 9999. A schedule is a pure value: it reads no
/// clock and keeps nothing from one question to the next.
public struct Schedule: Sendable {
    /// When, in cron's notation or in systemd's.
    public let expression: CronExpression

    /// The zone whose clocks count.
    public let zone: ZoneRules

    /// What becomes of ticks in gaps.
    public let gap: GapPolicy

    /// What becomes of ticks in folds.
    public let fold: FoldPolicy

    /// Whether the hourly rule holds: an expression whose hour field matches all hours passes shifts by whole hours by.
    public let hourly: Bool

    let timing: Timing

    /// What a walk goes by.
    ///
    /// Plain stored values rather than an enum's payload, which each step of a walk would copy.
    struct Timing: Sendable {
        enum Kind: Sendable { case ticks, ticksInYears, every, never }

        let kind: Kind
        /// The expression's ticks; without meaning for the other kinds.
        let ticks: Ticks
        /// The years of the ticks; nil for all.
        var years: YearSet?
        let rules: ClusterSettling.Rules
        /// The seconds of `@every`, else 0.
        var period: Int64 = 0

        var ticksInYears: TicksInYears { TicksInYears(ticks: ticks, years: years) }
    }

    /// An expression in a zone; the policies' defaults are `almanac.toml`'s.
    public init(
        _ expression: CronExpression,
        in zone: ZoneRules,
        gap: GapPolicy = .run,
        fold: FoldPolicy = .first,
        hourly: Bool = true
    ) {
        self.expression = expression
        self.zone = zone
        self.gap = gap
        self.fold = fold
        self.hourly = hourly
        let rules = ClusterSettling.Rules(gap: gap, fold: fold, passesWholeHours: hourly && expression.isHourly)
        timing =
            switch expression.kind {
            case .fields(let fields): Timing(kind: .ticks, ticks: Ticks(fields), rules: rules)
            case .event(let event):
                Timing(
                    kind: event.years == nil ? .ticks : .ticksInYears,
                    ticks: Ticks(event.times),
                    years: event.years,
                    rules: rules
                )
            case .every(let seconds): Timing(kind: .every, ticks: .everySecond, rules: rules, period: seconds)
            case .reboot: Timing(kind: .never, ticks: .everySecond, rules: rules)
            }
    }

    /// The first firing strictly after an instant; nil where none is left before the year 10000, and for `@reboot`.
    public func firing(after instant: Timestamp) -> Occurrence? {
        var walk = ForwardWalk(self, after: instant, through: .maximum, firingsOnly: true)
        return walk.next()
    }

    /// The last firing strictly before an instant; nil where there is none from the year 1 on, and for `@reboot`.
    public func firing(before instant: Timestamp) -> Occurrence? {
        var walk = BackwardWalk(self, before: instant, from: .minimum, firingsOnly: true)
        return walk.next()
    }

    /// The first occurrence of either kind at an instant strictly after this one.
    public func occurrence(after instant: Timestamp) -> Occurrence? {
        var walk = ForwardWalk(self, after: instant, through: .maximum, firingsOnly: false)
        return walk.next()
    }

    /// The last occurrence of either kind at an instant strictly before this one.
    public func occurrence(before instant: Timestamp) -> Occurrence? {
        var walk = BackwardWalk(self, before: instant, from: .minimum, firingsOnly: false)
        return walk.next()
    }

    /// The occurrences strictly after one instant, up to and including another, in order; found one by one as they are asked for.
    public func occurrences(after start: Timestamp, through end: Timestamp) -> Occurrences {
        Occurrences(walk: ForwardWalk(self, after: start, through: end, firingsOnly: false))
    }

    /// The occurrences in a half-open range of instants, in order; found one by one as they are asked for.
    public func occurrences(in range: Range<Timestamp>) -> Occurrences {
        occurrences(after: range.lowerBound - 1, through: range.upperBound - 1)
    }

    /// The occurrences in a half-open range of instants, in exactly the opposite order.
    public func occurrencesBackward(in range: Range<Timestamp>) -> BackwardOccurrences {
        BackwardOccurrences(
            walk: BackwardWalk(self, before: range.upperBound, from: range.lowerBound, firingsOnly: false)
        )
    }

    /// The firings strictly after one instant, up to and including another, in order: the fast walk.
    public func firings(after start: Timestamp, through end: Timestamp) -> Occurrences {
        Occurrences(walk: ForwardWalk(self, after: start, through: end, firingsOnly: true))
    }
}

extension Schedule: Equatable {
    /// Whether two schedules have equal expressions, zones and policies.
    public static func == (left: Schedule, right: Schedule) -> Bool {
        left.expression == right.expression && left.zone == right.zone && left.gap == right.gap
            && left.fold == right.fold
            && left.hourly == right.hourly
    }
}
