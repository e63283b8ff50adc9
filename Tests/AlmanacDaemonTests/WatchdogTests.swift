import AlmanacAPI
import AlmanacTesting
import CLinux
import Glibc
import Testing

@Suite("The watchdog is fed while every part of the daemon answers", .serialized)
struct WatchdogTests {
    static let configuration = """
        [tasks.job]
        run = "while [ ! -e go ]; do sleep 0.05; done; exit 7"
        [tasks.true]
        run = "true"
        max_concurrent = 8
        queue_max = 1000
        """

    /// Half a second between two signs of life.
    static let limit = ["WATCHDOG_USEC": "1000000"]
    static let limitSeconds = 1.0

    /// A daemon that has been fed to the watchdog a few times.
    private func watched(
        _ listener: NotifyListener,
        limit: [String: String] = WatchdogTests.limit,
        prefix: [String] = []
    ) throws -> DaemonProcess {
        let daemon = DaemonProcess(
            Self.configuration,
            environment: listener.environment.merging(limit) { $1 },
            prefix: prefix
        )
        try #require(listener.hears("READY=1"), "\(daemon.child.standardError)")
        #expect(eventually { Self.pings(listener).count >= 2 })
        return daemon
    }

    private static func pings(_ listener: NotifyListener) -> [Double] {
        listener.messages.filter { $0.text == "WATCHDOG=1" }.map(\.time)
    }

    /// Waits until nothing has come for several times as long as the service manager waits.
    private func fallsSilent(_ listener: NotifyListener) -> Bool {
        eventually(within: 30) {
            var now = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &now)
            return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - (Self.pings(listener).last ?? 0) > 3
                * Self.limitSeconds
        }
    }

    @Test(
        "A thread that stands still means silence; when it goes on, so does the watchdog",
        .enabled(if: Freeze.works, "no thread can be stopped here"),
        arguments: [
            ("scheduler", "the scheduler"), ("runs", "the dispatcher of runs"), ("store-writer", "the store's writer"),
            ("store-reader", "the store's reader"), ("NIO-SGLTN-1-#1", "the server"),
        ]
    )
    func hungThread(thread: String, part: String) throws {
        let listener = NotifyListener()
        let daemon = try watched(listener)
        do {
            let freeze = try #require(Freeze(thread, of: daemon.child.pid))
            #expect(fallsSilent(listener))
            #expect(daemon.child.standardError.contains("\(part) did not answer within"))
            withExtendedLifetime(freeze) {}
        }
        let count = Self.pings(listener).count
        #expect(eventually { Self.pings(listener).count > count + 1 })
        #expect(eventually { daemon.child.standardError.contains("every part of the daemon answers again") })
        #expect(daemon.end()?.exitCode == 0)
    }

    @Test("A lock that another process holds on the database means silence for as long")
    func lockedDatabase() throws {
        let listener = NotifyListener()
        let daemon = try watched(listener)
        let script = """
            import sqlite3, sys, time
            connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
            connection.execute("BEGIN EXCLUSIVE")
            print("locked", flush=True)
            time.sleep(600)
            """
        do {
            let holder = ChildProcess(["python3", "-c", script, "\(daemon.dataPath)/almanac.sqlite"])
            try #require(eventually { holder.standardOutput == "locked\n" }, "\(holder.standardError)")
            #expect(fallsSilent(listener))
            #expect(daemon.child.standardError.contains("the store's writer did not answer within"))
        }
        let count = Self.pings(listener).count
        #expect(eventually { Self.pings(listener).count > count + 1 })
    }

    @Test(
        "A daemon that is killed for its silence loses no run",
        .enabled(if: Freeze.works, "no thread can be stopped here")
    )
    func killedForSilence() throws {
        let listener = NotifyListener()
        let first = try watched(listener)
        let active = try #require(first.trigger("job"))
        let waiting = try #require(first.trigger("job"))
        #expect(eventually { first.run(active.id)?.status == "running" })
        let freeze = try #require(Freeze("store-writer", of: first.child.pid))
        #expect(fallsSilent(listener))
        // What systemd does then. The kernel keeps a process that is traced until its tracer has gone.
        first.child.send(SIGABRT)
        freeze.end()
        #expect(first.child.wait()?.exitCode == 128 + SIGABRT)
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        second.folder.write("", to: "go")
        for run in [active, waiting] {
            #expect(eventually { second.run(run.id)?.exitCode == 7 })
            #expect(second.run(run.id)?.endReason == "failed")
        }
    }

    @Test("Under load it stays fed")
    func load() throws {
        let listener = NotifyListener()
        let daemon = try watched(listener, limit: ["WATCHDOG_USEC": "4000000"])
        let loop =
            "for n in $(seq 60); do curl -s --unix-socket \"$1\" -X POST http://localhost/api/tasks/true/run; done"
        let clients = (0..<4).map { _ in ChildProcess(["sh", "-c", loop, "sh", daemon.socketPath]) }
        for client in clients { #expect(client.wait(seconds: 120)?.exitCode == 0) }
        #expect(eventually(within: 60) { daemon.runs("status=success").count == 240 })
        let pings = Self.pings(listener)
        for (earlier, later) in zip(pings, pings.dropFirst()) { #expect(later - earlier < 4) }
        #expect(!daemon.child.standardError.contains("did not answer"))
    }

    @Test("A server that has as many connections as it takes is not taken for a hung one")
    func manyConnections() throws {
        let listener = NotifyListener()
        // With so few descriptors it takes 512 connections.
        let daemon = try watched(
            listener,
            prefix: ["sh", "-c", "ulimit -Sn 896; ulimit -Hn 896; exec \"$0\" \"$@\""]
        )
        let script = """
            import socket, sys, time
            connections = []
            for n in range(520):
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(sys.argv[1])
                connections.append(connection)
            print("connected", flush=True)
            time.sleep(600)
            """
        let clients = ChildProcess(["python3", "-c", script, daemon.socketPath])
        try #require(eventually { clients.standardOutput == "connected\n" }, "\(clients.standardError)")
        #expect(eventually { daemon.child.standardError.contains("Too many connections") })
        // A probe that was under way may be late.
        let count = Self.pings(listener).count
        #expect(eventually { Self.pings(listener).count >= count + 5 })
        let times = Self.pings(listener).suffix(4)
        for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier < 3) }
    }

    @Test("It is fed to the end, as the daemon goes down")
    func goingDown() throws {
        let listener = NotifyListener()
        let daemon = try watched(listener)
        let run = try #require(daemon.trigger("job"))
        #expect(eventually { daemon.run(run.id)?.status == "running" })
        // The command takes its five seconds to end.
        daemon.child.send(SIGINT)
        #expect(listener.hears("STOPPING=1"))
        #expect(daemon.child.wait()?.exitCode == 0)
        #expect(!daemon.child.standardError.contains("did not answer"))
    }
}

/// One thread of another process, standing still for as long as this object lives.
final class Freeze: Sendable {
    static let works: Bool = {
        let sleeper = ChildProcess(["sleep", "60"])
        return eventually(within: 5) { Freeze("sleep", of: sleeper.pid) != nil }
    }()

    private let tracer: ChildProcess

    init?(_ thread: String, of process: Int32) {
        let script = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Processes/freeze.py"
        tracer = ChildProcess(["python3", script, "\(process)", thread])
        let tracer = tracer
        guard eventually(within: 20, { tracer.standardOutput == "stopped\n" || !tracer.isRunning }), tracer.isRunning
        else {
            return nil
        }
    }

    /// Lets the thread go.
    func end() {
        tracer.send(SIGKILL)
        _ = tracer.wait()
    }
}
