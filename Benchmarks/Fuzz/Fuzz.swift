// The libFuzzer target; one of the conditions TZIF, TZSTRING, EVENT and CRON chooses what is fed. It is compiled as one module
// with the calendar's sources.

/// Asks everything of a zone: nothing may trap, and each answer must agree with the others.
private func exercise(_ zone: ZoneRules) {
    for seconds in [
        Int64.min, -62_135_596_800, -3_000_000_000, 0, 1_774_746_000, 100_000_000_000, 253_402_300_799, .max,
    ] {
        let at = Timestamp(secondsSinceEpoch: seconds)
        for at in [at, zone.transition(after: at)?.at, zone.transition(before: at)?.at].compactMap(\.self) {
            let wall = zone.wallTime(at: at)
            if abs(at.secondsSinceEpoch / 2) < 1 << 58 {
                precondition(zone.instants(of: wall).all.contains(at), "an instant is lost")
            }
            for schedule in schedules(zone) {
                let forward = Array(schedule.occurrences(after: at - 7200, through: at + 7200).prefix(200))
                precondition(zip(forward, forward.dropFirst()).allSatisfy { $0.at <= $1.at }, "out of order")
                let last = forward.last?.at ?? at
                let backward = Array(schedule.occurrencesBackward(in: at - 7199..<last + 1).prefix(200))
                if forward.count < 200, backward.count < 200, !forward.isEmpty {
                    precondition(backward == forward.reversed(), "backward is not forward reversed")
                }
                if let next = schedule.firing(after: at) { precondition(next.at > at, "the next is not later") }
                if let previous = schedule.firing(before: at) {
                    precondition(previous.at < at, "the previous is not earlier")
                }
            }
        }
    }
}

private func schedules(_ zone: ZoneRules) -> [Schedule] {
    let expressions = ["*/7 * * * *", "30 2,3 L * *", "@every 7h", "0 0 29 2 */7"].compactMap {
        try? CronExpression($0)
    }
    let events = ["2000/3-*~01 2:30", "1970,2026-3,10-* *:0/20"].compactMap { try? CalendarEvent($0).expression }
    return (expressions + events).enumerated().map { Schedule($1, in: zone, hourly: $0 % 2 == 0) }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    #if TZIF
        if let zone = try? ZoneRules(id: ZoneID("x"), tzif: bytes) { exercise(zone) }
    #elseif TZSTRING
        if let zone = try? ZoneRules(id: ZoneID("x"), posixTZ: String(decoding: bytes, as: UTF8.self)) {
            exercise(zone)
        }
    #elseif EVENT
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(CalendarEventError) {
            let event = try CalendarEvent(text)
            guard let again = try? CalendarEvent(event.description) else {
                preconditionFailure("\(event) does not read back")
            }
            precondition(again == event, "\(event) reads back as another")
            let schedule = Schedule(event.expression, in: .utc)
            guard let first = schedule.firing(after: .minimum - 1), let last = schedule.firing(before: .maximum + 1)
            else {
                preconditionFailure("\(event) never is")
            }
            precondition(first.at <= last.at, "the last is earlier than the first")
            _ = schedule.firing(after: Timestamp(secondsSinceEpoch: 1_774_746_000))
        } catch {
            let end = text.unicodeScalars.count + 1
            precondition(
                1 <= error.column && error.column <= error.endColumn && error.endColumn <= end,
                "a place outside the text"
            )
        }
    #else
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(CronExpressionError) {
            let expression = try CronExpression(text)
            guard let again = try? CronExpression(expression.description) else {
                preconditionFailure("\(expression) does not read back")
            }
            precondition(again == expression, "\(expression) reads back as another")
            let schedule = Schedule(expression, in: .utc)
            precondition(
                expression.isReboot || schedule.firing(after: .minimum - 1) != nil,
                "\(expression) never fires"
            )
            _ = schedule.firing(after: Timestamp(secondsSinceEpoch: 1_774_746_000))
        } catch {
            let end = text.unicodeScalars.count + 1
            precondition(
                1 <= error.column && error.column <= error.endColumn && error.endColumn <= end,
                "a place outside the text"
            )
        }
        _ = Timestamp(rfc3339: text)
        _ = CivilDateTime(text)
    #endif
    return 0
}
