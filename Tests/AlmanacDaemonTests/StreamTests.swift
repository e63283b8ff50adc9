import AlmanacAPI
import AlmanacTesting
import FoundationEssentials
import Glibc
import Testing

@Suite("Streams outlive the daemon, and hold nothing up")
struct StreamTests {
    /// A client that writes what a stream gives into a file, as curl does.
    private final class Follower {
        let child: ChildProcess

        init(_ daemon: DaemonProcess, _ path: String, after id: String? = nil) {
            child = ChildProcess(
                ["curl", "--silent", "--no-buffer", "--max-time", "120", "--unix-socket", daemon.socketPath]
                    + (id.map { ["--header", "Last-Event-ID: \($0)"] } ?? []) + ["http://localhost\(path)"]
            )
        }

        var events: [(id: Int?, name: String, data: String)] {
            // What is not whole yet is not there.
            child.standardOutput.split(separator: "\n\n", omittingEmptySubsequences: false).dropLast().compactMap {
                block in
                var event: (id: Int?, name: String, data: String) = (nil, "", "")
                for line in block.split(separator: "\n") {
                    if line.hasPrefix("id: ") { event.id = Int(line.dropFirst(4)) }
                    if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                    if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
                }
                return event.name.isEmpty ? nil : event
            }
        }

        var lines: [LogLineSSEEvent] {
            events.filter { $0.name == "line" }.compactMap {
                try? WireCoding.decode(LogLineSSEEvent.self, from: $0.data.utf8)
            }
        }

        var isDone: Bool { events.last?.name == "done" }
    }

    @Test("Run events: each change once, over a daemon that is killed")
    func runEvents() throws {
        let first = DaemonProcess("[tasks.job]\nrun = \"true\"\non_overlap = \"skip\"\n[tasks.bad]\nrun = \"exit 3\"")
        try #require(first.isReady(), "\(first.child.standardError)")
        let follower = Follower(first, "/api/runs/stream")
        try #require(eventually { follower.events.first?.name == "ping" })
        let job = try #require(first.triggerAndWait("job"))
        try #require(eventually { follower.events.contains { $0.name == "run.completed" } })
        first.kill()
        let seen = follower.events
        #expect(seen.filter { $0.name != "ping" }.map(\.name) == ["run.created", "run.started", "run.completed"])
        #expect(seen.dropFirst().allSatisfy { $0.data.contains(job.id) })

        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        _ = try #require(second.triggerAndWait("bad"))
        let last = seen[2].id.map { "\($0)" }
        let next = Follower(second, "/api/runs/stream", after: last)
        try #require(eventually { next.events.contains { $0.name == "run.failed" } })
        let news = next.events.filter { $0.name != "ping" }
        #expect(news.map(\.name) == ["run.completed", "run.created", "run.started", "run.failed"])
        #expect(seen.compactMap(\.id).dropLast() + news.compactMap(\.id) == Array(0...6))
        _ = second.end()
        // Gone down, the daemon has ended the stream as a whole answer.
        #expect(next.child.wait()?.exitCode == 0)
    }

    @Test("A log: replayed, followed over a kill of the daemon, and ended")
    func log() throws {
        let first = DaemonProcess(
            """
            [tasks.job]
            run = "n=0; while [ ! -e go ]; do echo $n; n=$((n + 1)); sleep 0.01; done; echo last; exit 3"
            """
        )
        try #require(first.isReady(), "\(first.child.standardError)")
        let run = try #require(first.trigger("job"))
        let path = "/api/tasks/job/runs/\(run.id)/log/stream"
        // Asked for before there is a log, as it may be.
        let begun = Follower(first, path)
        try #require(eventually { begun.lines.count > 20 })
        first.kill()
        let seen = begun.lines

        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        let next = Follower(second, path, after: seen.last.map { "\($0.n)" })
        try #require(eventually { next.lines.count > 20 })
        first.folder.write("", to: "go")
        try #require(eventually { next.isDone })
        let all = seen + next.lines
        #expect(all.map(\.n) == all.indices.map { Int64($0) })
        #expect(all.dropLast().map(\.text) == all.indices.dropLast().map { "\($0)" })
        #expect(all.last?.text == "last")
        #expect(next.child.wait()?.exitCode == 0)
        let done = try #require(next.events.last?.data)
        #expect(done == "{\"final_line\":\(all.count - 1),\"status\":\"ended\"}")
        // Long after its end it is the same.
        let late = Follower(second, "/api/runs/\(run.id)/log/stream?from=0")
        #expect(late.child.wait()?.exitCode == 0)
        #expect(late.lines == all)
    }

