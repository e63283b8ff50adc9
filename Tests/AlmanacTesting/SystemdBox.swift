import Glibc

/// A real systemd of a test's own, booted as PID 1 of its own namespaces by `Tests/Systemd/box`, with the built programs in
/// their places: `/usr/bin/almanac` and `/usr/libexec/almanac/almanac-run`. Gone with the value that stands for it.
///
/// To look around in one by hand: `Tests/Systemd/box -- bash`.
package final class SystemdBox: Sendable {
    /// Why there is no box; holds what the boot has said.
    package struct BootFailure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Why no box can be booted on this machine: no root, no systemd, no cgroup2. Nil where one can.
    ///
    /// A boot that fails where it should not is no obstacle: the tests are to fail then.
    package static let obstacle: String? = {
        guard let outcome = ChildProcess.run([script, "--", "true"]), outcome.exitCode == 77 else { return nil }
        return outcome.standardError.split(separator: "\n").joined(separator: " ")
    }()

    private let folder = TemporaryFolder()
    private let boot: ChildProcess
    private let pid: String

    /// Boots, and waits until systemd says that it is up.
    ///
    /// - Parameters:
    ///   - binds: files and folders of the machine that are bound in, read-only, by their paths in the box.
    ///   - seconds: how long the box may live.
    package init(binds: [String: String] = [:], seconds: Int = 300) throws(BootFailure) {
        var arguments = [
            Self.script, "-o", folder.path, "-t", "\(seconds)",
            "-b", "\(BuiltProgram.path("almanac")):/usr/bin/almanac",
            "-b", "\(BuiltProgram.path("almanac-run")):/usr/libexec/almanac/almanac-run",
        ]
        if let libraries = Self.swiftLibraries { arguments += ["-l", libraries] }
        for (target, source) in binds { arguments += ["-b", "\(source):\(target)"] }
        let boot = ChildProcess(arguments)
        let pidFile = folder.file("pid1")
        guard eventually(within: 60, { unsafe !boot.isRunning || access(pidFile, F_OK) == 0 }), boot.isRunning else {
            throw BootFailure(
                description: "no systemd: \(boot.standardError)\n\(Self.tail(of: folder.file("console.log")))"
            )
        }
        self.boot = boot
        pid = String(decoding: (TemporaryFolder.read(pidFile) ?? []).filter { $0 != 0x0A }, as: UTF8.self)
    }

    deinit {
        boot.send(SIGTERM)
        _ = boot.wait(seconds: 20)
    }

    /// Runs a program in the box to its end, as root unless a user's number is given; exit code 127 where it takes too long.
    @discardableResult
    package func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        userID: Int? = nil,
        seconds: Double = 60
    ) -> ChildProcess.Outcome {
        start(arguments, environment: environment, userID: userID).wait(seconds: seconds)
            ?? ChildProcess.Outcome(exitCode: 127, standardOutput: "", standardError: "no end within \(seconds) s")
    }

    /// Starts a program in the box.
    package func start(
        _ arguments: [String],
        environment: [String: String] = [:],
        userID: Int? = nil
    ) -> ChildProcess {
        var command = ["nsenter", "-t", pid, "-m", "-p", "-u", "-i", "-n", "-C"]
        if let userID { command += ["setpriv", "--reuid=\(userID)", "--regid=\(userID)", "--clear-groups"] }
        command += [
            "env", "-i", "LANG=C.UTF-8", "HOME=/root",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ]
        command += environment.map { "\($0.key)=\($0.value)" }
        return ChildProcess(command + arguments)
    }

    /// Runs a script in the box with `sh -e`.
    @discardableResult
    package func shell(_ script: String, userID: Int? = nil, seconds: Double = 60) -> ChildProcess.Outcome {
        run(["sh", "-e", "-c", script], userID: userID, seconds: seconds)
    }

    /// What a script prints, without the last newline.
    package func output(_ script: String) -> String {
        let text = shell(script).standardOutput
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Runs `systemctl` and answers its exit code.
    @discardableResult
    package func systemctl(_ arguments: String...) -> Int32 {
        run(["systemctl"] + arguments).exitCode
    }

    /// A property of a unit, as `systemctl show` has it.
    package func property(_ name: String, of unit: String) -> String {
        output("systemctl show --property=\(name) --value \(unit)")
    }

    /// Writes a file in the box, and makes its folder.
    package func write(_ text: String, to path: String) {
        let source = folder.write(text, to: "file")
        let outcome = ChildProcess.run([
            "sh", "-e", "-c",
            "exec nsenter -t \"$1\" -m -p sh -e -c 'mkdir -p \"${1%/*}\"; cat > \"$1\"' sh \"$2\" < \"$3\"",
            "sh", pid, path, source,
        ])
        precondition(outcome?.exitCode == 0, "\(path) cannot be written: \(outcome?.standardError ?? "")")
    }

    /// What the journal holds by now, as `journalctl` prints it with these arguments.
    package func journal(_ arguments: String...) -> String {
        run(["journalctl", "--sync"])
        return run(["journalctl", "--no-pager", "--quiet"] + arguments).standardOutput
    }

    /// For the message of a failed test: what the boot said, what has failed, and the end of the journal.
    package var report: String {
        """
        --- console
        \(Self.tail(of: folder.file("console.log")))\(boot.standardError)
        --- failed units
        \(run(["systemctl", "--failed", "--no-legend", "--plain"]).standardOutput)
        --- journal
        \(journal("--lines=60", "--output=short-precise"))
        """
    }

    private static func tail(of path: String) -> String {
        let lines = String(decoding: TemporaryFolder.read(path) ?? [], as: UTF8.self).split(separator: "\n")
        return lines.suffix(20).joined(separator: "\n")
    }

    private static let script =
        #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Systemd/box"

    /// The shared libraries of the toolchain that this process runs on, where they are not a part of `/usr`, which the box has.
    private static let swiftLibraries: String? = {
        let maps = String(decoding: TemporaryFolder.read("/proc/self/maps") ?? [], as: UTF8.self)
        for line in maps.split(separator: "\n") where line.hasSuffix("/libswiftCore.so") {
            guard let slash = line.firstIndex(of: "/"), let end = line.lastIndex(of: "/") else { continue }
            return line[slash...].hasPrefix("/usr/") ? nil : String(line[slash..<end])
        }
        return nil
    }()
}
