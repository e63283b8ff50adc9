import AlmanacTesting
import Glibc
import Testing

@Suite(
    "The Unix socket knows the members of its group",
    .enabled(if: geteuid() == 0 && ChildProcess.run(["setpriv", "--version"])?.exitCode == 0, "needs root and setpriv")
)
struct SocketGroupTests {
    private func status(_ daemon: DaemonProcess, _ identity: String...) -> String {
        ChildProcess.run(
            ["setpriv"] + identity + [
                "curl", "--silent", "--unix-socket", daemon.socketPath, "--output", "/dev/null", "--write-out",
                "%{http_code}", "http://localhost/api/info",
            ]
        )?.standardOutput ?? ""
    }

    @Test("By their first group or any other; the file lets others not even connect")
    func members() throws {
        let daemon = DaemonProcess("[api]\nsocket_group = 4242")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(unsafe chmod(daemon.folder.path, 0o755) == 0)
        let file = ChildProcess.run(["stat", "--format", "%a %g", daemon.socketPath])?.standardOutput
        #expect(file == "660 4242\n")
        #expect(status(daemon, "--reuid", "1000", "--regid", "4242", "--clear-groups") == "200")
        #expect(status(daemon, "--reuid", "1000", "--regid", "1000", "--groups", "5,4242,6") == "200")
        #expect(status(daemon, "--reuid", "1000", "--regid", "1000", "--groups", "5") == "000")
        // Where the file's mode is more open than it should be, the daemon still asks who is calling.
        #expect(unsafe chmod(daemon.socketPath, 0o666) == 0)
        #expect(status(daemon, "--reuid", "1000", "--regid", "1000", "--groups", "5") == "403")
        #expect(status(daemon, "--reuid", "1000", "--regid", "1000", "--groups", "4242") == "200")
    }

    @Test("A group that is not there is a fault at its line")
    func unknown() throws {
        let daemon = DaemonProcess("[api]\nsocket_group = 'no-such-group'")
        let outcome = try #require(daemon.child.wait())
        #expect(outcome.exitCode == 1)
        #expect(
            outcome.standardError.contains("almanac.toml:2: [api] socket_group: there is no group \"no-such-group\"")
        )
    }
}
