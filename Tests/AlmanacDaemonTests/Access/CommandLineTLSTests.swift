import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("The command line speaks to the daemon's own TLS, as from another machine", .withOpenSSL)
struct CommandLineTLSTests {
    private let daemon: DaemonProcess
    private let url: String
    /// A file with a token that may start the task.
    private let tokenFile: String

    init() throws {
        let folder = TemporaryFolder()
        folder.certify("one")
        folder.certify("another", certificate: "other.pem", key: "other-key.pem")
        daemon = DaemonProcess(
            """
            [api]
            tls_cert = "cert.pem"
            tls_key = "key.pem"
            [tasks.job]
            run = "echo one; sleep 0.3; echo oops >&2; echo two; exit 7"
            """,
            in: folder,
            listen: ["127.0.0.1:0"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        url = "https://localhost:\(daemon.port)"
        tokenFile = folder.write(daemon.makeToken("remote", "trigger:job"), to: "token")
    }

    /// Runs the program without a word of the daemon's socket.
    private func almanac(_ arguments: String..., certificate: String?) throws -> ChildProcess.Outcome {
        let authority = certificate.map { ["--ca-file", daemon.folder.file($0)] } ?? []
        return try #require(
            ChildProcess.run(
                [BuiltProgram.path("almanac"), "--url", url, "--token-file", tokenFile] + authority + arguments
            )
        )
    }

    @Test("run --wait prints what the command prints, and exits with its code")
    func run() throws {
        let outcome = try almanac("run", "job", "--wait", certificate: "cert.pem")
        #expect(outcome.exitCode == 7)
        #expect(outcome.standardOutput == "one\ntwo\n" && outcome.standardError == "oops\n")
        let run = try #require(daemon.runs("task_name=job").first)
        #expect(run.exitCode == 7 && run.triggeredBy == "api")
        // The list of tasks is not this token's to see.
        #expect(try almanac("list", certificate: "cert.pem").standardError.contains("the token's scopes do not cover"))
    }

    @Test(
        "A certificate that nobody who is trusted has signed is refused, and nothing is sent",
        arguments: [
            nil, "other.pem",
        ]
    )
    func stranger(certificate: String?) throws {
        let outcome = try almanac("run", "job", "--wait", certificate: certificate)
        #expect(outcome.exitCode == 1 && outcome.standardOutput == "")
        let lines = outcome.standardError.split(separator: "\n")
        #expect(lines.count == 1 && outcome.standardError.contains("--ca-file"), "\(outcome.standardError)")
        #expect(daemon.runs().isEmpty)
    }
}
