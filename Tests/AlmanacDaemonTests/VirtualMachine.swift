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
    /// - Parameter crontab: its `/etc/crontab`, which ``firings(by:from:until:)`` needs.
    /// - Throws: where the machine's file system cannot be made.
    init(configuration: String, crontab: SystemCrontab? = nil) throws {
        folder.write(configuration, to: "almanac.toml")
        let programs = String(BuiltProgram.path("almanac").dropLast("/almanac".count))
        var arguments = ["\(Self.sources)/image", folder.file("image"), programs, Self.zones, configurationPath]
        if let crontab {
            arguments += [crontab.zone, folder.write(crontab.text, to: "crontab"), DebianPackages.folder(of: "cron")]
        }
        let image = ChildProcess.run(arguments, seconds: 300)
        guard let image, image.exitCode == 0 else {
            throw VirtualMachineError("its file system could not be made", image?.standardError ?? "no end")
        }
    }

    /// A machine's `/etc/crontab`, and the machine's own zone, by which crontabs go.
    struct SystemCrontab {
        let text: String
        let zone: String
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
        var variables = ""
        if delegatesControlGroup { variables += " CGROUP=1" }
        if let sleep { variables += " SLEEP=\(sleep.from.secondsSinceEpoch)" }
        let life = try await live(from: from, until: until, variables: variables, sleep: sleep)
        let page = TemporaryFolder.read(life.output.file("runs")) ?? []
        guard let page = try? JSONDecoder().decode(RunPage.self, from: Data(page)), page.total == page.runs.count else {
            throw VirtualMachineError("it did not say all of its runs", life.console)
        }
        return Outcome(console: life.console, runs: page.runs)
    }

    /// Who runs a machine's crontab.
    enum CrontabRunner: String, Sendable {
        case cron
        case almanac
    }

    /// Boots, lets Debian's cron or the daemon run the crontab from an instant until another, and ends.
    ///
    /// - Returns: what the crontab's commands wrote to `/firings`, and the console.
    /// - Throws: where the machine does not come to its end.
    func firings(
        by runner: CrontabRunner,
        from: Timestamp,
        until: Timestamp
    ) async throws -> (text: String, console: String) {
        let life = try await live(from: from, until: until, variables: " BY=\(runner)")
        let bytes = TemporaryFolder.read(life.output.file("firings")) ?? []
        return (String(decoding: bytes, as: UTF8.self), life.console)
    }

    /// Boots, and waits for the end; the files of the second and the third serial port are `runs` and `firings`.
    private func live(
        from: Timestamp,
        until: Timestamp,
        variables: String,
        sleep: Sleep? = nil
    ) async throws -> (output: TemporaryFolder, console: String) {
        let output = TemporaryFolder()
        let shim = sleep == nil ? nil : WallShim(at: from.secondsSinceEpoch)
        let hardwareClock = shim == nil ? "vm" : "host"
        // Early enough for the slowest of hosts.
        let boot = from.advanced(bySeconds: -300).description.dropLast()
        let times = "FROM=\(from.secondsSinceEpoch) UNTIL=\(until.secondsSinceEpoch)"
        let qemu = ChildProcess(
            [
                // The host's other tests come first: they are in a hurry, and this machine cannot tell.
                "nice", "-n", "5", "qemu-system-x86_64", "-accel", "tcg", "-M", "pc", "-cpu", "max", "-m", "1024",
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                // 2 ns for each instruction.
                "-icount", "shift=1,sleep=off", "-rtc", "base=\(boot),clock=\(hardwareClock)",
                "-serial", "stdio", "-serial", "file:\(output.file("runs"))", "-serial",
                "file:\(output.file("firings"))",
                "-qmp", "unix:\(output.file("monitor")),server=on,wait=off",
                "-kernel", Self.kernel, "-initrd", folder.file("image"),
                "-append", "console=ttyS0 quiet panic=-1 \(times)\(variables)",
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
        return (output, qemu.standardOutput + qemu.standardError)
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
