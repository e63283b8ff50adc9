import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("The daemon's zone is what TZ is to every other program")
struct SystemZoneTests {
    static let configuration = """
        [tasks.noon]
        cron = "0 12 15 7 *"
        run = "date +%Z"
        """

    /// What `date` says of the zone that the daemon schedules in.
    private func dateHour(_ value: String) throws -> String {
        let noon = try #require(
            ChildProcess.run(["date", "-u", "-d", "TZ=\"\(value)\" 2026-07-15 12:00:00", "+%H:%M"])
        )
        return String(noon.standardOutput.dropLast())
    }

    @Test(
        "A name, a path and a POSIX string, with and without a colon: the next noon is that of date(1)",
        arguments: [
            ":Europe/Berlin", "/usr/share/zoneinfo/America/New_York", ":/usr/share/zoneinfo/America/New_York",
            "CET-1CEST,M3.5.0,M10.5.0/3", "<+0330>-3:30",
        ]
    )
    func zones(value: String) throws {
        let daemon = DaemonProcess(Self.configuration, environment: ["TZ": value])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let hour = try dateHour(value)
        let body = daemon.get("/api/tasks/noon/next?from=2026-01-01T00:00:00Z&count=1").body
        #expect(body.contains("\"at\":\"2026-07-15T\(hour):00Z\""), "\(hour) \(body)")
        #expect(!daemon.child.standardError.contains("TZ"), "\(daemon.child.standardError)")
    }

    @Test("What is none of these is UTC, with a warning that names it, in the log and by almanac check")
    func malformed() throws {
        let value = "CET-1CEST,M13.5.0,M10.5.0/3"
        let daemon = DaemonProcess(Self.configuration, environment: ["TZ": value])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.get("/api/info").body.contains("\"resolved_timezone\":\"UTC\""))
        let warning = "the environment variable TZ is \"\(value)\", and so the zone is UTC"
        #expect(daemon.child.standardError.contains(warning))
        let check = try #require(
            ChildProcess.run(
                [BuiltProgram.path("almanac"), "check", "--config", daemon.folder.file("almanac.toml")],
                environment: ["TZ": value, "ALMANAC_SOCKET": daemon.socketPath]
            )
        )
        #expect(check.exitCode == 0 && check.standardError.contains(warning))
    }
}
