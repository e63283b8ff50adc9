import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import Testing

@testable import AlmanacServer

@Suite("The API shows a schedule under the key that it was written as")
struct OnCalendarTests {
    private func task(_ text: String, _ expression: CronExpression) -> TaskDefinition {
        let schedule = TaskSchedule(text: text, schedule: Schedule(expression, in: .utc), hasOwnZone: false)
        return TaskDefinition(name: "a", command: "true", schedule: schedule)
    }

    @Test("systemd's notation as on_calendar, without cron")
    func onCalendar() throws {
        let task = task("Mon 9:00", try CalendarEvent("Mon 9:00").expression)
        let resource = TaskResource(task, pause: nil, now: Timestamp(secondsSinceEpoch: 0))
        #expect(resource.onCalendar == "Mon 9:00")
        #expect(resource.cron == nil)
        #expect(resource.timezone == "UTC")
        #expect(resource.nextRunAt == "1970-01-05T09:00:00Z")
        #expect(TaskBrief(task).onCalendar == "Mon 9:00")
        #expect(TaskBrief(task).cron == nil)
        #expect(TaskResource.CodingKeys.onCalendar.rawValue == "on_calendar")
        #expect(TaskBrief.CodingKeys.onCalendar.rawValue == "on_calendar")
    }

    @Test("cron's notation as cron, without on_calendar")
    func cron() throws {
        let task = task("@daily", try CronExpression("@daily"))
        let resource = TaskResource(task, pause: nil, now: Timestamp(secondsSinceEpoch: 0))
        #expect(resource.cron == "@daily")
        #expect(resource.onCalendar == nil)
        #expect(TaskBrief(task).onCalendar == nil)
    }
}
