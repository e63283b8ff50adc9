import AlmanacRunProtocol
import AlmanacTesting
import CLinux
import Glibc
import Testing

@Suite("Daemon and supervisor agree, whoever dies when")
struct AgreementTests {
    @Test("A request that came before the command starts nothing")
    func stopBeforeStart() throws {
        var run = try SupervisedRun("echo never")
        try RunStopRequest(reason: .overlapTerminated, message: "a newer run is due").write(in: run.folder)
        let result = try run.result()
        #expect(result.outcome == .stopped(reason: .overlapTerminated))
        #expect(result.exitCode == -1)
        #expect(result.startedNanosecondsSinceEpoch == nil)
        #expect(result.message == "a newer run is due; the command had not been started")
        #expect(try run.raw().isEmpty)
        #expect(try RunStarted.read(in: run.folder) != nil)
    }

    @Test("SIGTERM without a request is a stop that says so")
    func plainStop() throws {
        var run = try SupervisedRun("echo ready; sleep 1000")
        try run.start()
        try run.awaitLog("ready")
        kill(run.supervisor, SIGTERM)
        try run.end()
        let result = try #require(try RunResult.read(in: run.folder))
        #expect(result.outcome == .stopped(reason: .stopped))
        #expect(result.exitCode == 143)
        #expect(result.message == "a signal from process \(getpid()) asked the supervisor to end the run")
    }

    @Test("A terminal's signals do not reach the run", arguments: [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1])
    func ignoredSignal(signal: Int32) throws {
        var run = try SupervisedRun("echo ready; until [ -e \"$RUN/go\" ]; do sleep 0.01; done; exit 8")
        try run.start()
        try run.awaitLog("ready")
        kill(run.supervisor, signal)
        run.temporary.plant("", at: "\(run.folder.path)/go")
        try run.end()
        #expect(try RunResult.read(in: run.folder)?.outcome == .exited(code: 8))
    }

    @Test("A second supervisor goes without touching anything, during the run and after it")
    func secondSupervisor() throws {
        var run = try SupervisedRun("echo ready; until [ -e \"$RUN/go\" ]; do sleep 0.01; done")
        try run.start()
        try run.awaitLog("ready")
        #expect(try RunLock.holder(of: run.folder) == run.supervisor)
        #expect(try RunFolderState.inspect(run.folder) == .held(supervisorPID: run.supervisor))
        let started = try RunStarted.read(in: run.folder)
        #expect(started?.supervisorPID == run.supervisor)
        #expect(started?.bootID?.utf8.count == 36)

        #expect(try SupervisedRun.end(of: run.spawn()) == 0)
        #expect(try RunFolderState.inspect(run.folder) == .held(supervisorPID: run.supervisor))
        #expect(try RunStarted.read(in: run.folder) == started)

        run.temporary.plant("", at: "\(run.folder.path)/go")
        try run.end()
        let result = try RunResult.read(in: run.folder)
        #expect(try SupervisedRun.end(of: run.spawn()) == 0)
        #expect(try RunResult.read(in: run.folder) == result)
        #expect(try RunStarted.read(in: run.folder) == started)
        #expect(try run.text() == "ready\n")
    }

    @Test("A supervisor that comes when the run is over and its folder in order leaves it as it is")
    func lateSupervisor() throws {
        var run = try SupervisedRun("echo ready")
        _ = try run.result()
        let folder = run.folder
        for path in [folder.specPath, folder.startedPath, folder.resultPath, folder.lockPath] { unsafe unlink(path) }
        #expect(try SupervisedRun.end(of: run.spawn()) == 0)
        for path in [folder.specPath, folder.startedPath, folder.resultPath, folder.lockPath] {
            #expect(contents(path) == nil)
        }
        #expect(try run.text() == "ready\n")
    }

    @Test("Of many supervisors that start at once one runs the command")
    func race() throws {
        let run = try SupervisedRun("echo once")
        let pids = try (0..<8).map { _ in try run.spawn() }
        for pid in pids { #expect(try SupervisedRun.end(of: pid) == 0) }
        #expect(try run.text() == "once\n")
    }

    @Test("A killed supervisor takes the command with it, and the run has crashed")
    func killedSupervisor() throws {
        var run = try SupervisedRun("echo $$; exec sleep 1000")
        try run.start()
        let supervisor = run.supervisor
        try run.awaitLog("stdout F ")
        let command = try #require(Int32(try run.text().dropLast()))
        kill(run.supervisor, SIGKILL)
        try run.end()
        try SupervisedRun.awaitEnd(of: command)
        #expect(isGone(command))
        guard case .crashed(let started, nil) = try RunFolderState.inspect(run.folder) else {
            Issue.record("not crashed")
            return
        }
        #expect(started?.supervisorPID == supervisor)
        #expect(try SupervisedRun.end(of: run.spawn()) == 0)
        #expect(try RunResult.read(in: run.folder) == nil)
    }

    @Test("The run goes on when the one who started it is killed")
    func killedParent() throws {
        var run = try SupervisedRun("echo ready; until [ -e \"$RUN/go\" ]; do sleep 0.01; done; echo done; exit 2")
        // A shell that starts the supervisor and waits for it is the parent here.
        try run.start(prefix: ["/bin/sh", "-c", "\"$0\" \"$1\"; exit"])
        try run.awaitLog("ready")
        let supervisor = try #require(try RunLock.holder(of: run.folder))
        #expect(supervisor != run.supervisor)
        kill(run.supervisor, SIGKILL)
        try run.end()
        #expect(try RunFolderState.inspect(run.folder) == .held(supervisorPID: supervisor))
        run.temporary.plant("", at: "\(run.folder.path)/go")
        try SupervisedRun.awaitEnd(of: supervisor)
        guard case .finished(let result) = try RunFolderState.inspect(run.folder) else {
            Issue.record("not finished")
            return
        }
        #expect(result.outcome == .exited(code: 2))
        #expect(try run.text() == "ready\ndone\n")
    }

    @Test("A result that cannot be written is written once it can, and the run is held until then")
    func resultLater() throws {
        var run = try SupervisedRun("echo ready; until [ -e \"$RUN/go\" ]; do sleep 0.01; done; exit 9")
        try run.start()
        try run.awaitLog("ready")
        // A folder in the place of the temporary file stands for the full disk.
        let obstacle = run.folder.resultPath + ".new"
        unsafe mkdir(obstacle, 0o700)
        let supervisor = run.supervisor
        run.temporary.plant("", at: "\(run.folder.path)/go")
        let command = clinux_pidfd_open(supervisor, 0)
        defer { close(command) }
        var polled = pollfd(fd: command, events: Int16(POLLIN), revents: 0)
        let ready = unsafe poll(&polled, 1, 300)
        #expect(ready == 0)
        #expect(try RunFolderState.inspect(run.folder) == .held(supervisorPID: supervisor))
        unsafe rmdir(obstacle)
        try run.end()
        #expect(try RunResult.read(in: run.folder)?.outcome == .exited(code: 9))
    }

    @Test("An idle supervisor holds under 400 KB of memory of its own")
    func memory() throws {
        var run = try SupervisedRun("echo ready; sleep 1000")
        try run.start()
        try run.awaitLog("ready")
        let rollup = try #require(contents("/proc/\(run.supervisor)/smaps_rollup"))
        let line = String(decoding: rollup, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("Anonymous:") }
        let kilobytes = try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        #expect((1..<400).contains(kilobytes))
    }
}
