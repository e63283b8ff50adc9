import AlmanacAPI
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

    @Test("All checks of schemathesis, with a token, against a daemon that lives on")
    func allChecks() throws {
        try withServedDaemon { daemon, arguments in
            for _ in 0..<5 { #expect(daemon.post("/api/tasks/hello/run?wait=true").status == 201) }
            let outcome = try #require(
                schemathesis(
                    arguments + [
                        "--max-examples", "10", "--request-timeout", "30", "--exclude-path-regex", "/stream$",
                    ]
                )
            )
            #expect(outcome.exitCode == 0, "\(outcome.standardOutput.suffix(20_000))\(outcome.standardError)")
            #expect(daemon.get("/api/runs/summary").status == 200)
        }
    }

    /// Streams that do not end are judged by what has come of them when the time for a request is over.
    @Test("Streams too, each event by its schema")
    func streams() throws {
        try withServedDaemon { daemon, arguments in
            let run = try #require(daemon.triggerAndWait("hello"))
            let settings = daemon.folder.write(
                String(decoding: TemporaryFolder.read(PythonTools.file("schemathesis.toml")) ?? [], as: UTF8.self)
                    .replacing("[parameters]", with: "[parameters]\n\"path.runId\" = \"\(run.id)\""),
                to: "schemathesis.toml"
            )
            let outcome = try #require(
                schemathesis(
                    arguments + ["--max-examples", "2", "--request-timeout", "1", "--include-path-regex", "/stream$"],
                    settings: settings
                )
            )
            #expect(outcome.exitCode == 0, "\(outcome.standardOutput.suffix(20_000))\(outcome.standardError)")
            #expect(outcome.standardOutput.contains("Tested: 3"), "\(outcome.standardOutput.suffix(20_000))")
        }
    }

    /// Serves a daemon over TCP, and gives what schemathesis is told of it; at the end it has to be well.
    private func withServedDaemon(_ body: (DaemonProcess, [String]) throws -> Void) throws {
        let daemon = DaemonProcess(Self.configuration, listen: ["127.0.0.1:0"])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let address = try #require(
            daemon.child.standardError.split { " ,\n".contains($0) }.first { $0.hasPrefix("127.0.0.1:") }
        )
        let token = try #require(daemon.almanac("token", "create", "tester", "--scope", "admin")).standardOutput
        let header = "Authorization: Bearer \(token.split(separator: "\n").first ?? "")"
        try body(daemon, ["http://\(address)/openapi.json", "--header", header])
        #expect(daemon.child.isRunning)
        #expect(daemon.get("/health").status == 200)
        #expect(daemon.end()?.exitCode == 0)
    }

    private func schemathesis(
        _ arguments: [String],
        settings: String = PythonTools.file("schemathesis.toml")
    ) -> ChildProcess.Outcome? {
        let folder = TemporaryFolder()
        return ChildProcess.run(
            [PythonTools.path("schemathesis"), "--config-file", settings, "run"] + arguments + [
                "--checks", "all", "--seed", "1", "--continue-on-failure", "--report-dir", folder.file("report"),
            ],
            environment: ["NO_COLOR": "1", "HYPOTHESIS_STORAGE_DIRECTORY": folder.file("examples")],
            seconds: 300
        )
    }
}
