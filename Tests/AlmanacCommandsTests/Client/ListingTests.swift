import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import Testing

@testable import AlmanacCommands

@Suite("Listings are for people: local time, durations, reasons")
struct ListingTests {
    private func text(_ table: Table) -> String {
        var output = OutputBuffer()
        table.print(into: &output, colour: .off)
        return output.text
    }

    private func run(_ id: String, status: String = "ended", reason: String? = nil, exitCode: Int64 = 0) -> RunResource
    {
        var run = RunResource(
            id: id,
            taskName: "backup",
            status: status,
            exitCode: exitCode,
            triggeredBy: "cron",
            createdAt: "2026-03-29T00:59:59Z"
        )
        run.endReason = reason
        return run
    }

    @Test("runs")
    func runs() throws {
        var success = run("A", reason: "success")
        success.startAt = "2026-03-29T00:59:59.500Z"
        success.endAt = "2026-03-29T01:00:00.850Z"
        var running = run("B", status: "running")
        running.startAt = "2026-03-29T01:00:00Z"
        var failed = run("C", reason: "failed", exitCode: 137)
        failed.startAt = "2026-03-29T01:00:00Z"
        failed.endAt = "2026-03-29T02:02:03Z"
        failed.retryAttempt = 1
        var missed = run("D", reason: "missed", exitCode: -1)
        missed.scheduledAt = "2026-03-29T00:30:00Z"
        missed.missedCount = 12
        missed.message = "the daemon\nwas away"
        let listing = RunListing(
            runs: [success, running, failed, missed, run("E", status: "pending")],
            now: PreciseTimestamp(try ZoneFixtures.instant("2026-03-29T01:00:42Z")),
            zone: try ZoneFixtures.rules("Europe/Berlin")
        )
        #expect(
            text(listing.table) == """
                RUN  TASK    STATUS   TRIGGER  WHEN                           TOOK  EXIT  NOTE
                A    backup  success  cron     Sun 2026-03-29 01:59:59 CET    1.3s     0
                B    backup  running  cron     Sun 2026-03-29 03:00:00 CEST    42s
                C    backup  failed   cron     Sun 2026-03-29 03:00:00 CEST  1h 2m   137  retry 1
                D    backup  missed   cron     Sun 2026-03-29 01:30:00 CET                12 firings, the daemon was away
                E    backup  pending  cron     Sun 2026-03-29 01:59:59 CET

                """
        )
    }

    @Test("tasks")
    func tasks() throws {
        var backup = TaskResource(name: "backup", apiTrigger: true)
        backup.cron = "30 2 * * *"
        backup.timezone = "UTC"
        backup.nextRunAt = "2026-03-29T02:30:00Z"
        backup.description = "Dumps the database"
        var start = TaskResource(name: "migrate", apiTrigger: true)
        start.runOnStart = true
        let listing = TaskListing(
            tasks: [backup, start, TaskResource(name: "report", apiTrigger: true)],
            now: try ZoneFixtures.instant("2026-03-29T00:30:00Z"),
            zone: try ZoneFixtures.rules("Europe/Berlin")
        )
        #expect(
            text(listing.table) == """
                TASK     SCHEDULE    ZONE  NEXT RUN                      FROM NOW  DESCRIPTION
                backup   30 2 * * *  UTC   Sun 2026-03-29 04:30:00 CEST  in 2h     Dumps the database
                migrate  at start
                report   by hand

                """
        )
    }

    @Test("tasks that are lines of crontabs, with their places, and why they are held")
    func crontabs() throws {
        var line = TaskResource(name: "cron.d:sysstat:sa1-1f", apiTrigger: true)
        line.cron = "5-55/10 * * * *"
        line.crontabFile = "/etc/cron.d/sysstat"
        line.crontabLine = 6
        line.held = "cron is running (process 412)"
        let listing = TaskListing(
            tasks: [line, TaskResource(name: "report", apiTrigger: true)],
            now: try ZoneFixtures.instant("2026-03-29T00:30:00Z"),
            zone: .utc
        )
        #expect(
            text(listing.table) == """
                TASK                   SCHEDULE         HELD                           CRONTAB
                cron.d:sysstat:sa1-1f  5-55/10 * * * *  cron is running (process 412)  /etc/cron.d/sysstat:6
                report                 by hand

                """
        )
    }

    @Test(
        "the end of almanac run is that of the command, and a failure where none ran",
        arguments: [
            ("success", 0, 0, false), ("success", 3, 3, false), ("failed", 2, 2, false), ("failed", 127, 127, false),
            ("failed", 137, 137, true), ("timeout", 143, 143, true), ("timeout", 0, 1, true),
            ("stopped", 143, 143, true),
            ("skipped", -1, 1, true), ("queue_full", -1, 1, true), ("start_failed", -1, 1, true),
            ("crashed", -2, 1, true),
            ("daemon_stopped", 130, 130, true), ("something_new", -1, 1, true),
        ] as [(String, Int64, Int32, Bool)]
    )
    func status(reason: String, exitCode: Int64, status: Int32, isTold: Bool) {
        let run = run("A", reason: reason, exitCode: exitCode)
        #expect(run.commandStatus == status)
        #expect((run.shortfall != nil) == isTold)
    }

    @Test("a run that has not ended is no failure", arguments: ["pending", "running"])
    func unfinished(status: String) {
        #expect(run("A", status: status).commandStatus == 0)
        #expect(run("A", status: status).shortfall == nil)
    }

    @Test("the daemon's own message is told too")
    func message() {
        var run = run("A", reason: "start_failed", exitCode: -1)
        run.message = "there is no shell /bin/nosh"
        #expect(run.shortfall == "run A could not be started: there is no shell /bin/nosh")
    }

    @Test(
        "fractions of a second are read to the nanosecond",
        arguments: [
            ("1970-01-01T00:00:01Z", 1_000_000_000), ("1970-01-01T00:00:01.25Z", 1_250_000_000),
            ("1970-01-01T00:00:01.000000001Z", 1_000_000_001), ("1970-01-01T00:00:01.1234567899Z", 1_123_456_789),
            ("1969-12-31T23:59:59.5Z", -500_000_000),
        ] as [(String, Int64)]
    )
    func fractions(text: String, nanoseconds: Int64) {
        #expect(PreciseTimestamp(rfc3339: text) == PreciseTimestamp(nanosecondsSinceEpoch: nanoseconds))
    }
}
