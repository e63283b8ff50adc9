import AlmanacAPI
import AlmanacTesting
import FoundationEssentials
import Glibc
import Testing

extension DaemonProcess {
    /// The runs of a task that have a folder.
    fileprivate func folders(of task: String) -> Set<String> {
        let listing = ChildProcess.run(["ls", "\(dataPath)/runs/\(task)"])?.standardOutput ?? ""
        return Set(listing.split(separator: "\n").map(String.init))
    }

    /// How often a line of the daemon's log says something.
    fileprivate func count(of text: String) -> Int {
        child.standardError.split(separator: "\n").count { $0.contains(text) }
    }
}

@Suite("As much of the history is kept as the configuration wants, rows and folders together")
struct RetentionTests {
    /// Makes runs that end, one after the other, and answers their ids.
    private func makeRuns(_ count: Int, of task: String, _ daemon: DaemonProcess) -> [String] {
        (0..<count).compactMap { _ in daemon.triggerAndWait(task)?.id }
    }

    @Test("keep_runs = 3: of ten runs the last three stay, each with its folder and its log")
    func keepRuns() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "echo $ALMANAC_RUN_ID"
            keep_runs = 3
            [tasks.other]
            run = "true"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let others = makeRuns(5, of: "other", daemon)
        let made = makeRuns(10, of: "job", daemon)
        let kept = Set(made.suffix(3))
        #expect(made.count == 10)
        #expect(eventually { Set(daemon.runs("task_name=job").map(\.id)) == kept && daemon.folders(of: "job") == kept })
        for run in daemon.runs("task_name=job") { #expect(daemon.log(of: run) == "\(run.id)\n") }
        #expect(daemon.get("/api/runs/\(made[0])").status == 404)
        #expect(daemon.get("/api/runs/\(made[0])/log").status == 404)
        #expect(daemon.get("/api/runs/\(made[0])/log/raw").status == 404)
        #expect(Set(daemon.runs("task_name=other").map(\.id)) == Set(others))
        #expect(daemon.folders(of: "other") == Set(others))
    }

