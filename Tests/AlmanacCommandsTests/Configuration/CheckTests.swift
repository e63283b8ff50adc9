import AlmanacAPI
import AlmanacConfig
import AlmanacTesting
import Testing

@testable import AlmanacCommands

@Suite("almanac check tells what is wrong, and what a reload would change")
struct CheckTests {
    private static let changes = #"{"added":["a"],"removed":[],"changed":[],"needing_restart":["[api] auth"]}"#

    private func info(configPath: String?) -> ScriptedDaemon.Answer {
        let path = configPath.map { #""config_path":"\#($0)","# } ?? ""
        return .init(
            #"{"version":"9.9.9","fingerprint":"a","port":0,"cloud_enabled":false,"scheduling_active":true,"#
                + #""service_managed":false,"auth_disabled":false,\#(path)"config_loaded_at":"2026-03-29T01:00:00Z","#
                + #""config_stale":false,"resolved_timezone":"UTC","timezone_source":"system","tasks":[],"capabilities":[]}"#
        )
    }

    private func check(_ daemon: ScriptedDaemon, _ path: String, _ arguments: String...) throws -> ChildProcess.Outcome
    {
        try #require(
            ChildProcess.run(
                [BuiltProgram.path("almanac"), "check", "--config", path, "--socket", daemon.socket] + arguments,
                environment: ["TZ": "UTC"]
            )
        )
    }

    private func file(_ folder: TemporaryFolder, _ text: String = "[tasks.a]\nrun = \"true\"\ncron = \"@daily\"\n")
        -> String
    {
        folder.write(text, to: "almanac.toml")
    }

    @Test("The daemon's file: what a reload would change, asked as a dry run")
    func changes() async throws {
        let folder = TemporaryFolder()
        let path = file(folder)
        // The same file by another path.
        let daemonPath = "\(folder.path)/./almanac.toml"
        let daemon = try await ScriptedDaemon(
            info(configPath: daemonPath),
            .init(Self.changes),
            info(configPath: daemonPath),
            .init(Self.changes)
        )
        let text = try check(daemon, path)
        #expect(text.exitCode == 0 && text.standardError == "")
        #expect(
            text.standardOutput == """
                \(path): 1 task, no faults
                The daemon on \(daemon.socket) would change on a reload:
                added    a
                [api] auth takes effect with the daemon's next start

                """
        )
        #expect(
            daemon.requests == [
                "GET /api/info host=localhost", "POST /api/reload?dry_run=true host=localhost",
            ]
        )
        let json = try check(daemon, path, "--json")
        #expect(
            json.standardOutput == #"{"path":"\#(path)","ok":true,"tasks":1,"faults":[],"warnings":[],"#
                + #""daemon":{"socket":"\#(daemon.socket)","state":"changes","reload":\#(Self.changes)}}"# + "\n"
        )
        try await daemon.stop()
    }

    @Test("Another file than the daemon's: it is said, and no more is asked")
    func otherFile() async throws {
        let folder = TemporaryFolder()
        let path = file(folder)
        let daemon = try await ScriptedDaemon(info(configPath: "/etc/x.toml"), info(configPath: "/etc/x.toml"))
        let text = try check(daemon, path)
        #expect(text.exitCode == 0)
        #expect(text.standardOutput.hasSuffix("reads another file, /etc/x.toml: a reload would not read this one.\n"))
        #expect(daemon.requests == ["GET /api/info host=localhost"])
        let json = try check(daemon, path, "--json")
        #expect(json.standardOutput.contains(#""state":"other_file","config_path":"/etc/x.toml"}}"#))
        try await daemon.stop()
    }

    @Test("No daemon, one that fails and one of an earlier version: the file is checked all the same")
    func noAnswer() async throws {
        let folder = TemporaryFolder()
        let path = file(folder)
        let daemon = try await ScriptedDaemon(
            info(configPath: nil),
            .init(#"{"title":"Forbidden","status":403}"#, status: 403)
        )
        let earlier = try check(daemon, path)
        #expect(earlier.exitCode == 0)
        #expect(earlier.standardOutput.hasSuffix("does not say what a reload would change: it is of version 9.9.9\n"))
        let failing = try check(daemon, path)
        #expect(failing.exitCode == 0)
        #expect(failing.standardOutput.hasSuffix("does not say what a reload would change: Forbidden\n"))
        try await daemon.stop()
        let none = try check(daemon, path)
        #expect(none.exitCode == 0)
        #expect(
            none.standardOutput == """
                \(path): 1 task, no faults
                No daemon answers on \(daemon.socket): there is nothing to compare the file with.

                """
        )
        #expect(try check(daemon, path, "--json").standardOutput.contains(#""state":"none"}}"#))
    }

    @Test("Faults that only the daemon finds are faults")
    func refusal() async throws {
        let folder = TemporaryFolder()
        let path = file(folder)
        let fault = #"{"location":"config","message":"almanac.toml:3: HOME2 is not set"}"#
        let refusal = ScriptedDaemon.Answer(#"{"title":"T","status":422,"errors":[\#(fault)]}"#, status: 422)
        let daemon = try await ScriptedDaemon(info(configPath: path), refusal, info(configPath: path), refusal)
        let text = try check(daemon, path)
        #expect(text.exitCode == 1)
        #expect(text.standardError.hasSuffix("would refuse the file:\nalmanac.toml:3: HOME2 is not set\n"))
        let json = try check(daemon, path, "--json")
        #expect(json.exitCode == 1 && json.standardOutput.contains(#""ok":false,"tasks":1,"#))
        #expect(json.standardOutput.contains(#""state":"refusal","faults":["almanac.toml:3: HOME2 is not set"]}}"#))
        try await daemon.stop()
    }

    @Test("Warnings are told on standard error, and are no faults")
    func warnings() async throws {
        let folder = TemporaryFolder()
        let path = file(folder, "[tasks.a]\nrun = \"true\"\njitter = \"5m\"\n")
        let daemon = try await ScriptedDaemon()
        try await daemon.stop()
        let text = try check(daemon, path)
        #expect(text.exitCode == 0)
        #expect(text.standardError.hasPrefix("warning: \(path):3: [tasks.a] jitter: it delays what cron starts"))
        let json = try check(daemon, path, "--json")
        #expect(json.standardError == "")
        #expect(json.standardOutput.contains(#""faults":[],"warnings":[{"line":3,"column":1,"table":"tasks.a","#))
    }
}
