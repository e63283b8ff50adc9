import AlmanacTesting
import Testing

/// `contrib/fault-loop` on the programs of this build.
private enum FaultLoop {
    static func run(_ arguments: String...) -> ChildProcess.Outcome? {
        let program = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/contrib/fault-loop"
        let build = BuiltProgram.path("almanac").split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return ChildProcess.run([program, "--bin", build] + arguments, seconds: 300)
    }
}

@Suite("Whatever happens to the daemon, nothing is lost: the fault loop, in short")
struct FaultLoopTests {
    @Test("Its check finds each thing that is forged")
    func selfTest() throws {
        let outcome = try #require(FaultLoop.run("--self-test"))
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    @Test("The daemon is killed again and again")
    func kill() throws {
        let outcome = try #require(FaultLoop.run("--mode", "kill", "--kills", "12", "--round-seconds", "8"))
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }
}
