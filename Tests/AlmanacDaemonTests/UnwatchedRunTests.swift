import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite(
    "A supervisor that cannot be watched for want of a descriptor is watched once there is one",
    .enabled(if: Strace.works, "strace cannot trace processes here")
)
struct UnwatchedRunTests {
    static let configuration = """
        [tasks.job]
        run = "echo $PPID; while [ ! -e go ]; do sleep 0.05; done; exit 3"
        max_concurrent = 2
        [tasks.other]
        run = "true"
        """

    /// What lets some of a daemon's system calls fail, and the daemon be this process's own child still.
    private func failing(_ call: String, _ occurrences: String, of path: String? = nil) -> [String] {
        [
            "strace", "-D", "-f", "-q", "-o", "/dev/null", "-e", "trace=\(call)",
            "-e", "inject=\(call):error=EMFILE:when=\(occurrences)",
        ] + (path.map { ["-P", $0] } ?? [])
    }

    /// Two active runs whose daemon has been killed.
    private func abandonedRuns() throws -> (daemon: DaemonProcess, runs: [RunResource]) {
        let daemon = DaemonProcess(Self.configuration)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let runs = (0..<2).compactMap { _ in daemon.trigger("job") }
        #expect(eventually { runs.allSatisfy { daemon.numbers(in: $0).count == 1 } })
        daemon.kill()
        return (daemon, runs)
    }

    @Test("After a restart: their ends are recorded, and nothing is started twice", arguments: ["1..2", "1..4"])
    func afterRestart(occurrences: String) throws {
        let (first, runs) = try abandonedRuns()
        let second = DaemonProcess(nil, in: first.folder, prefix: failing("pidfd_open", occurrences))
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.child.standardError.contains("its end cannot be waited for: pidfd_open"))
        #expect(eventually { second.child.standardError.contains("its end is waited for again") })
        #expect(second.runs("status=running").count == 2)
        second.folder.write("", to: "go")
        #expect(eventually { second.runs("status=failed").count == 2 })
        #expect(runs.allSatisfy { second.run($0.id)?.exitCode == 3 })
        #expect(runs.allSatisfy { second.log(of: $0).split(separator: "\n").count == 1 })
    }

    @Test("An end frees a descriptor for the next, without waiting for the timer")
    func freedDescriptor() throws {
        // So many failures that the timer's turns alone would take hours: starts and ends of others use them up.
        let (first, runs) = try abandonedRuns()
        let second = DaemonProcess(nil, in: first.folder, prefix: failing("pidfd_open", "2..40"))
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.child.standardError.contains("its end cannot be waited for: pidfd_open"))
        for _ in 0..<24 { #expect(second.triggerAndWait("other")?.endReason == "success") }
        #expect(eventually { second.child.standardError.contains("its end is waited for again") })
        second.folder.write("", to: "go")
        #expect(eventually { second.runs("status=failed").count == 2 })
        #expect(runs.allSatisfy { second.run($0.id)?.exitCode == 3 })
    }

    @Test("A run whose folder cannot be looked at is not taken for a crashed one", arguments: ["1..3", "2..3"])
    func folder(occurrences: String) throws {
        let (first, runs) = try abandonedRuns()
        let lock = first.folder.file("data/runs/job/\(runs[0].id)/lock")
        let second = DaemonProcess(nil, in: first.folder, prefix: failing("openat", occurrences, of: lock))
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.child.standardError.contains("its end cannot be waited for"))
        second.folder.write("", to: "go")
        #expect(eventually { second.runs("status=failed").count == 2 })
        #expect(second.runs("status=crashed").isEmpty)
    }

    @Test("One that this daemon has started is not taken for one that did not start")
    func afterStart() throws {
        let daemon = DaemonProcess(Self.configuration, prefix: failing("pidfd_open", "1..2"))
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("job"))
        #expect(eventually { daemon.child.standardError.contains("its end is waited for again") })
        #expect(daemon.run(run.id)?.status == "running")
        #expect(daemon.triggerAndWait("other")?.endReason == "success")
        daemon.folder.write("", to: "go")
        #expect(eventually { daemon.run(run.id)?.exitCode == 3 })
    }

    @Test("A stop of the daemon that takes the runs with it takes those too")
    func stop() throws {
        let (first, runs) = try abandonedRuns()
        let second = DaemonProcess(nil, in: first.folder, prefix: failing("pidfd_open", "1..6"))
        try #require(second.isReady(), "\(second.child.standardError)")
        let supervisors = runs.flatMap { second.numbers(in: $0) }
        #expect(second.end(SIGINT)?.exitCode == 0)
        #expect(supervisors.count == 2 && supervisors.allSatisfy(isGone))
        let third = DaemonProcess(nil, in: first.folder)
        try #require(third.isReady(), "\(third.child.standardError)")
        #expect(third.runs("status=daemon_stopped").count == 2)
    }
}
