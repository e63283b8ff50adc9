import AlmanacRunProtocol
import AlmanacTesting
import Glibc
import Testing

@Suite("The processes of a run are found by the run's id")
struct RunProcessesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let environment: String
        let id: String?
    }

    @Test(
        "The variable is looked for by its whole name, wherever it stands",
        arguments: [
            Row(testDescription: "alone", environment: "ALMANAC_RUN_ID=01X\0", id: "01X"),
            Row(testDescription: "between others", environment: "A=1\0ALMANAC_RUN_ID=01X\0B=2\0", id: "01X"),
            Row(testDescription: "with no end", environment: "A=1\0ALMANAC_RUN_ID=01X", id: "01X"),
            Row(testDescription: "after an empty one", environment: "\0\0ALMANAC_RUN_ID=01X\0", id: "01X"),
            Row(testDescription: "empty", environment: "ALMANAC_RUN_ID=\0A=1\0", id: nil),
            Row(testDescription: "a longer name", environment: "XALMANAC_RUN_ID=01X\0", id: nil),
            Row(testDescription: "a name in a value", environment: "A=ALMANAC_RUN_ID=01X\0", id: nil),
            Row(testDescription: "another one", environment: "ALMANAC_RUN_ID_2=01X\0", id: nil),
            Row(testDescription: "cut", environment: "ALMANAC_RUN_", id: nil),
            Row(testDescription: "nothing", environment: "", id: nil),
        ]
    )
    func environment(_ row: Row) {
        let bytes = Array(row.environment.utf8)
        let id = unsafe bytes.withUnsafeBytes { unsafe RunProcesses.runID(inEnvironment: $0) }
        #expect(id == row.id)
    }

    /// Starts a shell that prints the numbers of its processes, and waits for so many.
    private func start(_ commands: String, id: String, count: Int) throws -> (shell: ChildProcess, pids: [Int32]) {
        let shell = ChildProcess(["sh", "-c", commands], environment: [RunProcesses.variable: id])
        func pids() -> [Int32] { shell.standardOutput.split(separator: "\n").compactMap { Int32($0) } }
        try #require(eventually { pids().count == count }, "\(shell.standardError)")
        return (shell, pids())
    }

    @Test("A mark of an earlier start of the machine covers nothing, and one of a number that came again neither")
    func foreignMark() throws {
        let name = "marked-\(UInt64.random(in: 0 ... .max))"
        let (shell, pids) = try start("exec setsid sh -c 'echo $$; sleep 600; :'", id: "none", count: 1)
        defer { for process in RunProcesses.find(["none"])["none"] ?? [] { kill(process.pid, SIGKILL) } }
        let leader = try #require(ProcessStatus.current(of: pids[0]))
        #expect(leader.sessionID == pids[0] && shell.isRunning)
        func found(_ mark: RunMark) -> Int { RunProcesses.find([name], marks: [name: mark])[name]?.count ?? 0 }
        let bootID = RunStarted.currentBootID
        #expect(eventually { found(RunMark(bootID: bootID, command: leader)) == 2 }, "the leader and its child")
        #expect(found(RunMark(bootID: "00000000-0000-4000-8000-000000000000", command: leader)) == 0)
        #expect(found(RunMark(bootID: nil, command: leader)) == 0)
        let earlier = ProcessStatus(pid: leader.pid, parentPID: 0, startTime: leader.startTime - 1)
        #expect(found(RunMark(bootID: bootID, command: earlier)) == 0)
        #expect(found(RunMark(bootID: bootID)) == 0)
    }

    @Test("Each run's own, descendants without the variable among them, and nobody else's")
    func machine() throws {
        // Names that nobody else has: what an earlier try left behind may still be there.
        let names = ["first", "second", "third", "other"].map { "\($0)-\(UInt64.random(in: 0 ... .max))" }
        // Another environment is as long as it may be before the variable comes.
        let long = "LONG=\(String(repeating: "x", count: 100_000))"
        let first = try start(
            "echo $$; sleep 600 & echo $!; env -i sh -c 'echo $$; sleep 600; :' & wait",
            id: names[0],
            count: 3
        )
        let second = try start(
            "echo $$; env \(long) sh -c 'echo $$; sleep 600; :'",
            id: names[1],
            count: 2
        )
        let other = try start("echo $$; sleep 600; :", id: names[3], count: 1)
        defer {
            // The children of the shells have told nobody their numbers.
            for processes in RunProcesses.find(Set(names)).values {
                for process in processes { kill(process.pid, SIGKILL) }
            }
        }
        var found: [String: Set<Int32>] = [:]
        #expect(
            eventually {
                found = RunProcesses.find(Set(names[..<3])).mapValues { Set($0.map(\.pid)) }
                return found[names[0]]?.count == 4 && found[names[1]]?.count == 3
            }
        )
        #expect(found[names[0]]?.isSuperset(of: first.pids) == true)
        #expect(found[names[1]]?.isSuperset(of: second.pids) == true)
        #expect(found.count == 2)
        #expect(found.values.allSatisfy { !$0.contains(other.pids[0]) })
    }
}
