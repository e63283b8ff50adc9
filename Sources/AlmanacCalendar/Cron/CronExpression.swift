/// When a task runs, in cron's notation: five fields, six with seconds first, or a descriptor such as `@daily`. In systemd's
/// notation a ``CalendarEvent`` makes one.
///
/// ```swift
/// let weekdays = try CronExpression("*/15 9-17 * * MON-FRI")
/// print(weekdays)               // */15 9-17 * * 1-5
/// try CronExpression("61 * * * *")  // throws: minute, column 1: 61 is not a minute; expected 0 to 59
/// ```
///
/// Two expressions are equal if they have the same meaning field by field, however they were written; two calendar events if
/// systemd's normalized form is the same. The grammar is that of
/// `spec/occurrences.md` 1: names, ranges that wrap, steps, `?`, `L`, `L-n`, `nW`, `LW`, `d#k`, `dL`, and Vixie cron's rule about
/// days.
public struct CronExpression: Hashable, Sendable {
    /// The four kinds of expression.
    enum Kind: Hashable, Sendable {
        /// Ticks on the wall clock.
        case fields(CronFields)
        /// Every whole multiple of this many seconds since 1970-01-01T00:00:00Z, 1 or more.
        case every(seconds: Int64)
        /// No occurrences: the scheduler runs it at its start.
        case reboot
        /// Ticks on the wall clock, in systemd's notation.
        indirect case event(CalendarEvent.Fields)
    }

    let kind: Kind

    /// Reads an expression.
    ///
    /// Throws a ``CronExpressionError`` for text outside the grammar, and for expressions that can never match, such as
    /// `0 0 30 2 *`.
    public init(_ text: String) throws(CronExpressionError) {
        kind = try CronParser.parse(text)
    }

    /// An expression in systemd's notation.
    init(event: CalendarEvent.Fields) {
        kind = .event(event)
    }

    /// Whether this was read by ``CalendarEvent``; then ``description`` is in that notation.
    public var isCalendarEvent: Bool {
        if case .event = kind { true } else { false }
    }

    /// Whether this is `@reboot`, which has no occurrences.
    public var isReboot: Bool { kind == .reboot }

    /// The seconds between firings of an `@every` expression; nil for all others.
    public var everySeconds: Int64? {
        if case .every(let seconds) = kind { seconds } else { nil }
    }

    /// Whether the hour field matches all 24 hours, so that changes by whole hours pass the schedule by
    /// (`spec/occurrences.md` 3).
    public var isHourly: Bool {
        switch kind {
        case .fields(let fields): fields.isHourly
        case .event(let event): event.times.isHourly
        case .every, .reboot: false
        }
    }
}

extension CronExpression: CustomStringConvertible {
    /// The expression in its canonical form, which reads back as an equal value.
    public var description: String {
        switch kind {
        case .fields(let fields): CronPrinter.text(of: fields)
        case .every(let seconds): CronPrinter.text(ofEvery: seconds)
        case .reboot: "@reboot"
        case .event(let event): event.text
        }
    }
}
