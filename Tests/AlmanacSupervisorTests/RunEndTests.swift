import AlmanacRunProtocol
import AlmanacTesting
import CLinux
import Glibc
import Testing

@Suite("A run ends with all that belongs to it")
struct RunEndTests {
    /// The process ids that the command wrote, each on a line.
    private func pids(_ run: borrowing SupervisedRun) throws -> [Int32] {
        try run.text().split(separator: "\n").compactMap { Int32($0) }
    }

    @Test("The time limit kills a command and children that ignore SIGTERM")
    func timeLimit() throws {
        var run = try SupervisedRun("trap '' TERM; sleep 1000 & echo $$; echo $!; wait") {
            $0.timeoutMilliseconds = 300
            $0.gracePeriodMilliseconds = 300
        }
        let result = try run.result()
        #expect(result.outcome == .timedOut)
        #expect(result.exitCode == 137)
        #expect(result.killed)
        #expect(result.message == "the time limit of 0.3 s was reached")
        #expect((600_000_000..<20_000_000_000).contains(result.elapsedNanoseconds))
        let pids = try pids(run)
        #expect(pids.count == 2 && pids.allSatisfy(isGone))
        let reports = try run.lines().filter { $0.stream == .system }.map { String(decoding: $0.text, as: UTF8.self) }
        #expect(
            reports == [
                "the time limit of 0.3 s is reached: sending SIGTERM",
                "still running after 0.3 s: sending SIGKILL",
            ]
        )
    }

    @Test("A command that obeys is not killed, and what it says last is kept")
    func obeys() throws {
        var run = try SupervisedRun("trap 'echo bye; exit 4' INT; echo ready; while :; do sleep 0.02; done") {
            $0.stopSignal = SIGINT
            $0.timeoutMilliseconds = 400
            $0.gracePeriodMilliseconds = 50_000
        }
        let result = try run.result()
        #expect(result.outcome == .timedOut)
        #expect(result.exitCode == 4)
        #expect(!result.killed)
        #expect(try run.text() == "ready\nbye\n")
    }

    @Test("A stopped command is woken to be told")
    func suspended() throws {
        var run = try SupervisedRun("trap 'exit 6' TERM; kill -STOP $$; sleep 1000") {
            $0.timeoutMilliseconds = 200
            $0.gracePeriodMilliseconds = 50_000
        }
        let result = try run.result()
        #expect(result.exitCode == 6)
        #expect(result.outcome == .timedOut)
    }

    /// One process in a session of its own whose parent is gone, and one that ignores SIGTERM besides.
    static let hiding = """
        (setsid sh -c 'echo $$; exec sleep 1000' &)
        (setsid sh -c 'trap "" TERM; echo $$; sleep 1000 & wait' &)
        until [ $(grep -c stdout "$RUN/log") = 2 ]; do :; done
        """

    @Test("Double-forked processes in sessions of their own do not outlive the run")
    func hidingDescendants() throws {
        var run = try SupervisedRun(Self.hiding + "\nexit 3") { $0.gracePeriodMilliseconds = 300 }
        let result = try run.result()
        #expect(result.outcome == .exited(code: 3))
        #expect(result.endedDescendants)
        #expect(result.killed)
        #expect(result.message == "the processes that the command left behind were killed")
        let pids = try pids(run)
        #expect(pids.count == 2 && pids.allSatisfy(isGone))
    }

    @Test("With a grace of zero a stop ends them at once", arguments: [0, 200])
    func stopWithHidingDescendants(grace: Int64) throws {
        var run = try SupervisedRun(Self.hiding + "\necho ready; sleep 1000") { $0.gracePeriodMilliseconds = grace }
        try run.start()
        try run.awaitLog("ready")
        try RunStopRequest(reason: .daemonStopped, message: "the daemon stops").write(in: run.folder)
        kill(run.supervisor, SIGTERM)
        try run.end()
        let result = try #require(try RunResult.read(in: run.folder))
        #expect(result.outcome == .stopped(reason: .daemonStopped))
        #expect(result.message == "the daemon stops")
        #expect(result.killed)
        let pids = try pids(run)
        #expect(pids.count == 2 && pids.allSatisfy(isGone))
    }

    @Test("Processes that multiply while they are killed are all found")
    func multiplying() throws {
        var run = try SupervisedRun(
            """
            cat >"$RUN/breed" <<'END'
            trap '' TERM
            [ -e "$RUN/result" ] && exit
            setsid sh "$RUN/breed" & setsid sleep 1000 &
            sleep 0.01
            END
            setsid sh "$RUN/breed" & sleep 0.1
            """
        ) { $0.gracePeriodMilliseconds = 100 }
        let result = try run.result()
        #expect(result.endedDescendants && result.killed)
        #expect(processes(mentioning: run.temporary.path).isEmpty)
    }

    @Test("A foreign process that holds the pipe open does not hold up the run")
    func foreignWriter() throws {
        // This test's process opens the command's pipe, and keeps it past the end.
        var run = try SupervisedRun("echo $$; until [ -e \"$RUN/go\" ]; do sleep 0.01; done; printf last")
        try run.start()
        try run.awaitLog("stdout F ")
        let command = try #require(try pids(run).first)
        let pipe = unsafe open("/proc/\(command)/fd/1", O_WRONLY | O_CLOEXEC)
        try #require(pipe >= 0)
        defer { close(pipe) }
        run.temporary.plant("", at: "\(run.folder.path)/go")
        try run.end()
        #expect(try RunResult.read(in: run.folder)?.exitCode == 0)
        #expect(try run.text() == "\(command)\nlast")
    }
}
