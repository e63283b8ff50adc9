import AlmanacRunProtocol
import AlmanacTesting
import CLinux
import Glibc
import Testing

@Suite("The real supervisor tells how the command ended")
struct CommandEndTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let commands: String
        let outcome: RunResult.Outcome
        let exitCode: Int32
    }

    static let rows = [
        Row(testDescription: "success", commands: "true", outcome: .exited(code: 0), exitCode: 0),
        Row(testDescription: "a code", commands: "exit 7", outcome: .exited(code: 7), exitCode: 7),
        Row(testDescription: "the largest code", commands: "exit 255", outcome: .exited(code: 255), exitCode: 255),
        Row(testDescription: "set -e", commands: "false; exit 9", outcome: .exited(code: 1), exitCode: 1),
        Row(
            testDescription: "no such command",
            commands: "nosuchcommand 2>/dev/null",
            outcome: .exited(code: 127),
            exitCode: 127
        ),
        Row(testDescription: "SIGKILL", commands: "kill -9 $$", outcome: .signaled(number: 9), exitCode: 137),
        Row(testDescription: "SIGHUP", commands: "kill -1 $$", outcome: .signaled(number: 1), exitCode: 129),
        Row(testDescription: "SIGTERM from within", commands: "kill $$", outcome: .signaled(number: 15), exitCode: 143),
    ]

    @Test(arguments: rows)
    func end(row: Row) throws {
        var run = try SupervisedRun(row.commands)
        let result = try run.result()
        #expect(result.outcome == row.outcome)
        #expect(result.exitCode == row.exitCode)
        #expect(result.startedNanosecondsSinceEpoch != nil)
        #expect(result.elapsedNanoseconds > 0)
        #expect(result.cpuNanoseconds > 0)
        #expect(result.maxRSSBytes > 100_000)
        #expect(!result.endedDescendants && !result.killed)
        #expect(result.lostLogBytes == 0)
        #expect(try RunFolderState.inspect(run.folder) == .finished(result))
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let adjust: @Sendable (inout RunSpec) -> Void
    }

    static let shell = "; `shell` has to name a program that the run's user may execute"
    static let folder = "; `working_dir` has to name a folder that the run's user may enter"

    static let failures = [
        Failure(
            testDescription: "no shell",
            message: "cannot start /bin/nosuch: No such file or directory\(shell)"
        ) { $0.argv[0] = "/bin/nosuch" },
        Failure(testDescription: "no program", message: "cannot start /etc/passwd: Permission denied\(shell)") {
            $0.argv[0] = "/etc/passwd"
        },
        Failure(testDescription: "no folder", message: "cannot enter /no/folder: No such file or directory\(folder)") {
            $0.workingDirectory = "/no/folder"
        },
        Failure(testDescription: "a file as folder", message: "cannot enter /etc/passwd: Not a directory\(folder)") {
            $0.workingDirectory = "/etc/passwd"
        },
        Failure(
            testDescription: "a NUL in an argument",
            message: "cannot start /bin/sh: its argument 3 has a NUL byte in it"
        ) { $0.argv[3].bytes.append(0) },
        Failure(
            testDescription: "a NUL in a variable",
            message: "cannot start /bin/sh: its variable 2 has a NUL byte in it"
        ) { $0.environment[1].bytes.append(0) },
        Failure(
            testDescription: "too long an argument",
            message: "cannot start /bin/sh: Argument list too long; a file takes what arguments and variables cannot"
        ) { $0.argv[3].bytes += [UInt8](repeating: 0x20, count: 200_000) },
    ]

    @Test(arguments: failures)
    func startFailed(row: Failure) throws {
        var run = try SupervisedRun("true", adjust: row.adjust)
        let result = try run.result()
        #expect(result.outcome == .startFailed(message: row.message))
        #expect(result.exitCode == -1)
        #expect(result.startedNanosecondsSinceEpoch == nil)
        #expect(result.message == row.message)
    }

    @Test("A spec that cannot be read is a failed start", arguments: ["", "almanac-run-spec 2\nend\n"])
    func unreadableSpec(text: String) throws {
        var run = try SupervisedRun("true")
        run.temporary.plant(text, at: run.folder.specPath)
        guard case .startFailed(let message) = try run.result().outcome else {
            Issue.record("it started")
            return
        }
        #expect(message.hasPrefix("cannot read what to run: \(run.folder.specPath): "))
        #expect(try RunStarted.read(in: run.folder) == nil)
    }

    @Test("A log that cannot be opened is a failed start")
    func unopenableLog() throws {
        var run = try SupervisedRun("true")
        unsafe mkdir(run.folder.logPath, 0o700)
        let message = "cannot open the log \(run.folder.logPath): Is a directory; remove what is in the log's place"
        #expect(try run.result().outcome == .startFailed(message: message))
        unsafe rmdir(run.folder.logPath)
    }

    @Test("A folder that is not there is told on standard error, by the exit status")
    func noFolder() throws {
        var run = try SupervisedRun("true")
        unsafe rename(run.folder.path, run.folder.path + ".away")
        defer { unsafe rename(run.folder.path + ".away", run.folder.path) }
        try run.start(prefix: ["/bin/sh", "-c", "exec \"$0\" \"$1\" 2>/dev/null"])
        let status = try run.end()
        #expect(clinux_wifexited(status) != 0 && clinux_wexitstatus(status) == 1)
    }
}
