import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

/// The promises of `CrashTests`, for commands that carry no id of their run.
@Suite("A run under cron's conventions whose supervisor dies has crashed, and nothing of it lives on")
struct CronCrashTests {
    /// Whether the kernel gives a run an audit session of its own here, by which all of its processes are known.
    static let hasAudit: Bool = {
        let outcome = ChildProcess.run([
            "sh", "-c",
            "before=$(cat /proc/self/sessionid); echo 0 > /proc/self/loginuid; [ $before != $(cat /proc/self/sessionid) ]",
        ])
        return outcome?.exitCode == 0
    }()

    /// Prints the supervisor's number, the command's own, that of a child in its session that has lost its parent, and that of a double-forked one
    /// in a session of its own, with an empty environment and nothing of the output, which has a child.
    static let job = """
        [tasks.job]
        conventions = "cron"
        run = '''
        echo $PPID; echo $$
        (sh -c 'trap "" TERM HUP INT; echo $$; exec sleep 600' &)
        (exec env -i setsid sh -c 'exec 3>&1 >/dev/null 2>&1 </dev/null; echo $$ >&3; sleep 600 & echo $! >&3; exec 3>&-; wait' &)
        exec sleep 600
        '''

        """

    private func start(_ task: String, of daemon: DaemonProcess) throws -> (run: RunResource, pids: [Int32]) {
        let run = try #require(daemon.trigger(task))
        #expect(eventually { daemon.numbers(in: run).count == 5 })
        return (run, daemon.numbers(in: run))
    }

    private func environment(of pid: Int32) -> String {
        String(decoding: TemporaryFolder.read("/proc/\(pid)/environ") ?? [], as: UTF8.self)
    }

    @Test("Whatever they do to their sessions and their environment, and those of others live", .enabled(if: hasAudit))
    func killed() throws {
        let daemon = DaemonProcess(Self.job + Self.job.replacing("tasks.job", with: "tasks.other"))
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let (run, pids) = try start("job", of: daemon)
        let (other, otherPIDs) = try start("other", of: daemon)
        #expect(pids.dropFirst().allSatisfy { !environment(of: $0).contains("ALMANAC") })
        Glibc.kill(pids[0], SIGKILL)
        #expect(eventually { daemon.run(run.id)?.endReason == "crashed" })
        #expect(pids.filter { !isGone($0) } == [])
        #expect(eventually { daemon.zombies == [] })
        #expect(otherPIDs.filter(isGone) == [])
        #expect(daemon.run(other.id)?.status == "running")
        #expect(daemon.end(SIGINT)?.exitCode == 0)
        #expect(otherPIDs.filter { !isGone($0) } == [])
    }

    @Test("After a restart too, when the supervisor died while no daemon was there", .enabled(if: hasAudit))
    func killedWithoutDaemon() throws {
        let first = DaemonProcess(Self.job)
        try #require(first.isReady(), "\(first.child.standardError)")
        let (run, pids) = try start("job", of: first)
        first.kill()
        Glibc.kill(pids[0], SIGKILL)
        #expect(eventually { isGone(pids[0]) })
        #expect(!isGone(pids[2]) && !isGone(pids[3]))
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.run(run.id)?.endReason == "crashed")
        #expect(pids.filter { !isGone($0) } == [])
    }

    @Test("Without an audit session it is the command's own session, where the output is still held")
    func withoutAudit() throws {
        let first = DaemonProcess(Self.job)
        try #require(first.isReady(), "\(first.child.standardError)")
        let (run, pids) = try start("job", of: first)
        first.kill()
        // As the mark is where the kernel has no audit.
        let path = "data/runs/job/\(run.id)/mark"
        var lines = String(decoding: try #require(TemporaryFolder.read(first.folder.file(path))), as: UTF8.self)
            .split(separator: "\n")
        if let index = lines.firstIndex(where: { $0.hasPrefix("audit-session") }) {
            lines.removeSubrange(index...(index + 1))
        }
        first.folder.write(lines.joined(separator: "\n") + "\n", to: path)
        Glibc.kill(pids[0], SIGKILL)
        #expect(eventually { isGone(pids[1]) })
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.run(run.id)?.endReason == "crashed")
        #expect(isGone(pids[2]), "its session is the command's, and it holds the output")
        let strangers = pids[3...].filter { !isGone($0) }
        #expect(
            strangers.count == 2,
            "a session of its own, no parent, no output, no environment: nothing tells whose it is"
        )
        for pid in strangers { Glibc.kill(pid, SIGKILL) }
    }

    @Test("A mark of an earlier boot kills nobody")
    func machine() throws {
        let first = DaemonProcess(Self.job)
        try #require(first.isReady(), "\(first.child.standardError)")
        let (run, pids) = try start("job", of: first)
        first.kill()
        Glibc.kill(pids[0], SIGKILL)
        #expect(eventually { isGone(pids[0]) })
        for file in ["started", "mark"] {
            let path = "data/runs/job/\(run.id)/\(file)"
            let boot = try #require(TemporaryFolder.read("/proc/sys/kernel/random/boot_id")).dropLast()
            let text = String(decoding: try #require(TemporaryFolder.read(first.folder.file(path))), as: UTF8.self)
            let current = String(decoding: boot, as: UTF8.self)
            #expect(text.contains(current))
            first.folder.write(text.replacing(current, with: "00000000-0000-4000-8000-000000000000"), to: path)
        }
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.run(run.id)?.message == "the machine went down while it ran")
        #expect(pids[2...4].filter(isGone) == [])
        for pid in pids[2...4] { Glibc.kill(pid, SIGKILL) }
    }
}
