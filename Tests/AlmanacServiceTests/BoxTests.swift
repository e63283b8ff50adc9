import AlmanacTesting
import Testing

@Suite("A box has a systemd of its own, and nothing of it stays", .underSystemd)
struct BoxTests {
    @Test("It boots, runs commands with their exit codes and output, and keeps a journal")
    func box() throws {
        let box = try SystemdBox()
        #expect(box.output("cat /proc/1/comm") == "systemd", "\(box.report)")
        #expect(box.output("systemctl is-system-running") == "running", "\(box.report)")
        let outcome = box.shell("echo out; echo err >&2; exit 7")
        #expect(outcome.exitCode == 7)
        #expect(outcome.standardOutput == "out\n")
        #expect(outcome.standardError == "err\n")
        box.write("a 'file' with $signs\n", to: "/etc/almanac/test")
        #expect(box.output("cat /etc/almanac/test") == "a 'file' with $signs")
        #expect(
            box.run(["systemd-run", "--wait", "--quiet", "--unit=told", "echo", "told to the journal"]).exitCode == 0
        )
        #expect(box.journal("--unit=told", "--output=cat").contains("told to the journal"))
        #expect(box.report.contains("told to the journal"))
        #expect(box.run(["almanac", "--version"]).standardError == "")
        #expect(box.run(["id", "-u"], userID: 1234).standardOutput == "1234\n")
    }

    @Test("What happens in it stays in it")
    func isolation() throws {
        let box = try SystemdBox()
        let pid = box.output(
            "sleep 600 >/dev/null 2>&1 & readlink /proc/self/ns/pid; touch /usr/bin/almanac-box-was-here"
        )
        #expect(!pid.isEmpty && pid != ChildProcess.run(["readlink", "/proc/self/ns/pid"])?.standardOutput)
        #expect(ChildProcess.run(["test", "-e", "/usr/bin/almanac-box-was-here"])?.exitCode == 1)
        #expect(box.output("ls /usr/bin/almanac-box-was-here") == "/usr/bin/almanac-box-was-here")
        #expect(box.output("ls /sys/class/net") == "lo")
    }
}
