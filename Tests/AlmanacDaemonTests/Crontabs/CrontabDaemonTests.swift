import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("The daemon runs crontabs as they are on disk", .asRoot)
struct CrontabDaemonTests {
    static let crontab = """
        MAILTO=""
        # Once a year.
        0 0 1 1 * root echo yearly
        61 0 1 1 * root echo broken
        0 12 1 1 * root echo noon

        """

    @Test("Each line is a task with its place; a broken one is told of with its number, and the good ones run")
    func loading() throws {
        let daemon = DaemonProcess(crontab: Self.crontab, configuration: "[tasks.own]\nrun = \"true\"\n")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.crontabLines == ["crontab:3 0 0 1 1 *", "crontab:5 0 12 1 1 *"])
        #expect(daemon.tasks.count == 3)
        let place = daemon.folder.file("crontab")
        #expect(daemon.logged("\(place):4: ").count == 1, "\(daemon.child.standardError)")
        let yearly = try #require(daemon.tasks.first { $0.crontabLine == 3 })
        #expect(yearly.crontabFile == place)
        #expect(yearly.held == nil)
        #expect(yearly.nextRunAt?.hasSuffix("-01-01T00:00:00Z") == true)
        let run = try #require(daemon.triggerAndWait(yearly.name))
        #expect(daemon.log(of: run) == "yearly\n")

