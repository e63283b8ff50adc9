import AlmanacTesting
import Testing

@Suite("The idle daemon makes no system call", .enabled(if: Strace.works, "strace cannot trace processes here"))
struct IdleTests {
    @Test(
        "With a task that is due in months, no client and nothing running; under a service manager too",
        arguments: [[:], ["WATCHDOG_PID": "1", "WATCHDOG_USEC": "1000000"]]
    )
    func idle(environment: [String: String]) throws {
        let listener = NotifyListener()
        let daemon = DaemonProcess(
            """
            [tasks.yearly]
            cron = "0 0 1 1 *"
            run = "true"
            """,
            // A watchdog that is another process's concern.
            environment: environment.isEmpty ? [:] : environment.merging(listener.environment) { $1 }
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(callsOnceQuiet(daemon) == [])
        #expect(listener.messages.count == (environment.isEmpty ? 0 : 1))
    }

    @Test("On a network, with TLS and with metrics, once its clients are gone", .withOpenSSL)
    func network() throws {
        let folder = TemporaryFolder()
        folder.certify("almanac")
        let daemon = DaemonProcess(
            """
            [api]
            tls_cert = "cert.pem"
            tls_key = "key.pem"
            [metrics]
            listen = "unix:\(folder.file("metrics"))"
            [tasks.yearly]
            cron = "0 0 1 1 *"
            run = "true"
            """,
            in: folder,
            listen: ["127.0.0.1:0"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let scrape = [
            "curl", "--silent", "--fail", "--unix-socket", folder.file("metrics"), "http://localhost/metrics",
        ]
        #expect(ChildProcess.run(scrape)?.standardOutput.contains("almanac_build_info") == true)
        let greeting = ["curl", "--silent", "--insecure", "https://127.0.0.1:\(daemon.port)/health"]
        #expect(ChildProcess.run(greeting)?.standardOutput == "OK")
        #expect(daemon.almanac("run", "yearly", "--wait")?.exitCode == 0)
        #expect(callsOnceQuiet(daemon) == [])
    }

    /// What it calls in some seconds. Threads that were needed for the start alone, and clients that have just left, take some
    /// seconds to go.
    private func callsOnceQuiet(_ daemon: DaemonProcess) -> [String] {
        var calls = ["not traced"]
        for _ in 0..<6 where !calls.isEmpty { calls = Strace.calls(of: daemon.child.pid, seconds: 6) }
        return calls
    }

    @Test("The tracing sees a daemon that is not idle")
    func busy() throws {
        let daemon = DaemonProcess(
            """
            [tasks.every-second]
            cron = "* * * * * *"
            run = "true"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(!Strace.calls(of: daemon.child.pid, seconds: 3).isEmpty)
    }
}

/// strace(1), as a witness.
enum Strace {
    static let works = ChildProcess.run(["strace", "-o", "/dev/null", "true"])?.exitCode == 0

    /// The system calls that a process and its threads begin or end within the time, but for the waiting that the tracing
    /// itself interrupts and resumes.
    static func calls(of pid: Int32, seconds: Int) -> [String] {
        let folder = TemporaryFolder()
        let trace = folder.file("trace")
        _ = ChildProcess.run(["timeout", "\(seconds)", "strace", "-f", "-o", trace, "-p", "\(pid)"])
        return String(decoding: TemporaryFolder.read(trace) ?? [], as: UTF8.self)
            .split(separator: "\n")
            .map(String.init)
            .filter { line in
                !["<unfinished ...>", "<detached ...>", "resuming interrupted"].contains { line.contains($0) }
            }
    }
}
