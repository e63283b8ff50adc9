import AlmanacRunProtocol
import AlmanacTesting
import CLinux
import Glibc
import Testing

@Suite("The real supervisor runs a command as cron does")
struct CronLikeCommandTests {
    @Test("Where its folder cannot be entered, the command starts in the next one that can")
    func fallback() throws {
        for (fallback, folder) in [("/usr/bin", "/usr/bin"), ("/nonexistent", "/")] {
            var run = try SupervisedRun("pwd") {
                $0.workingDirectory = "/nonexistent/home"
                $0.fallbackDirectory = ByteString(fallback)
            }
            #expect(try run.result().exitCode == 0)
            #expect(try run.text() == "\(folder)\n")
        }
        var entered = try SupervisedRun("pwd") {
            $0.workingDirectory = "/usr"
            $0.fallbackDirectory = "/usr/bin"
        }
        _ = try entered.result()
        #expect(try entered.text() == "/usr\n")
    }

    @Test("Output and errors are one stream, in the order in which they were written")
    func order() throws {
        let commands = "i=0; while [ $i -lt 500 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done; printf end >&2"
        var run = try SupervisedRun(commands) { $0.mergesErrors = true }
        #expect(try run.result().exitCode == 0)
        let expected = (0..<500).map { "out \($0)\nerr \($0)\n" }.joined() + "end"
        #expect(try run.text() == expected)
        #expect(try run.lines().allSatisfy { $0.stream == .stdout })
    }

    @Test("The command reads the file that its spec names, with the supervisor's rights")
    func inputFile() throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var run = try SupervisedRun("cat") { $0.identity = geteuid() == 0 ? Self.nobody : nil }
        run.temporary.plant("", at: "\(run.folder.path)/message")
        let file = unsafe open("\(run.folder.path)/message", O_WRONLY)
        #expect(unsafe write(file, bytes, bytes.count) == bytes.count)
        close(file)
        var spec = try #require(try RunSpec.read(in: run.folder))
        spec.standardInputPath = "\(run.folder.path)/message"
        try spec.write(in: run.folder)
        #expect(try run.result().exitCode == 0)
        #expect(try run.raw() == bytes)
        var missing = try SupervisedRun("cat") { $0.standardInputPath = "/nonexistent" }
        let outcome = try missing.result().outcome
        #expect(outcome == .startFailed(message: "cannot open the standard input: No such file or directory"))
    }

    private static let nobody = RunSpec.Identity(userID: 65_534, groupID: 65_534, supplementaryGroupIDs: [])

    @Test("A command that does not read its large input is neither held up nor killed")
    func unreadInput() throws {
        var run = try SupervisedRun("exec 0<&-; echo done") {
            $0.standardInput = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        }
        #expect(try run.result().outcome == .exited(code: 0))
        #expect(try run.text() == "done\n")
    }

    @Test("The run goes on until the last descendant has ended, and its exit code is the command's")
    func awaits() throws {
        var run = try SupervisedRun(
            "(setsid sh -c 'until [ -e \"$RUN/go\" ]; do sleep 0.01; done; echo late; exit 9' &); echo early; exit 3"
        ) { $0.descendants = .await }
        var spec = try #require(try RunSpec.read(in: run.folder))
        spec.commandEndPath = "\(run.folder.path)/command-end"
        try spec.write(in: run.folder)
        try run.start()
        try run.awaitLog(CommandEndNotice(exitCode: 3).text)
        for _ in 0..<1000 where contents("\(run.folder.path)/command-end") == nil { poll(nil, 0, 10) }
        #expect(contents("\(run.folder.path)/command-end") == [])
        // Longer than what a run gives to descendants that it ends.
        poll(nil, 0, 400)
        #expect(try RunResult.read(in: run.folder) == nil)
        run.temporary.plant("", at: "\(run.folder.path)/go")
        try run.end()
        let result = try #require(try RunResult.read(in: run.folder))
        #expect(result.outcome == .exited(code: 3) && result.exitCode == 3)
        #expect(!result.endedDescendants && !result.killed && result.message == nil)
        #expect(try run.text() == "early\nlate\n")
        #expect(try run.lines().map(\.stream) == [.stdout, .system, .stdout])
    }

    @Test("A stop, and a time limit, end the descendants that it awaits", arguments: [true, false])
    func awaitedAreEnded(byStop: Bool) throws {
        var run = try SupervisedRun("(setsid sh -c 'echo pid $$; exec sleep 1000' &); exit 0") {
            $0.descendants = .await
            $0.timeoutMilliseconds = byStop ? nil : 500
        }
        try run.start()
        try run.awaitLog("pid ")
        let text = try run.text()
        let descendant = try #require(Int32(text.dropFirst(4).prefix { $0.isNumber }))
        if byStop {
            poll(nil, 0, 200)
            try RunStopRequest(reason: .stopped).write(in: run.folder)
            kill(run.supervisor, SIGTERM)
        }
        try run.end()
        let result = try #require(try RunResult.read(in: run.folder))
        #expect(result.outcome == (byStop ? .stopped(reason: .stopped) : .timedOut))
        #expect(result.exitCode == 0)
        #expect(isGone(descendant))
    }

    @Test("A run that leaves its descendants ends with its command, and they live on")
    func leaves() throws {
        var run = try SupervisedRun("(setsid sh -c 'echo pid $$; exec sleep 1000' >\"$RUN/left\" &); exit 4") {
            $0.descendants = .leave
        }
        let result = try run.result()
        #expect(result.outcome == .exited(code: 4) && !result.endedDescendants)
        var left: Int32?
        for _ in 0..<1000 where left == nil {
            left = contents("\(run.folder.path)/left").flatMap {
                Int32(String(decoding: $0.dropFirst(4).dropLast(), as: UTF8.self))
            }
            poll(nil, 0, 10)
        }
        let pid = try #require(left)
        #expect(!isGone(pid))
        kill(pid, SIGKILL)
    }

    @Test("A login user brings the run an audit session of its own, and a mark by which it is found")
    func mark() throws {
        var run = try SupervisedRun(
            "cat /proc/self/loginuid; echo; cat /proc/self/sessionid; echo; echo $$; sleep 1000"
        ) {
            $0.loginUserID = 4711
        }
        try run.start()
        try run.awaitLog("\n")
        let found = try marked(run)
        #expect(found.bootID == RunStarted.currentBootID)
        var lines: [Substring] = []
        for _ in 0..<1000 where lines.count < 3 {
            lines = try run.text().split(separator: "\n")
            poll(nil, 0, 10)
        }
        try #require(lines.count == 3)
        #expect(found.command?.pid == Int32(lines[2]))
        #expect(found.command?.startTime == ProcessStatus.current(of: found.command?.pid ?? 0)?.startTime)
        #expect(found.outputInode != nil)
        // Where the kernel gives none: no audit in it, or a login user that stays.
        if let session = found.auditSession {
            #expect(lines[0] == "4711")
            #expect(lines[1] == "\(session)")
        }
        kill(run.supervisor, SIGTERM)
        try run.end()
    }

    private func marked(_ run: borrowing SupervisedRun) throws -> RunMark {
        for _ in 0..<1000 {
            if let mark = try RunMark.read(in: run.folder) { return mark }
            poll(nil, 0, 10)
        }
        return try #require(nil, "the run has no mark")
    }
}
