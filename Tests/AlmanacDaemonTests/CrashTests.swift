import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("A run whose supervisor dies has crashed, and nothing of it lives on")
struct CrashTests {
    /// Prints the supervisor's number, the command's own, and those of two processes in sessions of their own whose parents are gone; one of
    /// them ignores signals and has a child.
    static let job = """
        [tasks.job]
        run = '''
        echo $PPID; echo $$
        (setsid sh -c 'echo $$; exec sleep 600' &)
        (setsid sh -c 'trap "" TERM HUP INT; echo $$; sleep 600 & echo $!; wait' &)
        exec sleep 600
        '''

        """

    private func start(_ task: String, of daemon: DaemonProcess) throws -> (run: RunResource, pids: [Int32]) {
        let run = try #require(daemon.trigger(task))
        #expect(eventually { daemon.numbers(in: run).count == 5 })
        return (run, daemon.numbers(in: run))
    }

    /// What a crashed run says when its supervisor was a child of the daemon's.
    private func message(_ supervisor: Int32, _ fate: String) -> String {
        "its supervisor, process \(supervisor), \(fate) before it wrote a result; if nobody did that, look for the kernel's "
            + "OOM killer in `journalctl -k`"
    }

    @Test("Double-forked processes in sessions of their own are gone when its row says so, and those of others live")
    func killed() throws {
        let daemon = DaemonProcess(Self.job + Self.job.replacing("tasks.job", with: "tasks.other"))
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let (run, pids) = try start("job", of: daemon)
        let (other, otherPIDs) = try start("other", of: daemon)
        Glibc.kill(pids[0], SIGKILL)
        #expect(eventually { daemon.run(run.id)?.status == "ended" })
        #expect(pids.filter { !isGone($0) } == [])
        let crashed = try #require(daemon.run(run.id))
        #expect(crashed.endReason == "crashed")
        #expect(crashed.exitCode == -2)
        #expect(crashed.startAt != nil)
        #expect(crashed.message == message(pids[0], "was killed by signal 9"))
        #expect(eventually { daemon.zombies == [] })
        #expect(otherPIDs.filter(isGone) == [])
        #expect(daemon.run(other.id)?.status == "running")
        #expect(daemon.end(SIGINT)?.exitCode == 0)
        #expect(otherPIDs.filter { !isGone($0) } == [])
    }

    @Test("After a restart too, when the supervisor died while no daemon was there")
    func killedWithoutDaemon() throws {
        let first = DaemonProcess(Self.job)
        try #require(first.isReady(), "\(first.child.standardError)")
        let (run, pids) = try start("job", of: first)
        first.kill()
        Glibc.kill(pids[0], SIGKILL)
        #expect(eventually { isGone(pids[0]) })
        #expect(!isGone(pids[2]))
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        // Settled before the daemon makes anything new.
        let crashed = try #require(second.run(run.id))
        #expect(crashed.endReason == "crashed")
        #expect(crashed.exitCode == -2)
        #expect(crashed.message == message(pids[0], "went away"))
        #expect(pids.filter { !isGone($0) } == [])
    }

    @Test("And when it dies under a daemon that has not started it")
    func killedAfterRestart() throws {
        let first = DaemonProcess(Self.job)
        try #require(first.isReady(), "\(first.child.standardError)")
        let (run, pids) = try start("job", of: first)
        first.kill()
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.run(run.id)?.status == "running")
        Glibc.kill(pids[0], SIGKILL)
        #expect(eventually { second.run(run.id)?.endReason == "crashed" })
        #expect(pids.filter { !isGone($0) } == [])
    }

    @Test("A crash of the machine is told from one of the supervisor")
    func machine() throws {
        let first = DaemonProcess(Self.job)
        try #require(first.isReady(), "\(first.child.standardError)")
        let (run, pids) = try start("job", of: first)
        first.kill()
        for pid in pids { Glibc.kill(pid, SIGKILL) }
        #expect(eventually { pids.allSatisfy(isGone) })
        // The mark of an earlier boot.
        let path = "data/runs/job/\(run.id)/started"
        let boot = try #require(TemporaryFolder.read("/proc/sys/kernel/random/boot_id")).dropLast()
        let started = String(decoding: try #require(TemporaryFolder.read(first.folder.file(path))), as: UTF8.self)
        let current = String(decoding: boot, as: UTF8.self)
        #expect(started.contains(current))
        first.folder.write(started.replacing(current, with: "00000000-0000-4000-8000-000000000000"), to: path)
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.run(run.id)?.endReason == "crashed")
        #expect(second.run(run.id)?.exitCode == -2)
        #expect(second.run(run.id)?.message == "the machine went down while it ran")
    }

    @Test("A retry starts once nothing of the crashed attempt lives")
    func retry() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            retry_attempts = 1
            retry_delay = "0s"
            run = '''
            if [ $ALMANAC_ATTEMPT = 1 ]; then
                if kill -0 $(cat left) 2>/dev/null; then echo it lives; else echo it is gone; fi
                exit
            fi
            echo $PPID
            (setsid sh -c 'echo $$ > left; echo $$; exec sleep 600' &)
            exec sleep 600
            '''
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("job"))
        #expect(eventually { daemon.numbers(in: run).count == 2 })
        Glibc.kill(daemon.numbers(in: run)[0], SIGKILL)
        #expect(eventually { daemon.runs("status=success").count == 1 })
        let retry = try #require(daemon.runs("status=success").first)
        #expect(retry.retryOfRunID == run.id)
        #expect(daemon.log(of: retry) == "it is gone\n")
    }

    @Test("A descendant without its environment is found by its parent; one without a parent too is reaped in the end")
    func clearedEnvironment() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = '''
            echo $PPID
            (setsid sh -c 'env -i sleep 600 & echo $!; wait' &)
            (env -i setsid sh -c 'echo $$; exec sleep 600' &)
            exec sleep 600
            '''
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("job"))
        #expect(eventually { daemon.numbers(in: run).count == 3 })
        let pids = daemon.numbers(in: run).dropFirst()
        Glibc.kill(daemon.numbers(in: run)[0], SIGKILL)
        #expect(eventually { daemon.run(run.id)?.endReason == "crashed" })
        let strangers = pids.filter { !isGone($0) }
        #expect(strangers.count == 1, "the one that carries nothing and has no parent that does")
        for pid in strangers { Glibc.kill(pid, SIGKILL) }
        #expect(eventually { strangers.allSatisfy(isGone) && daemon.zombies == [] })
    }

    @Test("Runs of one daemon that crash together are all cleared, and what comes after runs as ever")
    func many() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            max_concurrent = 12
            run = '''
            echo $PPID
            (setsid sh -c 'echo $$; exec sleep 600' &)
            exec sleep 600
            '''
            [tasks.after]
            run = "true"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let runs = (0..<12).compactMap { _ in daemon.trigger("job") }
        #expect(eventually { runs.allSatisfy { daemon.numbers(in: $0).count == 2 } })
        let pids = runs.flatMap { daemon.numbers(in: $0) }
        for run in runs { Glibc.kill(daemon.numbers(in: run)[0], SIGKILL) }
        #expect(eventually { daemon.runs("status=crashed").count == 12 })
        #expect(pids.filter { !isGone($0) } == [])
        #expect(eventually { daemon.zombies == [] })
        #expect(daemon.triggerAndWait("after")?.endReason == "success")
    }
}
