import AlmanacAPI
import AlmanacDaemon
import AlmanacTesting
import Testing

@Suite("The program as a whole: exit codes and streams")
struct ProgramTests {
    private func almanac(_ arguments: String..., input: String? = nil) throws -> ChildProcess.Outcome {
        let folder = TemporaryFolder()
        let path = folder.write(input ?? "", to: "input")
        let command = ["sh", "-c", #"exec "$@" < "$0""#, path, BuiltProgram.path("almanac")] + arguments
        return try #require(
            ChildProcess.run(command, environment: ["TZ": "UTC", "ALMANAC_SOCKET": folder.file("none")])
        )
    }

    @Test("help goes to standard output with 0, a wrong command line to standard error with 2")
    func usage() throws {
        let help = try almanac("--help")
        #expect(help.exitCode == 0 && help.standardOutput.contains("USAGE: almanac") && help.standardError == "")
        let wrong = try almanac("nxet")
        #expect(wrong.exitCode == 2 && wrong.standardOutput == "" && wrong.standardError.hasPrefix("Error: "))
        #expect(try almanac("--version").standardOutput.split(separator: ".").count == 3)
    }

    @Test("a wrong expression is told on standard error with 2, as JSON on standard output")
    func wrongExpression() throws {
        let text = try almanac("next", "61 * * * *")
        #expect(text.exitCode == 2 && text.standardOutput == "")
        #expect(
            text.standardError.hasPrefix(
                "Error: minute: 61 is not a minute; expected 0 to 59\n\n    61 * * * *\n    ^^\n"
            )
        )
        let json = try almanac("next", "61 * * * *", "--json")
        #expect(json.exitCode == 2 && json.standardError == "")
        #expect(json.standardOutput.hasPrefix(#"{"error":{"field":"minute","column":1,"#))
        #expect(try almanac("explain", "0 0 30 2 *").exitCode == 2)
    }

    @Test("occurrences as JSON, a line each")
    func jsonLines() throws {
        let outcome = try almanac("next", "0 9 * * *", "--from", "2026-01-01T00:00:00Z", "--count", "2", "--json")
        #expect(outcome.exitCode == 0)
        #expect(
            outcome.standardOutput == """
                {"at":"2026-01-01T09:00:00Z","local":"2026-01-01T09:00:00+00:00","tick":"2026-01-01T09:00:00","kind":"fire"}
                {"at":"2026-01-02T09:00:00Z","local":"2026-01-02T09:00:00+00:00","tick":"2026-01-02T09:00:00","kind":"fire"}

                """
        )
    }

    @Test("request lines from standard input")
    func stdin() throws {
        let outcome = try almanac("next", "--stdin", input: "{\"expr\":\"@reboot\"}\nx\n{\"expr\":\"@reboot\"}")
        let lines = outcome.standardOutput.split(separator: "\n")
        #expect(outcome.exitCode == 0)
        #expect(lines.count == 3 && lines[0] == #"{"occurrences":[]}"# && lines[2] == lines[0])
    }

    @Test("check lists every fault with 1")
    func check() throws {
        let folder = TemporaryFolder()
        let good = folder.write("[tasks.a]\nrun = \"true\"\ncron = \"@daily\"\n", to: "good.toml")
        let bad = folder.write("[tasks.a]\nrun = 1\ncron = \"61 * * * *\"\n", to: "bad.toml")
        let fine = try almanac("check", "--config", good)
        #expect(fine.exitCode == 0 && fine.standardError == "")
        let lines = fine.standardOutput.split(separator: "\n")
        #expect(lines.count == 2 && lines.first == "\(good): 1 task, no faults")
        #expect(lines.last?.hasPrefix("No daemon answers on ") == true)
        let faulty = try almanac("check", "--config", bad)
        #expect(faulty.exitCode == 1 && faulty.standardOutput == "")
        #expect(faulty.standardError.hasPrefix("\(bad):2: [tasks.a] run: "))
        #expect(faulty.standardError.contains("\n\(bad):3: [tasks.a] cron: "))
        let json = try almanac("check", "--config", bad, "--json")
        #expect(json.exitCode == 1 && json.standardError == "")
        #expect(json.standardOutput.contains(#""ok":false,"faults":[{"line":2,"#))
    }

    @Test(
        "without a daemon a client fails with one line and 1",
        arguments: [
            ["list"], ["runs"], ["run", "a"], ["logs", "a"], ["reload"], ["pause", "a"], ["resume", "a"],
        ]
    )
    func noDaemon(arguments: [String]) throws {
        let folder = TemporaryFolder()
        let outcome = try #require(
            ChildProcess.run([BuiltProgram.path("almanac")] + arguments + ["--socket", folder.file("none")])
        )
        #expect(outcome.exitCode == 1 && outcome.standardOutput == "")
        #expect(outcome.standardError.hasPrefix("Error: no daemon listens on \(folder.file("none"))"))
        #expect(outcome.standardError.split(separator: "\n").count == 1)
    }

    @Test("openapi prints the document, for which no daemon is asked")
    func openAPI() throws {
        let outcome = try almanac("openapi")
        #expect(outcome.exitCode == 0 && outcome.standardError == "")
        let printed = try WireCoding.decode(JSONValue.self, from: outcome.standardOutput.utf8)
        #expect(printed == OpenAPIDocument(version: AlmanacVersion.current).value)
    }

    @Test("output that cannot be written is a failure, and a reader that has gone is not complained about")
    func output() throws {
        let full = try #require(
            ChildProcess.run(["sh", "-c", #""$0" next @daily > /dev/full"#, BuiltProgram.path("almanac")])
        )
        #expect(full.exitCode == 1)
        #expect(full.standardError.hasPrefix("Error: cannot write the output: No space left"))
        let head = try #require(
            ChildProcess.run([
                "sh", "-c", #""$0" next '* * * * *' --count 1000000 | head -n 1"#, BuiltProgram.path("almanac"),
            ])
        )
        #expect(head.standardError == "")
    }
}
