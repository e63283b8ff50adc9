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

    /// - Parameters:
    ///   - configuration: the daemon's.
    ///   - zones: the folder of its zone files.
    /// - Throws: where the machine's file system cannot be made.
    init(configuration: String, zones: String) throws {
        folder.write(configuration, to: "almanac.toml")
        let almanac = BuiltProgram.path("almanac")
        let programs = String(almanac.dropLast("/almanac".count))
        let image = ChildProcess.run(
            ["\(Self.sources)/image", folder.file("image"), programs, zones, folder.file("almanac.toml")]
        )
        guard let image, image.exitCode == 0 else {
            throw VirtualMachineError("its file system could not be made", image?.standardError ?? "no end in a minute")
        }
    }

    /// The configuration that its daemon reads.
    var configurationPath: String { folder.file("almanac.toml") }

    /// What came of a machine's life.
    struct Outcome: Sendable {
        /// What its kernel, its first process and its daemon said.
        let console: String
        /// All of the daemon's runs.
        let runs: [RunResource]
    }

    /// Boots a minute before an instant, lets the daemon run from that instant until another, and ends.
    ///
    /// The test's thread is free meanwhile.
    ///
    /// - Throws: where the machine does not come to its end.
    func run(from: Timestamp, until: Timestamp) async throws -> Outcome {
        let output = TemporaryFolder()
        let boot = String(from.advanced(bySeconds: -60).description.dropLast())
        let qemu = ChildProcess(
            [
                // The host's other tests come first: they are in a hurry, and this machine cannot tell.
                "nice", "-n", "19", "qemu-system-x86_64", "-accel", "tcg", "-M", "pc", "-cpu", "max", "-m", "1024",
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                // 2 ns for each instruction.
                "-icount", "shift=1,sleep=off", "-rtc", "base=\(boot),clock=vm",
                "-serial", "stdio", "-serial", "file:\(output.file("runs"))",
                "-kernel", Self.kernel, "-initrd", folder.file("image"),
                "-append",
                "console=ttyS0 quiet panic=-1 FROM=\(from.secondsSinceEpoch) UNTIL=\(until.secondsSinceEpoch)",
            ]
        )
        let limit = ContinuousClock.now + .seconds(900)
        while qemu.isRunning {
            guard ContinuousClock.now < limit else {
                throw VirtualMachineError("it has not come to its end in 15 minutes", qemu.standardOutput)
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
