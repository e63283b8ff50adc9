import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("SIGTERM leaves runs to their supervisors, SIGINT takes them down")
struct StoppingTests {
    static let configuration = """
        [tasks.job]
        run = "echo begun; while [ ! -e go ]; do sleep 0.05; done; exit 5"
        """

    @Test("SIGTERM: the run goes on, and the next daemon records its end")
    func terminate() throws {
        let first = DaemonProcess(Self.configuration)
        try #require(first.isReady(), "\(first.child.standardError)")
        let run = try #require(first.trigger("job"))
        #expect(eventually { first.log(of: run) == "begun\n" })
        #expect(first.end(SIGTERM)?.exitCode == 0)
        first.folder.write("", to: "go")
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(eventually { second.run(run.id)?.exitCode == 5 })
        #expect(second.run(run.id)?.endReason == "failed")
    }

    @Test(
        "SIGINT, and SIGTERM with on_stop = \"stop_runs\": active and waiting runs end as daemon_stopped",
        arguments: [(SIGINT, ""), (SIGTERM, "[daemon]\non_stop = \"stop_runs\"\n")]
    )
    func interrupt(signal: Int32, settings: String) throws {
        let first = DaemonProcess(settings + Self.configuration)
        try #require(first.isReady(), "\(first.child.standardError)")
        let active = try #require(first.trigger("job"))
        let waiting = try #require(first.trigger("job"))
        #expect(eventually { first.log(of: active) == "begun\n" })
        #expect(first.end(signal)?.exitCode == 0)
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.run(active.id)?.endReason == "daemon_stopped")
        #expect(second.run(active.id)?.exitCode == 143)
        #expect(second.run(waiting.id)?.endReason == "daemon_stopped")
        #expect(second.run(waiting.id)?.exitCode == -1)
        for run in [active, waiting] {
            #expect(second.run(run.id)?.message == "the daemon was stopped, and its runs with it")
        }
    }

    @Test("A client that waits is answered with the run as it stands")
    func waitingClient() throws {
        let daemon = DaemonProcess(Self.configuration)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let client = ChildProcess([
            "curl", "--silent", "--unix-socket", daemon.socketPath, "--request", "POST",
            "http://localhost/api/tasks/job/run?wait=true",
        ])
        #expect(eventually { !daemon.runs("status=running").isEmpty })
        #expect(daemon.end(SIGTERM)?.exitCode == 0)
        let answer = try #require(client.wait())
        #expect(answer.standardOutput.contains("\"status\":\"running\""))
    }

    @Test("A second daemon on the same data folder refuses, and names the first")
    func secondDaemon() throws {
        let first = DaemonProcess(Self.configuration)
        try #require(first.isReady(), "\(first.child.standardError)")
        let second = ChildProcess.run([
            BuiltProgram.path("almanac"), "daemon", "--config", first.folder.file("almanac.toml"),
            "--data", first.dataPath, "--listen", "unix:\(first.folder.file("other.sock"))",
        ])
        #expect(second?.exitCode == 1)
        #expect(
            second?.standardError.contains("another daemon, process \(first.child.pid), uses the data folder") == true
        )
        #expect(first.get("/health").body == "OK")
    }
}
