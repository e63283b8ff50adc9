import AlmanacCalendar
import Testing

@testable import AlmanacCommands

@Suite("The sets behind an explanation are those that the calendar goes by")
struct ScheduleFieldsTests {
    /// Walks two years of midnights and compares.
    @Test(
        "the days that the fields name are the days that the schedule fires on",
        arguments: [
            "0 0 * * *", "0 0 1,15 * *", "0 0 */3 * 1", "0 0 13 * 5", "0 0 1-31 * 1", "0 0 L * *", "0 0 L-2,7 2,4 *",
            "0 0 1W,15W * *", "0 0 LW * *", "0 0 * * 5#1,2#5", "0 0 * * 1L,3", "0 0 LW * 2#2",
            "0 0 ? JUN-AUG FRI-MON/2",
            "0 0 10-20/5 1/2 *", "0 0 31W * 0", "0 0 * 11-2 6,7",
        ]
    )
    func days(expression: String) throws {
        let expression = try CronExpression(expression)
        let fields = try #require(ScheduleFields(expression))
        let start = try ZoneFixtures.instant("2027-12-31T12:00:00Z")
        let end = start + 731 * 86_400
        let fired = Set(Schedule(expression, in: .utc).firings(after: start, through: end).map(\.at))
        for day in stride(from: start.secondsSinceEpoch + 43_200, through: end.secondsSinceEpoch, by: 86_400) {
            let instant = Timestamp(secondsSinceEpoch: day)
            let date = ZoneRules.utc.wallTime(at: instant).date
            #expect(fields.matches(date) == fired.contains(instant), "\(date)")
        }
    }

    @Test(
        "the times that the fields name are the times that the schedule fires at",
        arguments: [
            "*/7 */5 * * *", "0,30 9-17 * * *", "5/20 22-2 * * *", "*/17 1,2,3,50 12 * * *", "10-50/10 59 23 * * *",
        ]
    )
    func times(expression: String) throws {
        let expression = try CronExpression(expression)
        let fields = try #require(ScheduleFields(expression))
        let start = try ZoneFixtures.instant("2027-12-31T23:59:59Z")
        let fired = Schedule(expression, in: .utc).firings(after: start, through: start + 86_400)
            .map { $0.at.seconds(since: start) - 1 }
        let named = fields.hours.flatMap { hour in
            fields.minutes.flatMap { minute in fields.seconds.map { Int64(hour * 3600 + minute * 60 + $0) } }
        }
        #expect(fired == named)
    }

    @Test("@every and @reboot have no fields", arguments: ["@every 90s", "@reboot"])
    func none(expression: String) throws {
        #expect(ScheduleFields(try CronExpression(expression)) == nil)
    }
}

extension ScheduleFields {
    /// Whether a day matches, said as simply as can be: `spec/occurrences.md` section 1.
    fileprivate func matches(_ date: CivilDate) -> Bool {
        guard months.contains(date.month) else { return false }
        let isMonthDay = matchesMonthDay(date)
        let isWeekday = matchesWeekday(date)
        return matchesEitherDay ? isMonthDay || isWeekday : isMonthDay && isWeekday
    }

    private func matchesMonthDay(_ date: CivilDate) -> Bool {
        if monthDays.days.contains(date.day) || monthDays.fromLast.contains(date.monthLength - date.day) { return true }
        let anchors =
            monthDays.nearestWeekdays.filter { $0 <= date.monthLength }
            + (monthDays.lastWeekday ? [date.monthLength] : [])
        return anchors.contains { anchor in
            guard let day = CivilDate(year: date.year, month: date.month, day: anchor) else { return false }
            switch day.weekday {
            case 6: return date.day == (anchor == 1 ? 3 : anchor - 1)
            case 0: return date.day == (anchor == date.monthLength ? anchor - 2 : anchor + 1)
            default: return date.day == anchor
            }
        }
    }

    private func matchesWeekday(_ date: CivilDate) -> Bool {
        weekdays.days.contains(date.weekday)
            || weekdays.nth.contains { $0.weekday == date.weekday && $0.place == (date.day - 1) / 7 + 1 }
            || weekdays.last.contains { $0 == date.weekday && date.day + 7 > date.monthLength }
    }
}

extension CivilDate {
    fileprivate var monthLength: Int {
        (29...31).last { CivilDate(year: year, month: month, day: $0) != nil } ?? 28
    }
}
