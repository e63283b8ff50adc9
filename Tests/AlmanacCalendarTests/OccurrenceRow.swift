import AlmanacCalendar
import Testing

/// A schedule over a stretch of time, and its occurrences as `instant kind tick reason`.
struct OccurrenceRow: CustomTestStringConvertible, Sendable {
    let rule: String
    let zone: String
    let expression: String
    /// Whether the expression is a calendar event.
    var isEvent = false
    let from: String
    let until: String
    var gap = GapPolicy.run
    var fold = FoldPolicy.first
    var hourly = true
    let expected: [String]

    var testDescription: String { "\(rule): \(expression) in \(zone)" }

    init(
        _ rule: String,
        _ zone: String,
        _ expression: String,
        _ from: String,
        _ until: String,
        gap: GapPolicy = .run,
        fold: FoldPolicy = .first,
        hourly: Bool = true,
        _ expected: [String]
    ) {
        (self.rule, self.zone, self.expression, self.from, self.until) = (rule, zone, expression, from, until)
        (self.gap, self.fold, self.hourly, self.expected) = (gap, fold, hourly, expected)
    }

    /// The row with its expression in systemd's notation.
    static func event(
        _ rule: String,
        _ zone: String,
        _ text: String,
        _ from: String,
        _ until: String,
        gap: GapPolicy = .run,
        fold: FoldPolicy = .first,
        hourly: Bool = true,
        _ expected: [String]
    ) -> OccurrenceRow {
        var row = OccurrenceRow(rule, zone, text, from, until, gap: gap, fold: fold, hourly: hourly, expected)
        row.isEvent = true
        return row
    }

    /// Checks the occurrences in the half-open stretch, in both directions, walked and asked for one by one.
    func check() throws {
        let schedule =
            try isEvent
            ? Fixtures.schedule(event: expression, zone, gap: gap, fold: fold, hourly: hourly)
            : Fixtures.schedule(expression, zone, gap: gap, fold: fold, hourly: hourly)
        let range = instant(from)..<instant(until)
        let forward = Array(schedule.occurrences(in: range))
        #expect(forward.map(\.description) == expected)
        #expect(Array(schedule.occurrencesBackward(in: range)) == forward.reversed())
        let firings = forward.filter { $0.kind == .fire }
        #expect(Array(schedule.firings(after: range.lowerBound - 1, through: range.upperBound - 1)) == firings)
        var at = range.lowerBound - 1
        for firing in firings {
            #expect(schedule.firing(after: at) == firing)
            at = firing.at
        }
        at = range.upperBound
        for firing in firings.reversed() {
            #expect(schedule.firing(before: at) == firing)
            at = firing.at
        }
    }
}
