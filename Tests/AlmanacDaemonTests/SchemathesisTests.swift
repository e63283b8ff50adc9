import AlmanacTesting
import Glibc
import Testing

/// Schemathesis and a validator of OpenAPI documents, as `Tests/Schemathesis/venv` has fetched them.
private enum PythonTools {
    /// Why they are not here; nil where they are.
    static let obstacle: String? = {
        for name in ["schemathesis", "openapi-spec-validator"] where unsafe access(path(name), X_OK) != 0 {
            return "\(name) is not here: Tests/Schemathesis/venv .build/venv, with PyPI in reach"
        }
        return nil
    }()

    static func path(_ name: String) -> String { "\(root)/.build/venv/bin/\(name)" }

    static func file(_ name: String) -> String { "\(root)/Tests/Schemathesis/\(name)" }

    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
}

@Suite(
    "The API is what its document says, to a client that nobody here wrote",
    .enabled(if: PythonTools.obstacle == nil, "\(PythonTools.obstacle ?? "")")
)
struct SchemathesisTests {
    static let configuration = """
        [tasks.hello]
        cron = "0 3 * * *"
        run = "echo hello; echo there >&2"

        [tasks.export]
        run = "echo exported"
        params = [
            { option = "--region", default = "eu", choices = ["eu", "us"] },
            { env = "LIMIT", type = "int", description = "how many rows" },
        ]

        [tasks.locked]
        run = "true"
        api_trigger = false
        """

    @Test("The document is OpenAPI 3.1")
    func document() throws {
        let folder = TemporaryFolder()
        let printed = try #require(ChildProcess.run([BuiltProgram.path("almanac"), "openapi"]))
        let path = folder.write(printed.standardOutput, to: "openapi.json")
        let outcome = try #require(ChildProcess.run([PythonTools.path("openapi-spec-validator"), path]))
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    /// Streams are left out: they end with their runs, and schemathesis waits for the ends of answers.
    @Test("All checks of schemathesis, with a token, against a daemon that lives on")
    func allChecks() throws {
        let daemon = DaemonProcess(Self.configuration, listen: ["127.0.0.1:0"])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let address = try #require(
            daemon.child.standardError.split { " ,\n".contains($0) }.first { $0.hasPrefix("127.0.0.1:") }
        )
        let token = try #require(daemon.almanac("token", "create", "tester", "--scope", "admin")).standardOutput
        for _ in 0..<5 { #expect(daemon.post("/api/tasks/hello/run?wait=true").status == 201) }
        let outcome = try #require(
            ChildProcess.run(
                [
                    PythonTools.path("schemathesis"), "--config-file", PythonTools.file("schemathesis.toml"), "run",
                    "http://\(address)/openapi.json", "--header",
                    "Authorization: Bearer \(token.split(separator: "\n").first ?? "")", "--checks", "all",
                    "--max-examples", "10", "--seed", "1", "--continue-on-failure", "--request-timeout", "30",
                    "--exclude-path-regex", "/stream$", "--report-dir", daemon.folder.file("report"),
                ],
                environment: [
                    "SCHEMATHESIS_HOOKS": PythonTools.file("hooks.py"), "NO_COLOR": "1",
                    "HYPOTHESIS_STORAGE_DIRECTORY": daemon.folder.file("examples"),
                ],
                seconds: 300
            )
        )
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput.suffix(20_000))\(outcome.standardError)")
        #expect(daemon.child.isRunning)
        #expect(daemon.get("/health").status == 200)
        #expect(daemon.get("/api/runs/summary").status == 200)
        #expect(daemon.end()?.exitCode == 0)
    }
}
