import AlmanacCalendar
import AlmanacDaemon
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("The status is one line that stays true")
struct ServiceStatusTests {
    static let now = Timestamp("2026-11-25T00:00:00Z")

    static let berlin = try! ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3")

    @Test(
        "The next firing stands on its own zone's clock, with its date from a day ahead on",
        arguments: [
            ("2026-11-25T01:00:00Z", "02:00 CET"),
            ("2026-11-25T01:00:07Z", "02:00:07 CET"),
            ("2026-11-25T23:59:59Z", "00:59:59 CET"),
            ("2026-11-26T00:00:00Z", "2026-11-26 01:00 CET"),
            ("2027-07-01T00:00:00Z", "2027-07-01 02:00 CEST"),
        ]
    )
    func next(at: String, expected: String) {
        let firing = PlannedFiring(taskName: "backup-db", at: Timestamp(at), zone: Self.berlin)
        let status = ServiceStatus(running: 3, scheduled: 12, next: firing)
        #expect(status.text(at: Self.now) == "3 running, 12 scheduled, next backup-db at \(expected)")
    }

    @Test("Tasks of crontabs that are held, and by whom", arguments: [(1, "1 crontab task"), (12, "12 crontab tasks")])
    func held(count: Int, expected: String) {
        let held = HeldTasks(count: count, reason: "cron is running (process 412)")
        let status = ServiceStatus(running: 0, scheduled: 3, next: nil, held: held, remark: "the reload failed")
        #expect(
            status.text(at: Self.now)
                == "0 running, 3 scheduled; \(expected) held: cron is running (process 412); the reload failed"
        )
    }

    @Test("Nothing ahead, and a remark")
    func nothing() {
        let status = ServiceStatus(running: 0, scheduled: 0, next: nil, remark: "the reload failed")
        #expect(status.text(at: Self.now) == "0 running, 0 scheduled; the reload failed")
    }
}