    @Test("Runs that wait, and rows of ticks that made none, are counted as what they are")
    func unfinished() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "while [ ! -e go ]; do sleep 0.05; done"
            keep_runs = 1
            queue_max = 2
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let made = (0..<6).compactMap { _ in daemon.trigger("job")?.id }
        // One is active and two wait; three found the queue full, and of those the last stays.
        #expect(eventually { Set(daemon.runs().map(\.id)) == Set(made[0..<3] + made[5...5]) })
        daemon.folder.write("", to: "go")
        // The newest by its making is the one that stays, though others have ended after it.
        #expect(eventually { daemon.runs().map(\.id) == [made[5]] })
    }

    @Test("keep_for: a run goes when its time has come, with nobody there to ask")
    func keepFor() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "true"
            keep_for = "3s"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        #expect(daemon.folders(of: "job") == [run.id])
        // Only the folder is looked at, so that nothing but the timer wakes the daemon.
        #expect(eventually(within: 20) { daemon.folders(of: "job").isEmpty })
        #expect(daemon.get("/api/runs/\(run.id)").status == 404)
        let ended = try #require(run.endAt)
        let age = ChildProcess.run(["python3", "-c", Self.ageScript, ended])?.standardOutput ?? ""
        #expect((3.0..<20.0).contains(Double(age.dropLast()) ?? 0), "removed after \(age)")
    }

    private static let ageScript = """
        import sys, time, datetime
        print(time.time() - datetime.datetime.fromisoformat(sys.argv[1][:19] + "+00:00").timestamp())
        """

    @Test("A reload that lowers keep_runs acts at once, and so does a start")
    func reload() throws {
        func configuration(_ rest: String) -> String { "[tasks.job]\nrun = \"true\"\n\(rest)\n" }
        let daemon = DaemonProcess(configuration(""))
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let made = makeRuns(8, of: "job", daemon)
        #expect(daemon.runs().count == 8)
        daemon.folder.write(configuration("keep_runs = 5"), to: "almanac.toml")
        #expect(daemon.post("/api/reload").status == 200)
        #expect(eventually { Set(daemon.runs().map(\.id)) == Set(made.suffix(5)) })
        #expect(eventually { daemon.folders(of: "job") == Set(made.suffix(5)) })
        #expect(daemon.count(of: "old runs removed: 3 by keep_runs") == 1)
        #expect(daemon.end()?.exitCode == 0)

        let second = DaemonProcess(configuration("keep_for = \"1s\""), in: daemon.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(eventually { second.runs().isEmpty && second.folders(of: "job").isEmpty })
    }

    @Test("max_size: the oldest runs of all tasks go until their logs are below it")
    func maxSize() throws {
        // A line of the log is 4096 bytes: 40 in front of the text, and a newline.
        let daemon = DaemonProcess(
            """
            [storage]
            max_size = "20KiB"
            [tasks.a]
            run = "printf '%4055s\\\\n' x"
            [tasks.b]
            run = "printf '%4055s\\\\n' x"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let made = (0..<4).flatMap { _ in makeRuns(1, of: "a", daemon) + makeRuns(1, of: "b", daemon) }
        let size = ChildProcess.run(["stat", "-c", "%s", "\(daemon.dataPath)/runs/b/\(made[7])/log"])?.standardOutput
        #expect(size == "4096\n")
        let kept = Set(made.suffix(5))
        #expect(eventually { Set(daemon.runs().map(\.id)) == kept })
        #expect(eventually { daemon.folders(of: "a").union(daemon.folders(of: "b")) == kept })
        #expect(eventually { daemon.count(of: "by max_size") >= 1 })
    }

    @Test("Logs that an earlier version did not measure are measured, and count")
    func unmeasured() throws {
        let first = DaemonProcess("[tasks.job]\nrun = \"head -c 10000 /dev/zero\"")
        try #require(first.isReady(), "\(first.child.standardError)")
        let made = makeRuns(4, of: "job", first)
        #expect(first.end()?.exitCode == 0)
        let database = "\(first.dataPath)/almanac.sqlite"
        #expect(ChildProcess.run(["sqlite3", database, "UPDATE run SET log_bytes = NULL"])?.exitCode == 0)
        let second = DaemonProcess(
            "[storage]\nmax_size = \"25kB\"\n[tasks.job]\nrun = \"true\"",
            in: first.folder
        )
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(eventually { second.folders(of: "job") == Set(made.suffix(2)) })
        #expect(Set(second.runs().map(\.id)) == Set(made.suffix(2)))
    }

    @Test("A retry that waits keeps the run that it repeats")
    func waitingRetry() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "test -e go"
            keep_runs = 1
            retry_attempts = 1
            retry_delay = "4s"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let first = try #require(daemon.triggerAndWait("job"))
        daemon.folder.write("", to: "go")
        let newer = makeRuns(3, of: "job", daemon)
        #expect(eventually { daemon.runs("status=success").map(\.id) == newer.suffix(1) })
        let retry = try #require(daemon.runs("status=pending").first)
        #expect(retry.retryOfRunID == first.id)
        #expect(daemon.run(first.id)?.endReason == "failed")
        // Once the retry has ended, neither is needed any more: the newest by its making stays.
        #expect(eventually { daemon.runs().map(\.id) == newer.suffix(1) })
        #expect(eventually { daemon.folders(of: "job") == Set(newer.suffix(1)) })
    }

    @Test("A log that its limit has cut says which lines are left")
    func cutLog() throws {
        let daemon = DaemonProcess(
            """
            [tasks.old]
            run = "seq 5000"
            log_max_size = "20kB"
            [tasks.new]
            run = "seq 5000"
            log_max_size = "20kB"
            log_on_full = "drop_new"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        func page(_ task: String, _ query: String) throws -> LogPage {
            let run = try #require(daemon.runs("task_name=\(task)").first)
            let body = daemon.get("/api/runs/\(run.id)/log?\(query)").body
            return try JSONDecoder().decode(LogPage.self, from: Data(body.utf8))
        }
        for task in ["old", "new"] { #expect(daemon.triggerAndWait(task)?.endReason == "success") }
        let old = try page("old", "from=0&limit=10000")
        #expect(old.truncated && old.finalized)
        #expect(old.firstAvailable > 4000)
        #expect(old.lines.first?.n == old.firstAvailable)
        #expect(old.lines.last?.n == old.totalLines - 1)
        #expect(old.lines.last?.text == "5000")
        // The lines are those of the command, and the notices of the cuts among them.
        let notices = old.totalLines - 5000
        #expect((1...100).contains(notices))
        let new = try page("new", "from=0&limit=10000")
        #expect(new.truncated)
        #expect(new.firstAvailable == 0)
        #expect(new.lines.first?.text == "1")
    }

    @Test("Killed in the middle of a purge, again and again: no row without its log, no log without its row")
    func killed() throws {
        // Each round wants a few hundred runs fewer, and is killed somewhere on the way.
        func configuration(_ kept: Int) -> String { "[tasks.job]\nrun = \"true\"\nkeep_runs = \(kept)\n" }
        let first = DaemonProcess("[tasks.job]\nrun = \"true\"\n")
        try #require(first.isReady(), "\(first.child.standardError)")
        _ = makeRuns(1, of: "job", first)
        #expect(first.end()?.exitCode == 0)
        let fill = ChildProcess.run(["python3", "-c", Self.fillScript, first.dataPath, "8000"])
        try #require(fill?.exitCode == 0, "\(fill?.standardError ?? "")")

        var interrupted = 0
        for round in 1...8 {
            let wanted = 8001 - 1000 * round
            let daemon = DaemonProcess(configuration(wanted), in: first.folder)
            try #require(daemon.isReady(), "\(daemon.child.standardError)")
            _ = poll(nil, 0, Int32.random(in: 0...150))
            daemon.kill()
            let rows = Self.rows(first.dataPath)
            #expect(rows.count >= wanted)
            if rows.count > wanted { interrupted += 1 }
            // Every row has its folder at any moment; a folder without a row is noted.
            let folders = daemon.folders(of: "job")
            #expect(folders.isSuperset(of: rows))
            #expect(folders.subtracting(rows).isSubset(of: Self.rows(first.dataPath, "SELECT run_id FROM run_removal")))
        }
        #expect(interrupted > 0, "no purge was interrupted")
        let last = DaemonProcess(configuration(1), in: first.folder)
        try #require(last.isReady(), "\(last.child.standardError)")
        #expect(eventually { last.runs().count == 1 && last.folders(of: "job").count == 1 })
        #expect(last.folders(of: "job") == Set(last.runs().map(\.id)))
        let check = ChildProcess.run(["sqlite3", "\(last.dataPath)/almanac.sqlite", "PRAGMA integrity_check"])
        #expect(check?.standardOutput == "ok\n")
    }

    @Test("A daemon that is told to stop does not finish a long purge first; the next one does")
    func stopped() throws {
        let first = DaemonProcess("[tasks.job]\nrun = \"true\"\n")
        try #require(first.isReady(), "\(first.child.standardError)")
        _ = makeRuns(1, of: "job", first)
        #expect(first.end()?.exitCode == 0)
        let fill = ChildProcess.run(["python3", "-c", Self.fillScript, first.dataPath, "8000"])
        try #require(fill?.exitCode == 0, "\(fill?.standardError ?? "")")

        let second = DaemonProcess("[tasks.job]\nrun = \"true\"\nkeep_runs = 1\n", in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.end()?.exitCode == 0)
        let left = Self.rows(second.dataPath)
        #expect(left.count > 1)
        #expect(second.folders(of: "job") == left)

        let third = DaemonProcess(nil, in: first.folder)
        try #require(third.isReady(), "\(third.child.standardError)")
        #expect(eventually { third.runs().count == 1 && third.folders(of: "job").count == 1 })
    }

    private static func rows(_ data: String, _ sql: String = "SELECT id FROM run") -> Set<String> {
        let answer = ChildProcess.run(["sqlite3", "-readonly", "\(data)/almanac.sqlite", sql])?.standardOutput ?? ""
        return Set(answer.split(separator: "\n").map(String.init))
    }

    /// Copies the one run that there is, with its folder, as often as is wanted.
    private static let fillScript = """
        import os, sqlite3, sys
        data, count = sys.argv[1], int(sys.argv[2])
        db = sqlite3.connect(data + "/almanac.sqlite")
        columns = [row[1] for row in db.execute("PRAGMA table_info(run)")]
        run = dict(zip(columns, db.execute("SELECT * FROM run").fetchone()))
        for number in range(count):
            run["id"], run["created_at"] = f"01ARYZ6S41TSV4RR{number:010d}", 1700000000000000000 + number
            run["end_at"], run["start_at"] = run["created_at"] + 1, run["created_at"]
            marks = ", ".join("?" for _ in columns)
            db.execute(f"INSERT INTO run VALUES ({marks})", [run[column] for column in columns])
            folder = f"{data}/runs/job/{run['id']}"
            os.mkdir(folder)
            open(folder + "/log", "w").close()
        db.commit()
        """
}

@Suite(
    "So much stays free on the disk of the logs",
    .enabled(if: SmallDisk.canBeMounted, "needs root and a mount namespace of its own")
)
struct FreeSpaceTests {
    @Test("min_free_space: the oldest runs go until it is met; where nothing is left to remove, one line says so")
    func minFreeSpace() throws {
        let folder = TemporaryFolder()
        let data = folder.file("data")
        let daemon = DaemonProcess(
            """
            [storage]
            min_free_space = "4MiB"
            [tasks.job]
            run = "head -c 1000000 /dev/zero"
            [tasks.small]
            run = "true"
            [tasks.fill]
            run = "head -c 2000000 /dev/zero >> \(data)/fill"
            """,
            in: folder,
            prefix: [
                "unshare", "-m", "sh", "-c", "mkdir \(data); mount -t tmpfs -o size=9m none \(data); exec \"$@\"", "sh",
            ]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let pid = "\(daemon.child.pid)"
        func inside(_ arguments: String...) -> String {
            ChildProcess.run(["nsenter", "-t", pid, "-m"] + arguments)?.standardOutput ?? ""
        }
        func folders(_ task: String) -> Set<String> {
            Set(inside("ls", "\(data)/runs/\(task)").split(separator: "\n").map(String.init))
        }
        func freeBytes() -> Int { Int(inside("stat", "-f", "-c", "%a", data).dropLast()).map { $0 * 4096 } ?? 0 }

        let made = (0..<8).compactMap { _ in daemon.triggerAndWait("job")?.id }
        #expect(made.count == 8)
        #expect(eventually { freeBytes() >= 4 << 20 && folders("job") == Set(daemon.runs().map(\.id)) })
        let kept = daemon.runs().map(\.id)
        // As many as there is room for, the newest, and no more of them gone than have to be.
        #expect((1...4).contains(kept.count))
        #expect(kept == Array(made.reversed().prefix(kept.count)))
        #expect(freeBytes() < (4 << 20) + 1_500_000)

        for _ in 0..<3 {
            _ = daemon.triggerAndWait("fill")
            #expect(eventually { freeBytes() >= 4 << 20 || daemon.runs().isEmpty })
        }
        #expect(eventually { daemon.runs().isEmpty })
        for _ in 0..<3 { _ = daemon.triggerAndWait("small") }
        #expect(eventually { daemon.runs().isEmpty && folders("small").isEmpty })
        let warning = "[storage] min_free_space"
        #expect(daemon.child.standardError.split(separator: "\n").count { $0.contains(warning) } == 1)

        _ = inside("rm", "\(data)/fill")
        let stays = try #require(daemon.triggerAndWait("small"))
        #expect(daemon.runs().map(\.id) == [stays.id])
        #expect(daemon.end()?.exitCode == 0)
    }
}
