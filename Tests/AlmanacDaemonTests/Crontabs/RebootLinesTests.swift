import AlmanacCalendar
import AlmanacModel
import AlmanacTesting
import Glibc
import Testing

@testable import AlmanacDaemon

@Suite("@reboot lines are run by cron or by Almanac, once a boot")
struct RebootLinesTests {
    let folder = TemporaryFolder()

    private func lines(_ fingerprint: String = "here") -> RebootLines {
        RebootLines(fingerprint: fingerprint, bootID: "boot-2", markPath: folder.file("crond.reboot"))
    }

    private func task(_ name: String, _ cron: String, _ file: String?) throws -> TaskDefinition {
        var task = TaskDefinition(
            name: name,
            command: "true",
            schedule: TaskSchedule(
                text: cron,
                schedule: Schedule(try CronExpression(cron), in: .utc),
                hasOwnZone: false
            )
        )
        task.crontabLine = file.map { CrontabLine(file: $0, number: 1) }
        return task
    }

    private func toRun(mark: RebootLines.Mark?, hold: String?) throws -> [String] {
        let tasks = [
            try task("crons", "@reboot", "/etc/cron.d/a"), try task("included", "@reboot", "/srv/crontab"),
            try task("configured", "@reboot", nil), try task("daily", "@daily", "/etc/cron.d/a"),
        ]
        return lines().tasksToRun(of: tasks, mark: mark, hold: hold).map(\.name)
    }

    @Test("Which lines, by who has made cron's mark and whether cron is running")
    func which() throws {
        #expect(try toRun(mark: nil, hold: nil) == ["crons", "included"])
        #expect(try toRun(mark: nil, hold: "cron is running") == ["included"])
        #expect(try toRun(mark: .others, hold: nil) == ["included"])
        // The daemon has died between its mark and its runs, and cron, which has come since, has kept to the mark.
        #expect(try toRun(mark: .own, hold: "cron is running") == ["crons", "included"])
    }

    @Test("A boot is settled by its own cursor alone")
    func settled() {
        let now = Timestamp("2026-05-01T12:00:00Z")
        #expect(!lines().areSettled(by: []))
        #expect(!lines().areSettled(by: [ScheduleCursor(bootID: "boot-1", settledThrough: now)]))
        #expect(!lines().areSettled(by: [ScheduleCursor(taskName: "a", settledThrough: now, schedule: "boot-2")]))
        #expect(lines().areSettled(by: [lines().cursor(at: now)]))
    }

    @Test("The mark is known again as one's own, and never takes the place of cron's")
    func mark() throws {
        #expect(lines().mark == nil)
        try lines().makeMark()
        #expect(lines().mark == .own)
        #expect(lines("elsewhere").mark == .others)
        try lines("elsewhere").makeMark()
        #expect(lines().mark == .own)
        #expect(unsafe unlink(folder.file("crond.reboot")) == 0)
        folder.write("", to: "crond.reboot")
        try lines().makeMark()
        #expect(lines().mark == .others)
        #expect(ChildProcess.run(["ls", folder.path])?.standardOutput == "crond.reboot\n", "no drafts are left")
    }
}
