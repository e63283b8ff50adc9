import AlmanacAPI
import AlmanacCalendar
import AlmanacTesting
import FoundationEssentials
import Glibc

/// A machine with a kernel and a clock of its own, on which the real daemon runs: QEMU, with what `Tests/VirtualMachine` holds.
///
/// Its clock counts instructions, and time in which it has nothing to do passes at once. So hours take seconds, nothing sets the
/// clock from its start to its end, and how fast or how busy the host is changes nothing that the machine could see.
final class VirtualMachine: Sendable {
    private let folder = TemporaryFolder()

    /// The configuration that its daemon reads.
    var configurationPath: String { folder.file("almanac.toml") }

    /// Its daemon has the zone files of `zones`.
    ///
    /// - Throws: where the machine's file system cannot be made.
    init(configuration: String) throws {
        folder.write(configuration, to: "almanac.toml")
        let programs = String(BuiltProgram.path("almanac").dropLast("/almanac".count))
        let image = ChildProcess.run(
            ["\(Self.sources)/image", folder.file("image"), programs, Self.zones, configurationPath],
            seconds: 300
        )
        guard let image, image.exitCode == 0 else {
            throw VirtualMachineError("its file system could not be made", image?.standardError ?? "no end")
        }
    }

    /// What came of a machine's life.
    struct Outcome: Sendable {
        /// What its kernel, its first process and its daemon said.
        let console: String
        /// All of the daemon's runs.
        let runs: [RunResource]
    }

    /// A suspend to memory, as of a laptop that is closed.
    struct Sleep: Sendable {
        let from: Timestamp
        let seconds: Int64
    }

    /// Boots, lets the daemon run from an instant until another, and ends.
    ///
    /// The test's thread is free meanwhile.
    ///
    /// - Parameters:
    ///   - delegatesControlGroup: whether the daemon has a cgroup with every controller, and is killed and started once more.
    ///   - sleep: what goes on during it takes no time, for a test waits for nobody's sleep: the hardware clock, which
    ///   the kernel asks for the time when it wakes, is set forward by a `WallShim`. It goes with the host's clock, so the sleep
    ///   is longer by the time that the host takes to wake the machine.
    /// - Throws: where the machine does not come to its end.
    func run(
        from: Timestamp,
        until: Timestamp,
        delegatesControlGroup: Bool = false,
        sleep: Sleep? = nil
    ) async throws -> Outcome {
        let output = TemporaryFolder()
        let shim = sleep == nil ? nil : WallShim(at: from.secondsSinceEpoch)
        let hardwareClock = shim == nil ? "vm" : "host"
        // Early enough for the slowest of hosts.
        let boot = from.advanced(bySeconds: -300).description.dropLast()
        var variables = "FROM=\(from.secondsSinceEpoch) UNTIL=\(until.secondsSinceEpoch)"
        if delegatesControlGroup { variables += " CGROUP=1" }
        if let sleep { variables += " SLEEP=\(sleep.from.secondsSinceEpoch)" }
        let qemu = ChildProcess(
            [
                // The host's other tests come first: they are in a hurry, and this machine cannot tell.
                "nice", "-n", "5", "qemu-system-x86_64", "-accel", "tcg", "-M", "pc", "-cpu", "max", "-m", "1024",
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                // 2 ns for each instruction.
                "-icount", "shift=1,sleep=off", "-rtc", "base=\(boot),clock=\(hardwareClock)",
                "-serial", "stdio", "-serial", "file:\(output.file("runs"))",
                "-qmp", "unix:\(output.file("monitor")),server=on,wait=off",
                "-kernel", Self.kernel, "-initrd", folder.file("image"),
                "-append", "console=ttyS0 quiet panic=-1 \(variables)",
            ],
            environment: shim?.environment ?? [:]
        )
        let wake = shim.flatMap { $0.environment["WALLSHIM"] }.map { clock in
            ChildProcess(["\(Self.sources)/wake", output.file("monitor"), clock, "\(sleep?.seconds ?? 0)"])
        }
        let limit = ContinuousClock.now + .seconds(1500)
        while qemu.isRunning {
            guard ContinuousClock.now < limit else {
                let said = qemu.standardOutput + (wake?.standardError ?? "")
                throw VirtualMachineError("it has not come to its end in 25 minutes", said)
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        let page = TemporaryFolder.read(output.file("runs")) ?? []
        guard let page = try? JSONDecoder().decode(RunPage.self, from: Data(page)), page.total == page.runs.count else {
            throw VirtualMachineError("it did not say all of its runs", qemu.standardOutput + qemu.standardError)
        }
        return Outcome(console: qemu.standardOutput, runs: page.runs)
    }

    // MARK: What it needs

    /// Why there can be none here; nil where there can.
    static let obstacle: String? = {
        for program in ["qemu-system-x86_64", "busybox", "cpio"]
        where ChildProcess.run(["sh", "-c", "command -v \(program)"])?.exitCode != 0 {
            return "there is no \(program) here: apt-get install qemu-system-x86 busybox-static cpio"
        }
        guard unsafe access(kernel, R_OK) == 0 else {
            return "there is no kernel to boot: Tests/VirtualMachine/kernel .build/virtual-machine, on an x86-64 Debian"
        }
        return nil
    }()

    /// The folder of the zone files that the machine has.
    static let zones = "\(repository)/tzdata-fixtures/zones"

    private static let repository = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    private static let sources = "\(repository)/Tests/VirtualMachine"
    private static let kernel = "\(repository)/.build/virtual-machine/vmlinuz"
}

struct VirtualMachineError: Error, CustomStringConvertible {
    let description: String

    init(_ fault: String, _ output: String) {
        description = "the virtual machine: \(fault)\n\(output)"
    }
}