    @Test("A log that its limit cuts while it is followed: every line once, in order")
    func rotation() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            log_max_size = "64KB"
            log_on_full = "drop_old"
            run = "n=0; while [ $n -lt 400 ]; do for i in 0 1 2 3 4 5 6 7 8 9; do echo $n.$i; done; n=$((n + 1)); sleep 0.005; done"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("job"))
        let follower = Follower(daemon, "/api/runs/\(run.id)/log/stream?from=0")
        try #require(eventually { follower.isDone }, "\(follower.events.count) events")
        let lines = follower.lines
        #expect(lines.map(\.n) == lines.indices.map { Int64($0) })
        let texts = lines.filter { $0.stream == "stdout" }.map(\.text)
        #expect(texts == (0..<400).flatMap { n in (0..<10).map { "\(n).\($0)" } })
        #expect(follower.events.contains { $0.name == "rotated" })
        // Whoever comes later gets what is left, and is told.
        let late = Follower(daemon, "/api/runs/\(run.id)/log/stream?from=0")
        #expect(late.child.wait()?.exitCode == 0)
        #expect(late.events.first?.name == "rotated")
        #expect(late.lines == lines.suffix(late.lines.count))
        #expect(late.lines.count < lines.count && late.isDone)
    }

    @Test("Of a run that waits and is stopped: done, with no line")
    func pending() throws {
        let daemon = DaemonProcess(
            "[tasks.job]\nrun = \"sleep 100\"\nmax_concurrent = 1\non_overlap = \"queue\"\ngraceful_stop = \"0s\""
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let active = try #require(daemon.trigger("job"))
        let waiting = try #require(daemon.trigger("job"))
        let follower = Follower(daemon, "/api/runs/\(waiting.id)/log/stream")
        #expect(eventually { !follower.child.standardOutput.isEmpty })
        #expect(daemon.post("/api/runs/\(waiting.id)/stop").status == 200)
        #expect(follower.child.wait()?.exitCode == 0)
        #expect(follower.events.map(\.name) == ["done"])
        #expect(follower.events.first?.data == "{\"final_line\":-1,\"status\":\"ended\"}")
        #expect(daemon.post("/api/runs/\(active.id)/stop").status == 200)
    }

    @Test("The command line follows over a kill of the daemon, and exits with the command's code")
    func commandLine() throws {
        let first = DaemonProcess(
            """
            [tasks.job]
            run = "n=0; while [ ! -e go ]; do echo $n; n=$((n + 1)); sleep 0.01; done; echo oops >&2; exit 7"
            """
        )
        try #require(first.isReady(), "\(first.child.standardError)")
        let command = ChildProcess(
            [BuiltProgram.path("almanac"), "run", "job", "--wait"],
            environment: ["ALMANAC_SOCKET": first.socketPath]
        )
        try #require(eventually { command.standardOutput.split(separator: "\n").count > 20 })
        let quiet = ChildProcess(
            [BuiltProgram.path("almanac"), "logs", "job", "--follow"],
            environment: ["ALMANAC_SOCKET": first.socketPath]
        )
        try #require(eventually { !quiet.standardOutput.isEmpty })
        first.kill()
        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        let before = command.standardOutput.utf8.count
        try #require(eventually { command.standardOutput.utf8.count > before + 100 })
        first.folder.write("", to: "go")
        let outcome = try #require(command.wait())
        #expect(outcome.exitCode == 7)
        #expect(outcome.standardError == "oops\n")
        let lines = outcome.standardOutput.split(separator: "\n")
        #expect(lines == lines.indices.map { "\($0)" })
        #expect(quiet.wait()?.exitCode == 0)
        #expect(quiet.standardOutput == outcome.standardOutput)
    }

    @Test("A command may open as many files as the daemon might when it was started")
    func openFiles() throws {
        let daemon = DaemonProcess(
            "[tasks.job]\nrun = \"echo $(ulimit -Sn) $(ulimit -Hn)\"",
            prefix: ["sh", "-c", "ulimit -Sn 1000; ulimit -Hn 4096; exec \"$0\" \"$@\""]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        #expect(daemon.log(of: run) == "1000 4096\n")
        let limits = String(decoding: TemporaryFolder.read("/proc/\(daemon.child.pid)/limits") ?? [], as: UTF8.self)
        #expect(limits.split(separator: "\n").contains { $0.hasPrefix("Max open files") && $0.contains("4096  ") })
    }
}
