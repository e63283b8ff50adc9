import AlmanacTesting
import Glibc
import Testing

/// A daemon, and before it a server of Python's ssl, which hands each connection through to the daemon's Unix socket.
private final class NetworkedDaemon: Sendable {
    let daemon: DaemonProcess
    let folder = TemporaryFolder()
    private let proxy: ChildProcess
    let port: Int

    /// Makes an authority, three certificates of it and one of its own, with openssl(1).
    private static let certificates = """
        set -eu
        cd "$0"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \
            -keyout ca.key -out ca.pem -addext keyUsage=critical,keyCertSign
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server.key -out server.csr
        sign() {
            printf 'subjectAltName=%s\\n' "$2" >san
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile san -out "$1.pem" "$3" "$4"
        }
        sign good DNS:localhost,IP:127.0.0.1 -days 2
        sign other DNS:other.example -days 2
        printf 'subjectAltName=DNS:localhost\\n' >san
        : >database
        echo 01 >serial
        printf '%s\\n' '[ca]' default_ca=d '[d]' database=database serial=serial new_certs_dir=. default_md=sha256 \
            policy=p '[p]' commonName=supplied >ca.conf
        openssl ca -batch -notext -config ca.conf -in server.csr -cert ca.pem -keyfile ca.key -extfile san \
            -startdate 20200101000000Z -enddate 20210101000000Z -out expired.pem
        """

    private static let server = """
        import socket, ssl, sys, threading
        folder, name, target = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/" + name + ".pem", folder + "/server.key")
        host, port = target.rsplit(":", 1)
        # The same port as the daemon's, which the Host header has to name.
        listener = socket.create_server(("127.0.0.1", int(port)))
        print("ready", flush=True)

        def pump(source, sink):
            try:
                while data := source.recv(65536):
                    sink.sendall(data)
            except OSError:
                pass
            for end in (source, sink):
                try: end.shutdown(socket.SHUT_RDWR)
                except OSError: pass

        def serve(connection):
            try:
                secure = context.wrap_socket(connection, server_side=True)
                daemon = socket.create_connection((host, int(port)))
            except OSError:
                connection.close()
                return
            threading.Thread(target=pump, args=(daemon, secure), daemon=True).start()
            pump(secure, daemon)

        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
        """

    init?(certificate: String = "good") {
        let made = ChildProcess.run(["sh", "-c", Self.certificates, folder.path])
        guard made?.exitCode == 0, let port = freePort() else { return nil }
        self.port = port
        daemon = DaemonProcess(
            """
            [tasks.hello]
            run = "echo one; sleep 0.5; echo two >&2; exit 7"
            [tasks.slow]
            run = "echo one; sleep 3; echo two; exit 9"
            """,
            listen: ["127.0.0.2:\(port)"]
        )
        let server = folder.write(Self.server, to: "server.py")
        proxy = ChildProcess(["python3", server, folder.path, certificate, "127.0.0.2:\(port)"])
        let proxy = proxy
        guard daemon.isReady(), eventually({ !proxy.isRunning || proxy.standardOutput == "ready\n" }), proxy.isRunning
        else { return nil }
    }

    /// A file with a token of these scopes, for its user alone.
    func token(_ scope: String, name: String = "test") throws -> String {
        let made = try #require(daemon.almanac("token", "create", name, "--scope", scope))
        try #require(made.exitCode == 0, "\(made.standardError)")
        let path = folder.write(made.standardOutput, to: name)
        unsafe chmod(path, 0o600)
        return path
    }

    /// Runs the program as on another machine: without a word of the daemon's socket.
    func almanac(_ arguments: String..., environment: [String: String] = [:]) -> ChildProcess.Outcome? {
        ChildProcess.run([BuiltProgram.path("almanac")] + arguments, environment: environment)
    }
}

/// A port that nobody listens on just now.
private func freePort() -> Int? {
    let script = "import socket; print(socket.create_server(('127.0.0.1', 0)).getsockname()[1])"
    return ChildProcess.run(["python3", "-c", script]).flatMap { Int($0.standardOutput.dropLast()) }
}

@Suite("The program speaks to a daemon over the network")
struct NetworkProgramTests {
    /// The one line on standard error of a command that failed with 1.
    private func complaint(_ outcome: ChildProcess.Outcome?) throws -> String {
        let outcome = try #require(outcome)
        #expect(outcome.exitCode == 1 && outcome.standardOutput == "")
        #expect(outcome.standardError.split(separator: "\n").count == 1, "\(outcome.standardError)")
        return outcome.standardError
    }

