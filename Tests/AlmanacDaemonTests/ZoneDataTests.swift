import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("New zone data are put in force while the daemon runs")
struct ZoneDataTests {
    static let fixtures =
        #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/tzdata-fixtures/zones"

    /// Puts a fixture in the place of the zone `Test/Here`, as a package upgrade does: under another name first.
    static func install(_ fixture: String, in folder: TemporaryFolder) throws {
        let bytes = try #require(TemporaryFolder.read("\(fixtures)/\(fixture)"))
        let new = folder.file("zoneinfo/Test/Here.new")
        let descriptor = unsafe open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        #expect(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        #expect(unsafe rename(new, folder.file("zoneinfo/Test/Here")) == 0)
    }

    @Test("The next firing moves with the rules, and the log says how many did")
    func upgrade() throws {
        let folder = TemporaryFolder()
        for path in ["zoneinfo", "zoneinfo/Test"] { _ = unsafe mkdir(folder.file(path), 0o755) }
        try Self.install("Europe/Berlin", in: folder)
        let daemon = DaemonProcess(
            """
            [tasks.noon]
            cron = "0 12 * * *"
            timezone = "Test/Here"
            run = "true"
            [tasks.utc]
            cron = "0 12 * * *"
            timezone = "UTC"
            run = "true"
            """,
            in: folder,
            environment: ["TZDIR": folder.file("zoneinfo"), "TZ": "UTC"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let before = daemon.get("/api/tasks/noon").body
        try Self.install("America/New_York", in: folder)
        let announcement = "zone data changed (Test/Here): 1 next firings moved"
        #expect(eventually { daemon.child.standardError.contains(announcement) }, "\(daemon.child.standardError)")
        #expect(daemon.get("/api/tasks/noon").body != before)

        // A file that is none leaves the rules as they are, and is told of.
        folder.write("not a zone", to: "zoneinfo/Test/Here")
        #expect(eventually { daemon.child.standardError.contains("its rules stay as they were") })
        #expect(daemon.isReady())
    }
}

@Suite("Clock troubles that happened to others do not happen here")
struct ClockTroubleTests {
    @Test("fcron 39, systemd 8233, healthchecks 418: the host's zone was changed, and the scheduler kept the old one")
    func hostZone() throws {
        let folder = TemporaryFolder()
        for path in ["zoneinfo", "zoneinfo/Test"] { _ = unsafe mkdir(folder.file(path), 0o755) }
        try ZoneDataTests.install("Europe/Berlin", in: folder)
        let daemon = DaemonProcess(
            """
            [tasks.noon]
            cron = "0 12 * * *"
            run = "true"
            [tasks.utc]
            cron = "0 12 * * *"
            timezone = "UTC"
            run = "true"
            """,
            in: folder,
            environment: ["TZ": ":\(folder.file("zoneinfo/Test/Here"))"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let next = "/api/tasks/noon/next?from=2026-01-15T00:00:00Z&count=1"
        #expect(daemon.get(next).body.contains(#""at":"2026-01-15T11:00:00Z""#))
        try ZoneDataTests.install("America/New_York", in: folder)
        #expect(
            eventually { daemon.get(next).body.contains(#""at":"2026-01-15T17:00:00Z""#) },
            "\(daemon.child.standardError)"
        )
        #expect(daemon.child.standardError.contains("1 next firings moved"))
    }
}

@Suite("A reload takes the file as a whole, or not at all")
struct ReloadTests {
    @Test("SIGHUP: tasks come, go and change; a faulty file changes nothing")
    func hangup() throws {
        let daemon = DaemonProcess(
            """
            [tasks.kept]
            run = "true"
            [tasks.gone]
            run = "true"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        daemon.folder.write(
            "[tasks.kept]\nrun = \"true\"\ntimeout = \"5s\"\n[tasks.new]\nrun = \"true\"\n",
            to: "almanac.toml"
        )
        daemon.child.send(SIGHUP)
        #expect(
            eventually {
                daemon.child.standardError.contains("configuration reloaded: 1 tasks added, 1 removed, 1 changed")
            },
            "\(daemon.child.standardError)"
        )
        #expect(daemon.get("/api/tasks/gone").status == 404)
        #expect(daemon.triggerAndWait("new")?.endReason == "success")
        daemon.folder.write("[tasks.kept]\nrun = \"true\"\ncron = \"61 * * * *\"\n", to: "almanac.toml")
        daemon.child.send(SIGHUP)
        #expect(eventually { daemon.child.standardError.contains("61 is not a minute") })
        #expect(daemon.triggerAndWait("new")?.endReason == "success")
    }

    @Test("A run finishes on the definition that it was made under, and an edited schedule does not fire at once")
    func runningRun() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "while [ ! -e go ]; do sleep 0.05; done; echo old"
            cron = "0 0 1 1 *"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("job"))
        daemon.folder.write("[tasks.job]\nrun = \"echo new\"\ncron = \"0 12 1 1 *\"\n", to: "almanac.toml")
        daemon.child.send(SIGHUP)
        #expect(eventually { daemon.child.standardError.contains("configuration reloaded") })
        daemon.folder.write("", to: "go")
        #expect(eventually { daemon.run(run.id)?.endReason == "success" })
        #expect(daemon.log(of: run) == "old\n")
        let next = try #require(daemon.triggerAndWait("job"))
        #expect(daemon.log(of: next) == "new\n")
        #expect(daemon.runs("triggered_by=cron").isEmpty)
    }
}
