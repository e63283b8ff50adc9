import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Testing

@Suite("on_calendar says in systemd's notation when a task is due")
struct OnCalendarTests {
    private func task(_ keys: String) throws -> TaskDefinition {
        let configuration = try ConfigurationFixture.read("[tasks.a]\nrun = \"true\"\n\(keys)\n")
        return try #require(configuration.tasks.first)
    }

    private func faults(_ keys: String) -> [String] {
        ConfigurationFixture.faults(of: "[tasks.a]\nrun = \"true\"\n\(keys)\n")
    }

    @Test("The expression, with the zone that it names")
    func zoneInText() throws {
        let schedule = try #require(try task(#"on_calendar = "Mon..Fri *-*-* 09:00 Asia/Tokyo""#).schedule)
        #expect(schedule.onCalendar == "Mon..Fri *-*-* 09:00 Asia/Tokyo")
        #expect(schedule.cron == nil)
        #expect(schedule.schedule.zone.id == ZoneID("Asia/Tokyo"))
        #expect(schedule.hasOwnZone && schedule.namesZoneInText)
        #expect(schedule.schedule.firing(after: .minimum)?.tick?.time.hour == 9)
    }

    @Test("Without a zone in it, that of the task counts, else the configuration's")
    func otherZones() throws {
        let own = try #require(try task("on_calendar = 'daily'\ntimezone = 'Asia/Tokyo'").schedule)
        #expect(own.schedule.zone.id == ZoneID("Asia/Tokyo"))
        #expect(own.hasOwnZone && !own.namesZoneInText)
        let followed = try #require(try task("on_calendar = 'daily'").schedule)
        #expect(followed.schedule.zone.id == ZoneID("Europe/Berlin"))
        #expect(!followed.hasOwnZone && !followed.namesZoneInText)
    }

    @Test(
        "Faults name the key, the column's line and the mend",
        arguments: [
            (
                "cron = '@daily'\non_calendar = 'daily'",
                "on_calendar: the task has cron too; keep one of the two, or make two tasks"
            ),
            (
                "on_calendar = 'daily Asia/Tokyo'\ntimezone = 'UTC'",
                "timezone: on_calendar names a zone already; remove this key, or the zone there"
            ),
            ("on_calendar = '24:00'", "on_calendar: 24 is not an hour; expected 0 to 23"),
            ("on_calendar = '*-02-30'", "on_calendar: the event never is: no day that it names exists"),
            ("on_calendar = 'daily Mars/Base'", #"on_calendar: there is no zone "Mars/Base""#),
            (
                "on_calendar = 5",
                #"on_calendar: expected a calendar event such as "Mon..Fri *-*-* 09:00", found the number 5"#
            ),
            (
                "on_calendar = ['daily', 'Mon 9:00']",
                #"on_calendar: expected a calendar event such as "Mon..Fri *-*-* 09:00", found an array; "#
                    + "make a task for each, with the same run"
            ),
        ]
    )
    func faults(keys: String, expected: String) {
        let found = faults(keys)
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix("[tasks.a] \(expected)") == true, "\(found)")
    }

    @Test("A task with on_calendar has times: its jitter and its closed API are no mistakes")
    func noWarnings() throws {
        let text = "[tasks.a]\nrun = 'true'\non_calendar = 'daily'\njitter = '1m'\napi_trigger = false\n"
        #expect(try ConfigurationFixture.read(text).warnings.isEmpty)
    }

    @Test("[defaults] takes no on_calendar")
    func defaults() {
        let found = ConfigurationFixture.faults(of: "[defaults]\non_calendar = 'daily'\n")
        #expect(found.count == 1 && found[0].contains("no task inherits this key"))
    }

    @Test(
        "An edit is told by the key that was edited",
        arguments: [
            ("on_calendar = '9:00'", "on_calendar = '10:00'", ["on_calendar"]),
            ("cron = '0 9 * * *'", "on_calendar = '9:00'", ["cron", "on_calendar"]),
            ("on_calendar = '9:00 UTC'", "on_calendar = '9:00 Asia/Tokyo'", ["on_calendar"]),
            ("on_calendar = '9:00'", "on_calendar = '9:00'\ntimezone = 'Asia/Tokyo'", ["timezone"]),
            ("on_calendar = '9:00'", "on_calendar = '9:00'", []),
        ]
    )
    func differences(old: String, new: String, expected: [String]) throws {
        #expect(try task(new).differences(from: task(old)) == expected)
    }

    @Test("Another way to write the same leaves the fingerprint; other times, years or zones do not")
    func fingerprints() throws {
        func fingerprint(_ text: String) throws -> String? {
            try task("on_calendar = '\(text)'").schedule?.fingerprint
        }
        let one = try fingerprint("Mon-Fri 9:00")
        #expect(try fingerprint("mon..fri *-*-* 09:00:00") == one)
        for other in ["Mon..Fri 9:01", "Mon..Sat 9:00", "Mon..Fri 2026-*-* 9:00", "Mon..Fri 9:00 UTC"] {
            #expect(try fingerprint(other) != one)
        }
    }
}