    @Test("almanac --url https://... --token-file F run TASK --wait: the output, and the command's exit code")
    func run() throws {
        let server = try #require(NetworkedDaemon())
        let (url, ca) = ("https://localhost:\(server.port)", server.folder.file("ca.pem"))
        let token = try server.token("trigger:hello")

        let waited = try #require(
            server.almanac("--url", url, "--token-file", token, "--ca-file", ca, "run", "hello", "--wait")
        )
        #expect(waited.exitCode == 7 && waited.standardOutput == "one\n" && waited.standardError == "two\n")

        let variables = ["ALMANAC_URL": url + "/", "ALMANAC_TOKEN_FILE": token, "ALMANAC_CA_FILE": ca]
        let json = try #require(server.almanac("run", "hello", "--wait", "--json", environment: variables))
        #expect(json.exitCode == 7 && json.standardOutput.contains(#""exit_code":7"#))
        let numeric = try #require(
            server.almanac("run", "hello", "--url", "https://127.0.0.1:\(server.port)", environment: variables)
        )
        #expect(numeric.exitCode == 0 && numeric.standardOutput.count == 27)

        // What the daemon refuses.
        #expect(
            try complaint(server.almanac("audit", environment: variables)).contains("the token's scopes do not cover")
        )
        let nothing = try server.token("admin", name: "admin")
        #expect(
            try complaint(server.almanac("run", "nothing", "--token-file", nothing, environment: variables))
                .contains("Not Found")
        )
        let anonymous = try complaint(server.almanac("--url", url, "--ca-file", ca, "list"))
        #expect(anonymous.contains("asks for a token") && anonymous.contains("--token-file"))
        let wrong = server.folder.write("alm_wrong\n", to: "wrong")
        unsafe chmod(wrong, 0o600)
        let refused = try complaint(server.almanac("list", "--token-file", wrong, environment: variables))
        #expect(refused.contains("does not take the token") && !refused.contains("alm_wrong"))
        unsafe chmod(wrong, 0o644)
        #expect(
            try complaint(server.almanac("list", "--token-file", wrong, environment: variables))
                .contains("chmod 600 \(wrong)")
        )

        // What is wrong with the URL, or with whom it names.
        #expect(try complaint(server.almanac("--url", url, "list")).contains("--ca-file"))
        #expect(
            try complaint(server.almanac("list", "--url", "https://localhost:\(server.port)/x", environment: variables))
                .contains("Not Found")
        )
        #expect(try complaint(server.almanac("--url", "http://localhost:\(server.port)", "list")).contains("https://"))
        let closed = try #require(freePort())
        #expect(
            try complaint(server.almanac("--url", "https://localhost:\(closed)", "list")).contains("nobody listens on")
        )
        #expect(
            try complaint(server.almanac("--url", "https://no-such-host.invalid:9477", "list")).contains("is not known")
        )
        #expect(
            try complaint(
                server.almanac("--url", url, "--ca-file", server.folder.file("server.key"), "list")
            ).contains("holds no certificate")
        )
        let usage = try #require(server.almanac("--url", "localhost", "list"))
        #expect(usage.exitCode == 2 && usage.standardError.contains("expected https://HOST:PORT"))
    }

    @Test("a daemon that is killed and started again while a client waits: no line is lost, and the exit code comes")
    func restart() throws {
        let server = try #require(NetworkedDaemon())
        let token = try server.token("trigger")
        let client = ChildProcess([
            BuiltProgram.path("almanac"), "--url", "https://localhost:\(server.port)", "--token-file", token,
            "--ca-file", server.folder.file("ca.pem"), "run", "slow", "--wait",
        ])
        #expect(eventually { client.standardOutput == "one\n" })
        server.daemon.kill()
        let second = DaemonProcess(nil, in: server.daemon.folder, listen: ["127.0.0.2:\(server.port)"])
        try #require(second.isReady(), "\(second.child.standardError)")
        let outcome = try #require(client.wait())
        #expect(outcome.exitCode == 9 && outcome.standardOutput == "one\ntwo\n", "\(outcome.standardError)")
    }

    @Test("a certificate of another name, one that has expired, and a server without TLS")
    func certificates() throws {
        for (name, sentence) in [
            ("other", "is not one of localhost"), ("expired", "has expired at 2021-01-01T00:00:00Z"),
        ] {
            let server = try #require(NetworkedDaemon(certificate: name))
            let outcome = server.almanac(
                "--url",
                "https://localhost:\(server.port)",
                "--ca-file",
                server.folder.file("ca.pem"),
                "list"
            )
            #expect(try complaint(outcome).contains(sentence))
        }
        let port = try #require(freePort())
        let daemon = DaemonProcess("", listen: ["127.0.0.1:\(port)"])
        #expect(daemon.isReady())
        let outcome = ChildProcess.run([
            BuiltProgram.path("almanac"), "--url", "https://localhost:\(port)", "list",
        ])
        #expect(try complaint(outcome).contains("does not speak TLS"))
    }
}