        let list = try #require(daemon.almanac("list")?.standardOutput)
        #expect(list.contains("\(place):3"), "\(list)")
        let check = try #require(daemon.almanac("check", "--config", daemon.folder.file("almanac.toml")))
        #expect(check.exitCode == 0, "\(check)")
        #expect(check.standardError.contains("warning: \(place):4: "), "\(check)")
        #expect(check.standardOutput.contains(": 1 task, 2 of crontabs, no faults"), "\(check)")
        let reload = try #require(daemon.almanac("reload"))
        #expect(reload.exitCode == 0)
        #expect(reload.standardError.contains("warning: \(place):4: "), "\(reload)")
        #expect(reload.standardOutput == "No task has changed.\n")
        #expect(daemon.logged("\(place):4: ").count == 1, "it is said once")
    }

    @Test("An edit is in force at once; the lines that were not edited keep their history and their pause")
    func editing() throws {
        let daemon = DaemonProcess(crontab: "0 0 1 1 * root echo kept\n0 0 2 1 * root echo before\n")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let kept = try #require(daemon.tasks.first { $0.crontabLine == 1 }?.name)
        let run = try #require(daemon.triggerAndWait(kept))
        #expect(daemon.post("/api/tasks/\(kept)/pause").status == 200)
        // What is wrong with almanac.toml is no concern of crontabs.
        daemon.folder.write("nonsense", to: "almanac.toml")
        daemon.folder.writeCrontab("# new\n\n0 0 1 1 * root echo kept\n0 0 2 1 * root echo after\n", to: "crontab")
        #expect(eventually(within: 5) { daemon.crontabLines == ["crontab:3 0 0 1 1 *", "crontab:4 0 0 2 1 *"] })
        let place = daemon.folder.file("crontab")
        #expect(eventually { daemon.logged("crontab \(place): 1 task added, 1 removed").count == 1 })
        let after = try #require(daemon.tasks.first { $0.crontabLine == 3 })
        #expect(after.name == kept)
        #expect(after.pausedSince != nil)
        #expect(daemon.runs("task_name=\(kept)").map(\.id) == [run.id])

        // A file of a folder; then modes, which are no contents; then it is gone.
        daemon.folder.writeCrontab("@daily root echo more\n", to: "cron.d/more")
        #expect(eventually(within: 5) { daemon.crontabLines.contains("more:1 @daily") }, "\(daemon.crontabLines)")
        #expect(unsafe chmod(daemon.folder.file("cron.d/more"), 0o666) == 0)
        #expect(eventually(within: 5) { daemon.crontabLines.count == 2 }, "others may write it")
        // Added, refused with the reason, removed.
        #expect(eventually { daemon.logged("\(daemon.folder.file("cron.d/more")): ").count == 3 })
        #expect(unsafe chmod(daemon.folder.file("cron.d/more"), 0o644) == 0)
        #expect(eventually(within: 5) { daemon.crontabLines.count == 3 })
        #expect(unsafe unlink(daemon.folder.file("cron.d/more")) == 0)
        #expect(eventually(within: 5) { daemon.crontabLines.count == 2 })
    }

    @Test("Places that come into being later, and their folders too, are read then")
    func later() throws {
        let folder = TemporaryFolder()
        let daemon = DaemonProcess(
            "[cron]\ninclude = [\"\(folder.file("a/b/crontab"))\", \"\(folder.file("c/cron.d"))/\"]\n",
            in: folder
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.crontabLines == [])
        for round in 1...2 {
            for path in ["a", "a/b", "c", "c/cron.d"] { #expect(unsafe mkdir(folder.file(path), 0o755) == 0) }
            folder.writeCrontab("0 0 \(round) 1 * root true\n", to: "a/b/crontab")
            folder.writeCrontab("0 0 \(round) 1 * root true\n", to: "c/cron.d/x")
            #expect(
                eventually(within: 10) {
                    daemon.crontabLines == ["crontab:1 0 0 \(round) 1 *", "x:1 0 0 \(round) 1 *"]
                },
                "\(daemon.crontabLines)"
            )
            #expect(ChildProcess.run(["rm", "-r", folder.file("a"), folder.file("c")])?.exitCode == 0)
            #expect(eventually(within: 10) { daemon.crontabLines == [] })
        }
    }

    @Test(
        "A file that is replaced, cut short, removed and made again ten times a second: the end is right, the log short"
    )
    func torture() throws {
        let daemon = DaemonProcess(crontab: "0 0 1 1 * root echo kept\n")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let path = daemon.folder.file("cron.d/x")
        for round in 0..<60 {
            switch round % 4 {
            case 0: daemon.folder.writeCrontab("0 0 1 1 * root echo \(round)\n61 * * * * root echo\n", to: "cron.d/x")
            // Without its newline, a line is not whole.
            case 1: daemon.folder.write("0 0 1 1 * root echo half", to: "cron.d/x")
            case 2: _ = unsafe unlink(path)
            default: daemon.folder.write("", to: "cron.d/x")
            }
            _ = poll(nil, 0, 60)
        }
        daemon.folder.writeCrontab("0 0 3 1 * root echo end\n", to: "cron.d/x")
        #expect(
            eventually(within: 5) { daemon.crontabLines == ["crontab:1 0 0 1 1 *", "x:1 0 0 3 1 *"] },
            "\(daemon.crontabLines)"
        )
        // Four seconds, a look a second, three lines a look at most, and those at its beginning.
        #expect(daemon.logged("cron.d/x").count < 40, "\(daemon.child.standardError)")
        #expect(daemon.get("/health").body == "OK")
    }

    @Test("A file that is gone for a moment, as an editor leaves it, takes no pause away")
    func goneForAMoment() throws {
        let daemon = DaemonProcess(crontab: "0 0 1 1 * root echo kept\n")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let name = try #require(daemon.tasks.first?.name)
        #expect(daemon.post("/api/tasks/\(name)/pause").status == 200)
        for _ in 0..<5 {
            _ = unsafe rename(daemon.folder.file("crontab"), daemon.folder.file("crontab~"))
            _ = poll(nil, 0, 90)
            daemon.folder.writeCrontab("0 0 1 1 * root echo kept\n", to: "crontab")
            _ = poll(nil, 0, 400)
        }
        #expect(daemon.tasks.first?.pausedSince != nil)
        #expect(daemon.logged("removed").isEmpty, "\(daemon.child.standardError)")
        _ = unsafe unlink(daemon.folder.file("crontab"))
        #expect(eventually(within: 5) { daemon.tasks.isEmpty }, "gone for good")
    }

    @Test("What a link in a folder leads to is followed too")
    func links() throws {
        let folder = TemporaryFolder()
        _ = unsafe mkdir(folder.file("target"), 0o755)
        _ = unsafe mkdir(folder.file("cron.d"), 0o755)
        folder.writeCrontab("0 0 1 1 * root true\n", to: "target/file")
        _ = unsafe symlink(folder.file("target/file"), folder.file("cron.d/linked"))
        let daemon = DaemonProcess(crontab: nil, in: folder)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.crontabLines == ["linked:1 0 0 1 1 *"])
        folder.writeCrontab("0 0 2 1 * root true\n", to: "target/file")
        #expect(eventually(within: 5) { daemon.crontabLines == ["linked:1 0 0 2 1 *"] })
        _ = unsafe unlink(folder.file("cron.d/linked"))
        #expect(eventually(within: 5) { daemon.crontabLines == [] })
        _ = unsafe symlink(folder.file("target/file"), folder.file("cron.d/again"))
        #expect(eventually(within: 5) { daemon.crontabLines == ["again:1 0 0 2 1 *"] })
        folder.writeCrontab("0 0 3 1 * root true\n", to: "target/file")
        #expect(eventually(within: 5) { daemon.crontabLines == ["again:1 0 0 3 1 *"] })
    }

    @Test("A daemon of a user's own runs that user's crontab", .enabled(if: OwnDaemon.works, "setpriv cannot run here"))
    func ownDaemon() throws {
        let folder = TemporaryFolder()
        folder.write("[cron]\ninclude = [\"tab\"]\n", to: "almanac.toml")
        folder.write("0 0 1 1 * id -un\n", to: "tab")
        try #require(ChildProcess.run(["chown", "-R", "nobody", folder.path])?.exitCode == 0)
        let daemon = DaemonProcess(nil, in: folder, prefix: OwnDaemon.prefix)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.crontabLines == ["tab:1 0 0 1 1 *"])
        let run = try #require(daemon.tasks.first.flatMap { daemon.triggerAndWait($0.name) })
        #expect(daemon.log(of: run) == "nobody\n")
        #expect(ChildProcess.run(["sh", "-c", "echo '0 0 2 1 * id -un' > \(folder.file("tab"))"])?.exitCode == 0)
        #expect(eventually(within: 5) { daemon.crontabLines == ["tab:1 0 0 2 1 *"] })
    }

    @Test("Crontabs go by the machine's zone, whatever [scheduler] timezone says, and follow it")
    func zone() throws {
        let folder = TemporaryFolder()
        for path in ["zoneinfo", "zoneinfo/Test"] { _ = unsafe mkdir(folder.file(path), 0o755) }
        try ZoneDataTests.install("Europe/Berlin", in: folder)
        let daemon = DaemonProcess(
            crontab: "0 12 1 1 * root true\nCRON_TZ=UTC\n0 13 1 1 * root true\n",
            configuration: "[scheduler]\ntimezone = \"UTC\"\n",
            in: folder,
            environment: ["TZDIR": folder.file("zoneinfo"), "TZ": ":Test/Here"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        func next(_ line: Int64) -> String {
            String(daemon.tasks.first { $0.crontabLine == line }?.nextRunAt?.suffix(9) ?? "")
        }
        #expect(next(1) == "11:00:00Z")
        #expect(next(3) == "13:00:00Z")
        try ZoneDataTests.install("America/New_York", in: folder)
        #expect(eventually { next(1) == "17:00:00Z" }, "\(daemon.child.standardError)")
        #expect(next(3) == "13:00:00Z")
    }

    @Test("Where almanac.toml has a task of a line's name, that one runs, and the line is told of")
    func names() throws {
        let daemon = DaemonProcess(crontab: "0 0 1 1 * root echo crontab\n")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let name = try #require(daemon.tasks.first?.name)
        daemon.folder.write(
            "[cron]\ninclude = [\"\(daemon.folder.file("crontab"))\"]\n[tasks.\"\(name)\"]\nrun = \"echo own\"\n",
            to: "almanac.toml"
        )
        let reload = try #require(daemon.almanac("reload"))
        #expect(reload.exitCode == 0)
        #expect(reload.standardError.contains("almanac.toml has one of that name"), "\(reload)")
        #expect(daemon.tasks.map(\.crontabFile) == [nil])
        let run = try #require(daemon.triggerAndWait(name))
        #expect(daemon.log(of: run) == "own\n")
    }

    @Test("With [cron] gone from the configuration its tasks are gone, and a reload brings them back")
    func reloading() throws {
        let daemon = DaemonProcess(crontab: "0 0 1 1 * root echo\n")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let configuration = String(
            decoding: TemporaryFolder.read(daemon.folder.file("almanac.toml")) ?? [],
            as: UTF8.self
        )
        daemon.folder.write("", to: "almanac.toml")
        #expect(daemon.almanac("reload")?.standardOutput.hasPrefix("removed  ") == true)
        #expect(daemon.crontabLines == [])
        daemon.folder.write(configuration, to: "almanac.toml")
        #expect(daemon.almanac("reload")?.standardOutput.hasPrefix("added    ") == true)
        daemon.folder.writeCrontab("0 0 4 1 * root echo\n", to: "crontab")
        #expect(eventually(within: 5) { daemon.crontabLines == ["crontab:1 0 0 4 1 *"] })
    }

    @Test("Ten thousand lines are there at the start, and an edit among them is in force soon")
    func tenThousand() throws {
        let lines = (0..<10_000).map { "\($0 % 60) \($0 % 24) 1 1 * root echo \($0)\n" }
        let daemon = DaemonProcess(crontab: lines.joined())
        try #require(daemon.isReady(within: 120), "\(daemon.child.standardError)")
        #expect(daemon.tasks.count == 10_000)
        daemon.folder.writeCrontab((lines.dropFirst() + ["0 0 2 1 * root echo new\n"]).joined(), to: "crontab")
        let place = daemon.folder.file("crontab")
        #expect(eventually(within: 60) { !daemon.logged("crontab \(place): 1 task added, 1 removed").isEmpty })
        #expect(daemon.tasks.count == 10_000)
    }

    @Test(
        "The idle daemon makes no system call, crontabs or not",
        .enabled(if: Strace.works, "strace cannot trace here")
    )
    func idle() throws {
        let daemon = DaemonProcess(crontab: "0 0 1 1 * root true\n")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        var calls = ["not traced"]
        for _ in 0..<6 where !calls.isEmpty { calls = Strace.calls(of: daemon.child.pid, seconds: 6) }
        #expect(calls == [])
    }
}

/// A daemon that is not root's.
enum OwnDaemon {
    static let prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    static let works = ChildProcess.run(prefix + ["true"])?.exitCode == 0
}
