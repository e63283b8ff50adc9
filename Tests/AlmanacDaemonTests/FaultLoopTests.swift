import AlmanacTesting
import Testing

@Suite("Whatever happens to the daemon, nothing is lost: the fault loop, in short")
struct FaultLoopTests {
    /// What happens to it, and whether that takes mounts, which only root may make.
    static let modes = [
        ("kill", false), ("supervisors", false), ("busy", false), ("full-disk", true), ("read-only", true),
    ]

    @Test("Its check finds each thing that is forged")
    func selfTest() throws {
        let outcome = try #require(start("--self-test").wait())
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    @Test(
        "It is killed, supervisors are killed, its database is locked, its disk is full, its logs' folder is read-only"
    )
    func modes() throws {
        // All at the same time: they mostly wait.
        let loops = Self.modes.map { mode, needsMounts in
            let loop = start("--mode", mode, "--minutes", "0.15", "--round-seconds", "9")
            return (mode: mode, needsMounts: needsMounts, loop: loop)
        }
        for (mode, needsMounts, loop) in loops {
            let outcome = try #require(loop.wait(seconds: 300), "\(mode) does not end")
            if needsMounts && !SmallDisk.canBeMounted {
                print("The mode \(mode) of the fault loop is not tried: \(outcome.standardOutput)")
                #expect(outcome.exitCode == 77)
            } else {
                #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
            }
        }
    }

    /// Starts `contrib/fault-loop` on the programs of this build.
    private func start(_ arguments: String...) -> ChildProcess {
        let program = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/contrib/fault-loop"
        let build = BuiltProgram.path("almanac").split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return ChildProcess([program, "--bin", build] + arguments)
    }
}
