import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("Runs outlive a restart, a stop and a crash of the service", .underSystemd)
struct SurvivalTests {
    private let jobs = (0..<10).map { "job\($0)" }

    /// Lets the runs go on to their ends, and looks whether each has its own exit code and its whole log.
    private func expectTrueEnds(of ids: [String], in box: SystemdBox, _ situation: Comment) {
        box.shell("touch /run/go")
        #expect(
            eventually { box.runs("status=running,pending").isEmpty && !box.runs().isEmpty },
            "\(situation)\n\(box.report)"
        )
        let runs = box.runs()
        for (number, id) in ids.enumerated() {
            let run = runs.first { $0.id == id }
            #expect(run?.exitCode == Int64(40 + number), situation)
            #expect(run?.endReason == "failed", situation)
            #expect(box.log(of: id) == "begun\ndone\n", situation)
        }
        box.shell("rm /run/go")
    }

    @Test("Ten running commands end with their own exit codes and whole logs")
    func survival() throws {
        let box = try SystemdBox.withUnits(of: "system")
        box.configure(SystemdBox.waitingTasks)
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")

        var ids = box.begin(jobs)
        try #require(ids.count == 10, "\(box.report)")
        let first = box.property("MainPID", of: "almanac")
        #expect(box.systemctl("restart", "almanac") == 0)
        #expect(box.property("MainPID", of: "almanac") != first)
        #expect(box.runs("status=running").count == 10, "\(box.report)")
        expectTrueEnds(of: ids, in: box, "restart")

        ids = box.begin(jobs)
        try #require(ids.count == 10, "\(box.report)")
        #expect(box.systemctl("stop", "almanac") == 0)
        #expect(box.property("ActiveState", of: "almanac") == "inactive")
        #expect(box.output("pgrep -xc almanac-run") == "10")
        box.shell("touch /run/go")
        #expect(eventually { box.output("pgrep -xc almanac-run || true") == "0" })
        #expect(box.systemctl("start", "almanac") == 0)
        expectTrueEnds(of: ids, in: box, "stop")

        ids = box.begin(jobs)
        try #require(ids.count == 10, "\(box.report)")
        let killed = box.property("MainPID", of: "almanac")
        box.shell("kill -9 \(killed)")
        let isBack = eventually {
            ![killed, "0"].contains(box.property("MainPID", of: "almanac"))
                && box.property("ActiveState", of: "almanac") == "active"
        }
        try #require(isBack, "\(box.report)")
        #expect(box.property("NRestarts", of: "almanac") == "1")
        #expect(eventually { box.runs("status=running").count == 10 }, "\(box.report)")
        expectTrueEnds(of: ids, in: box, "kill -9")
    }

    @Test("on_stop = \"stop_runs\" ends them; a reload puts a new file in force and refuses a faulty one")
    func stopAndReload() throws {
        let box = try SystemdBox.withUnits(of: "system")
        box.configure("[daemon]\non_stop = \"stop_runs\"\n" + SystemdBox.waitingTasks)
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        let ids = box.begin(["job0", "job1"])
        try #require(ids.count == 2, "\(box.report)")

        box.configure("[daemon]\non_stop = \"stop_runs\"\n[tasks.new]\nrun = \"true\"\n" + SystemdBox.waitingTasks)
        #expect(box.systemctl("reload", "almanac") == 0, "\(box.report)")
        #expect(box.run(["almanac", "run", "new", "--wait"]).exitCode == 0)
        box.shell("echo nonsense >> /etc/almanac/almanac.toml")
        #expect(box.systemctl("reload", "almanac") != 0)
        #expect(box.property("ActiveState", of: "almanac") == "active")
        #expect(box.journal("--unit=almanac").contains("/etc/almanac/almanac.toml:"))
        #expect(box.run(["almanac", "run", "new", "--wait"]).exitCode == 0, "the former configuration stays")

        box.configure("[daemon]\non_stop = \"stop_runs\"\n" + SystemdBox.waitingTasks)
        #expect(box.systemctl("stop", "almanac") == 0)
        #expect(box.output("pgrep -xc almanac-run || true") == "0")
        #expect(box.systemctl("start", "almanac") == 0)
        for id in ids {
            let run = box.runs().first { $0.id == id }
            #expect(run?.endReason == "daemon_stopped")
            #expect(run?.exitCode == 143)
        }
    }
}
