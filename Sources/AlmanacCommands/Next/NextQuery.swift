import AlmanacCalendar

/// A question for occurrences as it was asked, on the command line or in a line of JSON.
struct NextQuery: Equatable {
    var expression: String
    /// Whether the expression is in systemd's notation.
    var isCalendarEvent = false
    var zone: String?
    var from: String?
    var until: String?
    var count: Int?
    var gap: String?
    var fold: String?
    var includesSkipped = false

    /// The counts that may be asked for.
    static let counts = 1...1_000_000

    /// How many occurrences are listed where neither a count nor an end is given.
    static let defaultCount = 10

    /// Whether the system's zone counts.
    var namesNoZone: Bool {
        zone == nil && !(isCalendarEvent && (try? CalendarEvent(expression))?.zone != nil)
    }

    /// Reads every part, the expression first.
    ///
    /// - Parameter now: where the answer starts if the question does not say.
    func resolved(now: Timestamp, zones: Zones) throws(NextFault) -> NextRequest {
        let (expression, rules) = try resolvedExpression(zones)
        let from = try instant(self.from, field: "from") ?? now
        let until = try instant(self.until, field: "until")
        if let count, !Self.counts.contains(count) {
            throw NextFault("count", "\(count) is not a count; expected 1 to 1000000")
        }
        let schedule = Schedule(
            expression,
            in: rules,
            gap: try choice(gap, field: "dst_gap") ?? .run,
            fold: try choice(fold, field: "dst_fold") ?? .first
        )
        return NextRequest(
            schedule: schedule,
            from: from,
            until: until ?? .maximum,
            limit: count ?? (until == nil ? Self.defaultCount : nil),
            includesSkipped: includesSkipped
        )
    }

    private func resolvedExpression(_ zones: Zones) throws(NextFault) -> (CronExpression, ZoneRules) {
        guard isCalendarEvent else {
            let expression: CronExpression
            do {
                expression = try CronExpression(self.expression)
            } catch {
                throw NextFault(error)
            }
            return (expression, try resolvedZone(zones))
        }
        let event: CalendarEvent
        do {
            event = try CalendarEvent(expression)
        } catch {
            throw NextFault(error)
        }
        guard let name = event.zone else { return (event.expression, try resolvedZone(zones)) }
        guard zone == nil else {
            throw NextFault("zone", "the expression names \(name) already; leave one of them out")
        }
        do {
            return (event.expression, try zones.rules(name))
        } catch {
            throw NextFault("on-calendar", "\(error)")
        }
    }

    private func resolvedZone(_ zones: Zones) throws(NextFault) -> ZoneRules {
        do {
            guard let zone else { return try zones.systemRules() }
            return try zones.rules(ZoneID(zone))
        } catch {
            throw NextFault("zone", "\(error)")
        }
    }

    private func instant(_ text: String?, field: String) throws(NextFault) -> Timestamp? {
        guard let text else { return nil }
        guard let instant = Timestamp(rfc3339: text) else {
            throw NextFault(
                field,
                "\(text.debugDescription) is not a time in the years 1 to 9999 as RFC 3339 has it; "
                    + "expected 2026-03-29T01:00:00Z or 2026-03-29T03:00:00+02:00"
            )
        }
        return instant
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String?,
        field: String
    ) throws(NextFault) -> Choice? {
        guard let text else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let expected = Choice.allCases.map(\.rawValue).joined(separator: " or ")
            throw NextFault(field, "\(text.debugDescription) is not a choice; expected \(expected)")
        }
        return choice
    }
}

/// A question for occurrences that can be answered.
struct NextRequest {
    let schedule: Schedule

    /// Exclusive.
    let from: Timestamp

    /// Inclusive.
    let until: Timestamp

    /// How many are listed, dst_skipped ones included where they are asked for; nil for all.
    let limit: Int?

    let includesSkipped: Bool
}
