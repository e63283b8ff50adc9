import AlmanacAPI
import AlmanacTesting
import FoundationEssentials
import Glibc
import Testing

@Suite("The daemon serves the sockets that the service manager has opened")
struct SocketActivationTests {
    static let configuration = """
        [api]
        auth = "none"
        [tasks.job]
        run = "true"
        max_concurrent = 8
        queue_max = 100000
        [tasks.descriptors]
        run = "ls /proc/self/fd | tr '\\\\n' ' '"
        """

    private static func script(_ name: String) -> String {
        #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Processes/\(name)"
    }

    /// A daemon that gets these sockets, as `passing.py` reads them.
    private func daemon(
        _ sockets: [String],
        _ configuration: String = SocketActivationTests.configuration,
        in folder: TemporaryFolder = TemporaryFolder(),
        listen: [String] = [],
        environment: [String: String] = [:]
    ) -> DaemonProcess {
        DaemonProcess(
            configuration,
            in: folder,
            listen: listen,
            environment: environment,
            prefix: ["python3", Self.script("passing.py")] + sockets + ["--"]
        )
    }

    /// The TCP addresses that a daemon says it listens on.
    private func ports(of daemon: DaemonProcess) -> [String] {
        guard eventually({ daemon.child.standardError.contains("; listening on ") || !daemon.child.isRunning }) else {
            return []
        }
        let text = daemon.child.standardError
        guard let line = text.split(separator: "\n").first(where: { $0.contains("; listening on ") }) else { return [] }
        return line.split(separator: " ").map { $0.hasSuffix(",") ? String($0.dropLast()) : String($0) }
            .filter { $0.hasPrefix("127.0.0.1:") || $0.hasPrefix("0.0.0.0:") }
    }

