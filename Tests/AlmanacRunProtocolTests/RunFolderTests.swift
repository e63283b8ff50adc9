import AlmanacRunProtocol
import AlmanacTesting
import Glibc
import Testing

@Suite("A run's folder is the owner's alone, and its files are whole or absent")
struct RunFolderTests {
    struct Name: Sendable, CustomTestStringConvertible {
        let task: String
        let path: String
        var testDescription: String { task }
    }

    @Test(arguments: [
        Name(task: "backup", path: "/data/runs/backup/01X"),
        Name(task: "a.b:c", path: "/data/runs/a.b:c/01X"),
        Name(task: "...", path: "/data/runs/.../01X"),
        Name(task: ".", path: "/data/runs/%2E/01X"),
        Name(task: "..", path: "/data/runs/%2E%2E/01X"),
    ])
    func path(name: Name) {
        #expect(RunFolder(dataFolder: "/data/", taskName: name.task, runID: "01X").path == name.path)
    }

    @Test func createsWhatIsMissing() throws {
        let temporary = TemporaryFolder()
        let folder = RunFolder(dataFolder: temporary.path, taskName: "t", runID: "01X")
        try folder.create()
        try folder.create()
        for path in [folder.path, "\(temporary.path)/runs/t", "\(temporary.path)/runs"] {
            #expect(permissions(path) == 0o700)
        }
    }

    @Test("A file in the place of a folder is an error that names it")
    func fileInTheWay() {
        let temporary = TemporaryFolder()
        temporary.plant("", at: "\(temporary.path)/runs")
        let folder = RunFolder(dataFolder: temporary.path, taskName: "t", runID: "01X")
        let error = #expect(throws: RunFileError.self) { try folder.create() }
        #expect(error?.errno == ENOTDIR)
        #expect(error?.path.hasPrefix(temporary.path) == true)
    }

    @Test(arguments: [Durability.atomic, .durable])
    func writesAndReads(durability: Durability) throws {
        let temporary = TemporaryFolder()
        #expect(try RunSpec.read(in: temporary.run) == nil)
        try RunSpecTests.large.write(in: temporary.run, durability: durability)
        try RunSpecTests.small.write(in: temporary.run, durability: durability)
        #expect(try RunSpec.read(in: temporary.run) == RunSpecTests.small)
        #expect(permissions(temporary.run.specPath) == 0o600)
        #expect(permissions(temporary.run.specPath + ".new") == nil)
    }

    @Test("An error has the path and the errno")
    func absentFolder() throws {
        let folder = RunFolder(path: "/nonexistent/folder")
        #expect(throws: RunFileError(path: "/nonexistent/folder/stop.new", cause: .system(call: "open", errno: ENOENT)))
        {
            try RunStopRequest(reason: .stopped).write(in: folder)
        }
    }

    @Test("A damaged file is an error that names it")
    func damagedFile() throws {
        let temporary = TemporaryFolder()
        temporary.plant("almanac-run-stop 1\n", at: temporary.run.stopPath)
        #expect(
            throws: RunFileError(
                path: temporary.run.stopPath,
                cause: .format(.malformed(offset: 19, reason: "the file is cut off"))
            )
        ) { try RunStopRequest.read(in: temporary.run) }
    }

    @Test("Nobody holds a lock that was never taken, and its file is not made by asking")
    func lockWithoutHolder() throws {
        let temporary = TemporaryFolder()
        #expect(try RunLock.holder(of: temporary.run) == nil)
        #expect(permissions(temporary.run.lockPath) == nil)
        _ = try RunLock.acquire(temporary.run)
        #expect(permissions(temporary.run.lockPath) == 0o600)
        #expect(try RunLock.holder(of: temporary.run) == nil)
    }
}

@Suite("A run's state is read from its folder alone")
struct RunFolderStateTests {
    static let result = RunResult(
        outcome: .exited(code: 3),
        exitCode: 3,
        startedNanosecondsSinceEpoch: 1,
        endedNanosecondsSinceEpoch: 2
    )
    static let started = RunStarted(supervisorPID: 1, nanosecondsSinceEpoch: 1, bootID: nil)

    @Test func emptyFolder() throws {
        let temporary = TemporaryFolder()
        #expect(try RunFolderState.inspect(temporary.run) == .neverStarted)
        try RunSpecTests.small.write(in: temporary.run)
        try RunStopRequest(reason: .stopped).write(in: temporary.run)
        #expect(try RunFolderState.inspect(temporary.run) == .neverStarted)
    }

    @Test func withResult() throws {
        let temporary = TemporaryFolder()
        try Self.result.write(in: temporary.run)
        #expect(try RunFolderState.inspect(temporary.run) == .finished(Self.result))
        try Self.started.write(in: temporary.run)
        #expect(try RunFolderState.inspect(temporary.run) == .finished(Self.result))
    }

    @Test func startedWithoutResult() throws {
        let temporary = TemporaryFolder()
        try Self.started.write(in: temporary.run)
        #expect(try RunFolderState.inspect(temporary.run) == .crashed(Self.started, message: nil))
    }

    @Test("A result that cannot be read is a crash that says so")
    func damagedResult() throws {
        let temporary = TemporaryFolder()
        try Self.started.write(in: temporary.run)
        temporary.plant("almanac-run-result 1\nout", at: temporary.run.resultPath)
        let state = try RunFolderState.inspect(temporary.run)
        #expect(
            state
                == .crashed(
                    Self.started,
                    message: "\(temporary.run.resultPath): damaged at byte 21: the file is cut off"
                )
        )
    }

    @Test("A start that cannot be read is a start all the same")
    func damagedStart() throws {
        let temporary = TemporaryFolder()
        temporary.plant("", at: temporary.run.startedPath)
        let state = try RunFolderState.inspect(temporary.run)
        #expect(
            state
                == .crashed(
                    nil,
                    message:
                        "\(temporary.run.startedPath): expected a file that begins with \"almanac-run-started 1\""
                )
        )
    }
}
