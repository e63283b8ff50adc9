import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("The API over TLS", .withOpenSSL)
struct CertificateTests {
    private static let configuration = """
        [api]
        tls_cert = "cert.pem"
        tls_key = "key.pem"
        hosts = ["almanac.example"]
        [tasks.a]
        run = "true"
        """

    private func launch(_ folder: TemporaryFolder) throws -> (DaemonProcess, UInt16) {
        let daemon = DaemonProcess(Self.configuration, in: folder, listen: ["127.0.0.1:0"])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        return (daemon, daemon.port)
    }

    /// The name in the certificate that the daemon shows.
    private func shownName(_ port: UInt16) -> String {
        let command =
            "openssl s_client -connect 127.0.0.1:\(port) </dev/null 2>/dev/null | openssl x509 -noout -subject"
        return ChildProcess.run(["sh", "-c", command])?.standardOutput ?? ""
    }

    @Test("A client that trusts the certificate is served, and told of https")
    func serving() throws {
        let folder = TemporaryFolder()
        folder.certify("one")
        let (daemon, port) = try launch(folder)
        let token = daemon.makeToken("boss", "admin")
        let base = "https://almanac.example:\(port)"
        let common = ["--cacert", folder.file("cert.pem"), "--resolve", "almanac.example:\(port):127.0.0.1"]
        func ask(_ arguments: String...) -> String {
            let outcome = ChildProcess.run(
                ["curl", "--silent", "--show-error", "--max-time", "20", "--header", "Authorization: Bearer \(token)"]
                    + common + arguments
            )
            return (outcome?.standardOutput ?? "") + (outcome?.standardError ?? "")
        }
        #expect(ask("\(base)/health") == "OK")
        #expect(ask("\(base)/api/info").contains("\"\(base)/schemas/"))
        let run = ["--request", "POST", "\(base)/api/tasks/a/run?wait=true"]
        func start(origin: String) -> String {
            ChildProcess.run(
                ["curl", "--silent", "--header", "Authorization: Bearer \(token)", "--header", "Origin: \(origin)"]
                    + common + run
            )?.standardOutput ?? ""
        }
        #expect(start(origin: base).contains("\"success\""))
        #expect(start(origin: "http://almanac.example:\(port)").contains("\"status\":403"))
        #expect(ask("--tls-max", "1.1", "\(base)/health").contains("curl: "))
        #expect(ask("--tlsv1.2", "--tls-max", "1.2", "\(base)/health") == "OK")
        // Who speaks no TLS is sent away.
        #expect(daemon.status("GET", "/health", port: port) == 0)
        #expect(daemon.get("/health").body == "OK")
    }

    @Test("A renewed certificate is in force for new connections, and a bad pair is not")
    func renewal() throws {
        let folder = TemporaryFolder()
        folder.certify("one")
        let (daemon, port) = try launch(folder)
        #expect(shownName(port).contains("one"))
        folder.certify("two")
        #expect(eventually { shownName(port).contains("two") })
        folder.write("nonsense", to: "cert.pem")
        #expect(eventually { daemon.child.standardError.contains("the certificate in force stays") })
        #expect(shownName(port).contains("two"))
        // A key that does not fit, and then the certificate that it fits.
        folder.certify("three", certificate: "cert3.pem")
        #expect(
            eventually { daemon.child.standardError.components(of: "the certificate in force stays") >= 2 }
        )
        #expect(shownName(port).contains("two"))
        #expect(unsafe rename(folder.file("cert3.pem"), folder.file("cert.pem")) == 0)
        #expect(eventually { shownName(port).contains("three") })
        let reload = daemon.post("/api/reload")
        #expect(reload.status == 200, "\(reload.body)")
    }

    @Test("A renewed certificate behind links is in force: those of certbot, and those of Kubernetes")
    func links() throws {
        let folder = TemporaryFolder()
        func link(_ target: String, _ name: String) {
            // Made aside and renamed, as both do.
            precondition(unsafe symlink(target, folder.file("new-link")) == 0)
            precondition(unsafe rename(folder.file("new-link"), folder.file(name)) == 0)
        }
        // Each name leads over a folder, which leads to another one.
        for name in ["1", "2", "3"] { _ = unsafe mkdir(folder.file(name), 0o755) }
        folder.certify("one", certificate: "1/cert.pem", key: "1/key.pem")
        link("1", "..data")
        link("..data/cert.pem", "cert.pem")
        link("..data/key.pem", "key.pem")
        let (daemon, port) = try launch(folder)
        #expect(shownName(port).contains("one"))
        folder.certify("two", certificate: "2/cert.pem", key: "2/key.pem")
        link("2", "..data")
        #expect(eventually { shownName(port).contains("two") })
        // Each name leads to a file among those that came before.
        folder.certify("three", certificate: "3/cert.pem", key: "3/key.pem")
        link("3/cert.pem", "cert.pem")
        link("3/key.pem", "key.pem")
        #expect(eventually { shownName(port).contains("three") })
        #expect(daemon.child.isRunning)
    }

    @Test("What cannot be served is refused at the start, and by check, with its place")
    func refusal() throws {
        let folder = TemporaryFolder()
        folder.certify("one")
        folder.certify("two", certificate: "other.pem")
        folder.write(Self.configuration, to: "almanac.toml")
        let daemon = DaemonProcess(nil, in: folder, listen: ["127.0.0.1:0"])
        let outcome = try #require(daemon.child.wait())
        #expect(outcome.exitCode == 1)
        let fault =
            "almanac.toml:3: [api] tls_key: \(folder.file("key.pem")) is not the key to the first certificate of"
        #expect(outcome.standardError.contains(fault), "\(outcome.standardError)")
        let check = ChildProcess.run([BuiltProgram.path("almanac"), "check", "--config", folder.file("almanac.toml")])
        #expect(check?.exitCode == 1)
        let report = (check?.standardOutput ?? "") + (check?.standardError ?? "")
        #expect(report.contains(fault), "\(report)")
        _ = unsafe unlink(folder.file("cert.pem"))
        let missing = try #require(DaemonProcess(nil, in: folder, listen: ["127.0.0.1:0"]).child.wait())
        #expect(
            missing.standardError.contains("almanac.toml:2: [api] tls_cert: \(folder.file("cert.pem")) cannot be read")
        )
    }

    @Test("A handshake that never ends is cut off")
    func handshake() throws {
        let folder = TemporaryFolder()
        folder.certify("one")
        let (daemon, port) = try launch(folder)
        let silent = try #require(TCPSocket(port: port))
        let slow = try #require(TCPSocket(port: port))
        slow.send("\u{16}\u{3}\u{1}\u{2}\u{0}")
        var isOpen = true
        for _ in 0..<40 where isOpen {
            poll(nil, 0, 500)
            isOpen = slow.send("\u{1}")
        }
        #expect(!isOpen)
        #expect(silent.rest() == "")
        #expect(daemon.get("/health").body == "OK")
    }
}

extension String {
    /// How often another text is in this one.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