    private func status(_ url: String) -> String? {
        ChildProcess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url])?.standardOutput
    }

    @Test(
        "systemd-socket-activate: the first request starts it; both kinds of sockets are served, and its own addresses are not"
    )
    func activated() throws {
        let folder = TemporaryFolder()
        let daemon = DaemonProcess(
            Self.configuration,
            in: folder,
            listen: ["unix:\(folder.file("own.sock"))"],
            prefix: [
                "systemd-socket-activate", "--fdname=local", "-l", folder.file("almanac.sock"), "-E",
                "PATH=/usr/bin:/bin",
            ]
        )
        #expect(eventually { unsafe access(folder.file("almanac.sock"), F_OK) == 0 })
        #expect(!daemon.child.standardError.contains("ready:"))
        #expect(daemon.get("/health").body == "OK")
        // The socket knows its caller.
        #expect(daemon.get("/api/tasks").status == 200)
        #expect(unsafe access(folder.file("own.sock"), F_OK) == -1)
        let notices = daemon.child.standardError.split(separator: "\n").filter { $0.contains("not on") }
        #expect(notices.count == 1 && notices[0].contains("own.sock"), "\(notices)")
        let run = try #require(daemon.triggerAndWait("descriptors"))
        #expect(daemon.log(of: run) == "0 1 2 3 ")
        #expect(daemon.end()?.exitCode == 0)
        #expect(unsafe access(folder.file("almanac.sock"), F_OK) == 0, "the socket's file is the service manager's")
    }

    @Test("Any number of them, with names or without, in any order")
    func many() throws {
        let folder = TemporaryFolder()
        let unix = ["almanac.sock", "second.sock"].map { folder.file($0) }
        for names in [true, false] {
            let sockets = ["tcp=api", "unix:\(unix[0])=local", "tcp=api", "unix:\(unix[1])=local", "tcp=other"]
            let daemon = daemon(names ? sockets : sockets.map { String($0.prefix { $0 != "=" }) }, in: folder)
            try #require(daemon.isReady(), "\(daemon.child.standardError)")
            #expect(daemon.get("/api/tasks").status == 200)
            let addresses = ports(of: daemon)
            #expect(Set(addresses).count == 3)
            for address in addresses { #expect(status("http://\(address)/api/tasks") == "200") }
            let second = ChildProcess.run(["curl", "-s", "--unix-socket", unix[1], "http://localhost/health"])
            #expect(second?.standardOutput == "OK")
            #expect(!daemon.child.standardError.contains("warning"))
            #expect(daemon.end()?.exitCode == 0)
            for path in unix { _ = unsafe unlink(path) }
        }
    }

    @Test("TCP asks for credentials as anywhere, and is open on loopback addresses alone")
    func credentials() throws {
        let folder = TemporaryFolder()
        let sockets = ["tcp=local", "unix:\(folder.file("almanac.sock"))=api"]
        let daemon = daemon(sockets, "", in: folder)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.get("/api/tasks").status == 200)
        let address = try #require(ports(of: daemon).first)
        #expect(status("http://\(address)/api/tasks") == "401")
        // The names say another thing than the sockets do.
        #expect(daemon.child.standardError.contains("named local is \(address); expected a Unix socket"))
        #expect(daemon.child.standardError.contains("almanac.sock; expected a TCP socket"))

        let refused = self.daemon(["tcp:0.0.0.0=api"])
        let outcome = try #require(refused.child.wait())
        #expect(outcome.exitCode == 1)
        #expect(outcome.standardError.contains("the service manager listens on 0.0.0.0:"))
        #expect(outcome.standardError.contains("write ListenStream=127.0.0.1:9477 in the .socket unit"))
    }

    @Test("On those named metrics there are the metrics alone, for everyone")
    func metrics() throws {
        let folder = TemporaryFolder()
        let socket = folder.file("almanac.sock")
        let configuration = "[metrics]\nlisten = \"unix:\(folder.file("metrics.sock"))\"\n"
        let daemon = daemon(["tcp:0.0.0.0=metrics", "unix:\(socket)=local", "tcp=api"], configuration, in: folder)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let address = try #require(ports(of: daemon).first)
        #expect(status("http://\(address)/metrics") == "401")
        let lines = daemon.child.standardError.split(separator: "\n")
        let serving = try #require(lines.first { $0.contains("Serving the metrics") })
        let port = try #require(serving.split(separator: ":").last?.prefix { $0.isNumber })
        for (path, expected) in [("/metrics", "200"), ("/api/tasks", "404"), ("/health", "404")] {
            #expect(status("http://127.0.0.1:\(port)\(path)") == expected, "\(path) on \(serving)")
        }
        #expect(lines.count { $0.contains("serving the metrics on the service manager's sockets, and so not on") } == 1)
        #expect(unsafe access(folder.file("metrics.sock"), F_OK) == -1)
        #expect(daemon.end()?.exitCode == 0)
    }

    @Test("With sockets for the metrics alone, the API is on the daemon's own addresses")
    func metricsAlone() throws {
        let daemon = daemon(["tcp:0.0.0.0=metrics"])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.get("/api/tasks").status == 200)
        #expect(!daemon.child.standardError.contains("none of the service manager's sockets"))
    }

    @Test("A socket in the abstract namespace")
    func abstract() throws {
        let name = "almanac-test-\(getpid())-\(UInt32.random(in: .min ... .max))"
        let daemon = daemon(["abstract:\(name)=local"])
        let answers = eventually {
            ChildProcess.run(["curl", "-s", "--abstract-unix-socket", name, "http://localhost/health"])?.standardOutput
                == "OK"
        }
        #expect(answers, "\(daemon.child.standardError)")
        #expect(daemon.child.standardError.contains("unix:@\(name)"))
    }

    @Test("What is no listening stream socket is said once each, with the mend, and done without")
    func unfit() throws {
        let folder = TemporaryFolder()
        let sockets = [
            "file:/dev/null=a", "dgram:\(folder.file("dgram"))=b", "packet:\(folder.file("packet"))=c", "pair=d",
            "unix:\(folder.file("almanac.sock"))=local",
        ]
        let daemon = daemon(sockets, in: folder)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let text = daemon.child.standardError
        for (descriptor, mend) in [
            ("3, a,", "it is no socket; ListenStream="), ("4, b,", "in the place of ListenDatagram="),
            ("5, c,", "in the place of ListenSequentialPacket="), ("6, d,", "write Accept=no"),
        ] {
            let lines = text.split(separator: "\n").filter { $0.contains("descriptor \(descriptor) which") }
            #expect(lines.count == 1 && lines.first?.contains(mend) == true, "\(lines)")
        }
    }

    @Test("Where none of them can be served, the daemon's own addresses are")
    func noneFit() throws {
        let daemon = daemon(["file:/dev/null=api"])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        #expect(daemon.child.standardError.contains("none of the service manager's sockets can be served"))
    }

    @Test("Descriptors for another process are left alone, and so is a count that makes no sense")
    func anotherProcess() throws {
        let other = daemon(["tcp=api"], environment: ["LISTEN_PID": "1"])
        try #require(other.isReady(), "\(other.child.standardError)")
        let lines = other.child.standardError.split(separator: "\n").filter { $0.contains("LISTEN_FDS") }
        #expect(lines.count == 1 && lines[0].contains("is for another process (LISTEN_PID is \"1\")"), "\(lines)")
        #expect(ports(of: other).isEmpty)

        let prefix = ["sh", "-c", "LISTEN_FDS=many LISTEN_PID=$$ exec \"$@\"", "sh"]
        let malformed = DaemonProcess("", prefix: prefix)
        try #require(malformed.isReady(), "\(malformed.child.standardError)")
        #expect(malformed.child.standardError.contains("sockets cannot be taken over: LISTEN_FDS is \"many\""))
    }

    @Test("Restarts under load refuse no request and lose no run that was confirmed")
    func restarts() throws {
        struct Tally: Decodable {
            var requests: Int
            var failures: [String]
            var acknowledged: Int
            var lost: Int
            var codes: [Int]
        }
        let folder = TemporaryFolder()
        folder.write(Self.configuration, to: "almanac.toml")
        let outcome = try #require(
            ChildProcess.run(
                [
                    "python3", Self.script("restarts.py"), "2000", "10", folder.file("api.sock"), "0", "--",
                    BuiltProgram.path("almanac"), "daemon", "--config", folder.file("almanac.toml"), "--data",
                    folder.file("data"),
                ],
                seconds: 300
            )
        )
        try #require(outcome.exitCode == 0, "\(outcome.standardError)")
        let tally = try JSONDecoder().decode(Tally.self, from: Data(outcome.standardOutput.utf8))
        #expect(tally.failures == [])
        #expect(tally.requests == 2000)
        #expect(tally.acknowledged >= 500 && tally.lost == 0)
        #expect(tally.codes == Array(repeating: 0, count: 11))
    }
}
