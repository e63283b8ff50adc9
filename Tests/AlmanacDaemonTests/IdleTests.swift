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
        // Threads that were needed for the start alone take some seconds to go.
        var calls = ["not traced"]
        for _ in 0..<6 where !calls.isEmpty { calls = Strace.calls(of: daemon.child.pid, seconds: 6) }
        #expect(calls == [])
        #expect(listener.messages.count == (environment.isEmpty ? 0 : 1))
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
