import AlmanacCalendar
import Testing

@Suite("Calendar events are read as systemd reads them, and printed in its normalized form")
struct CalendarEventFormTests {
    /// What `systemd-analyze calendar` of systemd 252 prints.
    static let forms: [(text: String, normalized: String)] = [
        ("minutely", "*-*-* *:*:00"), ("hourly", "*-*-* *:00:00"), ("daily", "*-*-* 00:00:00"),
        ("DAILY", "*-*-* 00:00:00"), ("weekly", "Mon *-*-* 00:00:00"), ("monthly", "*-*-01 00:00:00"),
        ("quarterly", "*-01,04,07,10-01 00:00:00"), ("semiannually", "*-01,07-01 00:00:00"),
        ("bi-annually", "*-01,07-01 00:00:00"), ("yearly", "*-01-01 00:00:00"), ("annually", "*-01-01 00:00:00"),
        ("anually", "*-01-01 00:00:00"), ("daily UTC", "*-*-* 00:00:00 UTC"), ("daily utc", "*-*-* 00:00:00 UTC"),
        ("hourly Europe/Berlin", "*-*-* *:00:00 Europe/Berlin"),
        ("Mon", "Mon *-*-* 00:00:00"), ("Mon ", "Mon *-*-* 00:00:00"), ("Mon,", "Mon *-*-* 00:00:00"),
        ("Mon, 10:00", "Mon *-*-* 10:00:00"), ("Mon,Mon", "Mon *-*-* 00:00:00"),
        ("Mon-Fri", "Mon..Fri *-*-* 00:00:00"), ("Mon..Fri,Sun", "Mon..Fri,Sun *-*-* 00:00:00"),
        ("Mon-Fri,Sat", "Mon..Sat *-*-* 00:00:00"), ("tuesday..THU 10:00", "Tue..Thu *-*-* 10:00:00"),
        ("Sat,Sun", "Sat,Sun *-*-* 00:00:00"), ("Mon..Sun 10:00", "*-*-* 10:00:00"),
        ("Mon UTC", "Mon *-*-* 00:00:00 UTC"), ("Mon CET", "Mon *-*-* 00:00:00 CET"),
        ("Mon  *-*-*   10:00", "Mon *-*-* 10:00:00"), ("10-10  UTC", "*-10-10 00:00:00 UTC"),
        ("*-*", "*-*-* 00:00:00"), ("*-*-* ", "*-*-* 00:00:00"), ("*:*", "*-*-* *:*:00"), ("*:*:*", "*-*-* *:*:*"),
        ("1-1 10:00", "*-01-01 10:00:00"), ("10:0", "*-*-* 10:00:00"), ("007:00", "*-*-* 07:00:00"),
        ("10:00:00.000", "*-*-* 10:00:00"), ("*-*-* 0:0:0/1.0", "*-*-* 00:00:*"),
        ("*:*:0..30", "*-*-* *:*:00..30"), ("*:*:0,0/1", "*-*-* *:*:*"), ("*:*:1/1", "*-*-* *:*:01/1"),
        ("*:0/1", "*-*-* *:00/1:00"), ("*:0,0/30,0..30", "*-*-* *:00,00/30,00..30:00"),
        ("12-*-* 0:0", "2012-*-* 00:00:00"), ("70-1-1", "1970-01-01 00:00:00"), ("69-1-1", "2069-01-01 00:00:00"),
        ("99..05-1-1", "1999..2005-01-01 00:00:00"), ("2020/3-*-*", "2020/3-*-* 00:00:00"),
        ("1,2,3-1 0:0", "*-01,02,03-01 00:00:00"), ("1..5,3-1 0:0", "*-01..05,03-01 00:00:00"),
        ("5,1..3:00", "*-*-* 01..03,05:00:00"), ("1,1,1:00", "*-*-* 01:00:00"), ("3..3-1", "*-03-01 00:00:00"),
        ("0..23/5:00", "*-*-* 00..20/5:00:00"), ("*:0..99/50", "*-*-* *:00..50/50:00"),
        ("*:0..5/60", "*-*-* *:00:00"), ("*-*~28", "*-*~28 00:00:00"), ("*~03", "*-*~03 00:00:00"),
        ("1~3", "*-01~03 00:00:00"), ("*-*~07/1", "*-*~07/1 00:00:00"), ("*-*~3..9/4", "*-*~03..07/4 00:00:00"),
        ("*-*~1,3", "*-*~01,03 00:00:00"), ("*-*~*", "*-*-* 00:00:00"), ("@0", "1970-01-01 00:00:00 UTC"),
        ("@1774746000 Europe/Berlin", "2026-03-29 01:00:00 UTC"), ("Thu @0", "Thu 1970-01-01 00:00:00 UTC"),
        ("2199-12-31 23:59:59", "2199-12-31 23:59:59"),
    ]

    @Test("A text and its normalized form", arguments: forms)
    func form(text: String, normalized: String) throws {
        let event = try CalendarEvent(text)
        #expect(event.description == normalized)
        #expect(try CalendarEvent(normalized) == event)
    }

    @Test("The zone is returned beside the expression, UTC whatever its case")
    func zone() throws {
        #expect(try CalendarEvent("Mon..Fri 09:00 Europe/Berlin").zone == ZoneID("Europe/Berlin"))
        #expect(try CalendarEvent("09:00 Etc/GMT+5").zone == ZoneID("Etc/GMT+5"))
        #expect(try CalendarEvent("09:00 Utc").zone == ZoneID("UTC"))
        #expect(try CalendarEvent("09:00").zone == nil)
        #expect(try CalendarEvent("09:00").expression.description == "*-*-* 09:00:00")
    }

    @Test("Equal are events of one normalized form; an event never equals a cron expression")
    func equality() throws {
        #expect(try CalendarEvent("Mon-Fri 9:00") == CalendarEvent("monday..friday *-*-* 09:00:00"))
        #expect(try CalendarEvent("9:00").hashValue == CalendarEvent("*-*-* 09:00:00").hashValue)
        #expect(try CalendarEvent("9:00") != CalendarEvent("9:00 UTC"))
        #expect(try CalendarEvent("9:00") != CalendarEvent("2026-*-* 9:00"))
        #expect(try CalendarEvent("9:00").expression != CronExpression("0 9 * * *"))
        #expect(try CalendarEvent("9:00").expression.isCalendarEvent)
        #expect(try !CronExpression("0 9 * * *").isCalendarEvent)
    }

    @Test("Hourly is an event whose hours are all 24")
    func hourly() throws {
        #expect(try CalendarEvent("*:0/15").expression.isHourly)
        #expect(try CalendarEvent("0..23:30").expression.isHourly)
        #expect(try CalendarEvent("2026-*-* *:30").expression.isHourly)
        #expect(try !CalendarEvent("0..22:30").expression.isHourly)
    }

    @Test("An event without an exact counterpart in cron is neither @every nor @reboot")
    func kinds() throws {
        let expression = try CalendarEvent("2026-*-*").expression
        #expect(expression.everySeconds == nil)
        #expect(!expression.isReboot)
    }
}
