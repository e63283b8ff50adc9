import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("A stranger's tour: nothing gets in, and nothing gets hurt")
struct StrangersTourTests {
    private static let configuration = """
        [tasks.a]
        run = "echo a"
        [tasks.b]
        run = "echo b"
        [tasks.minutely]
        cron = "* * * * * *"
        run = "true"
        keep_runs = 5
        """

    private func start() throws -> (DaemonProcess, UInt16) {
        let daemon = DaemonProcess(Self.configuration, listen: ["127.0.0.1:0"])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        return (daemon, daemon.port)
    }

    /// Whether the daemon does all that it is there for.
    private func expectUnharmed(_ daemon: DaemonProcess, _ location: SourceLocation = #_sourceLocation) {
        #expect(daemon.child.isRunning, sourceLocation: location)
        #expect(daemon.get("/api/tasks").status == 200, sourceLocation: location)
        let newest = daemon.runs("task_name=minutely").first?.id
        #expect(
            eventually { daemon.runs("task_name=minutely").first?.id != newest },
            "schedules fire",
            sourceLocation: location
        )
        #expect(daemon.triggerAndWait("a")?.endReason == "success", sourceLocation: location)
    }

    @Test("With tokens: none, a wrong one, a revoked one, an expired one, one for another task")
    func tokens() throws {
        let (daemon, port) = try start()
        func status(_ method: String, _ path: String, _ token: String?) -> Int {
            daemon.status(method, path, token: token, port: port)
        }
        let ofA = daemon.makeToken("a", "trigger:a")
        let reader = daemon.makeToken("reader", "read")
        let revoked = daemon.makeToken("revoked", "admin")
        let brief = daemon.makeToken("brief", "read", "--expires", "2s")
        for token in [ofA, reader, revoked, brief] {
            #expect(token.wholeMatch(of: /almanac_[A-Za-z0-9_-]{43}/) != nil)
        }
        #expect(status("GET", "/api/info", revoked) == 200)
        #expect(status("GET", "/api/info", brief) == 200)
        #expect(daemon.almanac("token", "revoke", "revoked")?.exitCode == 0)
        #expect(status("GET", "/api/info", revoked) == 401)
        #expect(status("GET", "/api/info", nil) == 401)
        #expect(status("GET", "/api/nothing", nil) == 401)
        #expect(status("GET", "/health", nil) == 200)
        #expect(eventually { status("GET", "/api/info", brief) == 401 })

        #expect(status("POST", "/api/tasks/a/run", ofA) == 201)
        for path in ["b", "nothing", "..%2fa", "..%2f..%2fetc", "%2e%2e", "a%00", "a/../b"] {
            let status = status("POST", "/api/tasks/\(path)/run", ofA)
            #expect(status == 403 || (path.contains("/") && status == 404), "\(path): \(status)")
        }
        #expect(status("POST", "/api/tasks/a/run", reader) == 403)
        #expect(status("GET", "/api/tokens", reader) == 403)
        #expect(status("GET", "/api/audit", ofA) == 403)
        #expect(daemon.runs("triggered_by=api").count == 1)

        let listed = daemon.almanac("token", "list", "--json")?.standardOutput ?? ""
        #expect(listed.contains("\"a\"") && listed.contains("last_used_at") && !listed.contains("almanac_"))
        #expect(daemon.almanac("token", "list")?.standardOutput.contains("trigger:a") == true)
        #expect(daemon.almanac("token", "revoke", "revoked")?.exitCode == 1)

        // Tokens and their uses outlive a crash.
        daemon.kill()
        let next = DaemonProcess(nil, in: daemon.folder, listen: ["127.0.0.1:0"])
        try #require(next.isReady(), "\(next.child.standardError)")
        #expect(next.status("GET", "/api/info", token: reader, port: next.port) == 200)
        #expect(next.status("GET", "/api/info", token: revoked, port: next.port) == 401)

        // None of them is anywhere on the disk, and none has been logged.
        let database = TemporaryFolder.read("\(daemon.dataPath)/almanac.sqlite") ?? []
        let log = TemporaryFolder.read("\(daemon.dataPath)/almanac.sqlite-wal") ?? []
        for token in [ofA, reader, revoked] {
            for bytes in [database, log, Array(daemon.child.standardError.utf8), Array(next.child.standardError.utf8)] {
                #expect(bytes.firstRange(of: token.utf8) == nil)
            }
        }
    }

    @Test("With another site's page, another name for this host, and names that lead elsewhere")
    func names() throws {
        let (daemon, port) = try start()
        let token = daemon.makeToken("boss", "admin")
        func status(_ method: String, _ path: String, _ fields: [String] = [], host: String? = nil) -> Int {
            daemon.status(method, path, token: token, port: port, fields, host: host)
        }
        #expect(status("POST", "/api/tasks/a/run", ["Origin: http://127.0.0.1:\(port)"]) == 201)
        for origin in [
            "http://evil.example", "null", "https://127.0.0.1:\(port)", "http://127.0.0.1:\(port).evil.example",
        ] {
            #expect(status("POST", "/api/tasks/a/run", ["Origin: \(origin)"]) == 403, "\(origin)")
        }
        #expect(status("POST", "/api/tasks/a/run", ["Sec-Fetch-Site: cross-site"]) == 403)
        for host in ["evil.example", "evil.example:\(port)", "127.0.0.1.nip.io", "localhost.evil.example:\(port)"] {
            #expect(status("GET", "/api/tasks", host: host) == 421, "\(host)")
            #expect(status("GET", "/health", host: host) == 421, "\(host)")
        }
        #expect(status("GET", "/api/tasks", ["X-Forwarded-Host: 127.0.0.1:\(port)"], host: "evil.example") == 421)
        for name in [
            "..%2f..%2fetc%2fpasswd", "..%2fa", "%2e%2e", "a%2f..%2fb", "..", ".", "a%00", "%c0%ae%c0%ae%c0%af",
        ] {
            for path in [
                "/api/tasks/\(name)", "/api/tasks/\(name)/runs", "/api/runs/\(name)/log/raw", "/schemas/\(name).json",
            ] {
                let status = status("GET", path)
                #expect([404, 422].contains(status), "\(path): \(status)")
            }
        }
        #expect(daemon.runs("triggered_by=api").count == 1)
        expectUnharmed(daemon)
    }

    @Test("With a log, or the folder of one, that leads elsewhere")
    func links() throws {
        let (daemon, _) = try start()
        let secret = daemon.folder.write("2026-03-29T01:00:00.000000000Z stdout F hush-hush\n", to: "secret")
        _ = unsafe mkdir(daemon.folder.file("elsewhere"), 0o700)
        let run = try #require(daemon.triggerAndWait("a"))
        let other = try #require(daemon.triggerAndWait("a"))
        #expect(daemon.log(of: run) == "a\n")
        let find = ["find", daemon.dataPath, "-path", "*\(run.id)*", "-type", "f"]
        let files = ChildProcess.run(find)?.standardOutput.split(separator: "\n").map(String.init) ?? []
        let log = try #require(files.first { $0.contains("log") }, "\(files)")
        #expect(unsafe unlink(log) == 0)
        #expect(unsafe symlink(secret, log) == 0)
        for path in ["log", "log/raw"] {
            let answer = daemon.get("/api/runs/\(run.id)/\(path)")
            #expect(!answer.body.contains("hush-hush"), "\(path): \(answer.status)")
        }
        // The run's whole folder.
        let folder = String(log.replacing(run.id, with: other.id).dropLast(log.split(separator: "/").last!.count + 1))
        #expect(unsafe rename(folder, daemon.folder.file("elsewhere/real")) == 0)
        _ = ChildProcess.run(["cp", secret, daemon.folder.file("elsewhere/real/log")])
        #expect(unsafe symlink(daemon.folder.file("elsewhere/real"), folder) == 0)
        for path in ["log", "log/raw"] {
            let answer = daemon.get("/api/runs/\(other.id)/\(path)")
            #expect(!answer.body.contains("hush-hush"), "\(path): \(answer.status) \(answer.body)")
        }
        expectUnharmed(daemon)
    }

    @Test("With requests of two meanings")
    func smuggling() throws {
        let (daemon, port) = try start()
        let token = daemon.makeToken("boss", "admin")
        let line = "POST /api/tasks/a/run HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(token)\r\n"
        let inner =
            "POST /api/tasks/b/run HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(token)\r\n\r\n"
        let shapes = [
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "X: a\r\n b\r\n\r\n", "X: a\nY: b\r\n\r\n", "Content-Length : 0\r\n\r\n", "X: a\u{0}b\r\n\r\n",
        ]
        for shape in shapes {
            let answer = TCPSocket.exchange(line + shape + inner, port: port) ?? ""
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(shape.debugDescription): \(answer.prefix(40))")
        }
        #expect(daemon.runs("triggered_by=api").isEmpty)
        expectUnharmed(daemon)
    }

    @Test("With ten thousand idle connections")
    func idleConnections() throws {
        let count = 10_000
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let former = limit
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        defer {
            var former = former
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &former)
        }
        guard limit.rlim_max > UInt(count) + 500 else {
            print("skipped: this process may have \(limit.rlim_max) descriptors")
            return
        }
        let (daemon, port) = try start()
        let before = daemon.anonymousMemory
        var sockets: [TCPSocket] = []
        for number in 0..<count {
            guard let socket = TCPSocket(port: port, source: UInt8(2 + number % 200), isBlocking: false) else { break }
            sockets.append(socket)
        }
        #expect(sockets.count == count)
        expectUnharmed(daemon)
        let after = daemon.anonymousMemory
        print("RssAnon with \(sockets.count) idle connections: \(before) KiB before, \(after) KiB with them")
        #expect(after - before < 200 << 10, "\(before) KiB became \(after)")
        sockets = []
        expectUnharmed(daemon)
        // Who comes afterwards is served.
        let token = daemon.makeToken("reader", "read")
        #expect(eventually { daemon.status("GET", "/api/info", token: token, port: port) == 200 })
    }

    @Test("With heads and bodies that never end")
    func slow() throws {
        let (daemon, port) = try start()
        let token = daemon.makeToken("boss", "admin")
        let before = daemon.anonymousMemory
        let head = "POST /api/tasks/a/run HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        let credentials = "Authorization: Bearer \(token)\r\n"
        // A flood first: more than a body may have, as fast as it goes.
        let flood = try #require(TCPSocket(port: port))
        flood.send(head + credentials + "Transfer-Encoding: chunked\r\n\r\n")
        let chunk = "10000\r\n" + String(repeating: " ", count: 1 << 16) + "\r\n"
        var isOpen = true
        let isCutOff = eventually {
            for _ in 0..<16 where isOpen { isOpen = flood.send(chunk) }
            return !isOpen
        }
        #expect(isCutOff)
        #expect(daemon.anonymousMemory - before < 64 << 10)

        let starts = [
            ("GET /health HTTP/1.1\r\nX: ", "x"), (head + credentials + "Content-Length: 1000\r\n\r\n", " "),
            (head + "Content-Length: 1000\r\n\r\n", " "),
            (head + credentials + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
        ]
        let sockets = try starts.map { start, _ in
            let socket = try #require(TCPSocket(port: port))
            socket.send(start)
            return socket
        }
        // A byte a second, for longer than anybody may take.
        var open = Set(sockets.indices)
        for _ in 0..<90 where !open.isEmpty {
            poll(nil, 0, 1000)
            for index in open where !sockets[index].send(starts[index].1) { open.remove(index) }
        }
        #expect(open.isEmpty, "those are still open: \(open)")
        #expect(daemon.runs("triggered_by=api").isEmpty)
        expectUnharmed(daemon)
    }

    @Test("With guesses: they are slowed down, logged with their address, and hold nobody else up")
    func guesses() throws {
        let (daemon, port) = try start()
        let token = daemon.makeToken("reader", "read")
        let statuses = (0..<30).map { _ in daemon.status("GET", "/api/info", token: "almanac_guess", port: port) }
        #expect(statuses.prefix(10).allSatisfy { $0 == 401 })
        #expect(statuses.suffix(10).contains(429))
        #expect(daemon.status("GET", "/api/info", token: token, port: port) == 200)
        let lines = daemon.child.standardError.split(separator: "\n").filter {
            $0.contains("a caller of the API was refused")
        }
        #expect((1...6).contains(lines.count), "\(lines)")
        #expect(lines.allSatisfy { $0.contains("127.0.0.1") && !$0.contains("almanac_guess") })
    }

    @Test(
        "A stream ends with its token, be it revoked or expired",
        .enabled(if: APIOperation.all.contains { $0.path == "/api/runs/stream" }, "there are no streams yet")
    )
    func streams() throws {
        let (daemon, port) = try start()
        let tokens = [daemon.makeToken("reader", "read"), daemon.makeToken("brief", "read", "--expires", "3s")]
        let streams = try tokens.map { token in
            let stream = try #require(TCPSocket(port: port))
            stream.send(
                "GET /api/runs/stream HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(token)\r\n\r\n"
            )
            return stream
        }
        let brief = try #require(streams[1].rest(), "it is still open")
        #expect(brief.hasPrefix("HTTP/1.1 200 "))
        #expect(daemon.almanac("token", "revoke", "reader")?.exitCode == 0)
        let revoked = try #require(streams[0].rest(), "it is still open")
        #expect(revoked.hasPrefix("HTTP/1.1 200 "))
    }
}
