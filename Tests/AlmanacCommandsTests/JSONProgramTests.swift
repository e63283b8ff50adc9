import AlmanacAPI
import AlmanacTesting
import ArgumentParser
import Glibc
import Testing

@testable import AlmanacCommands

@Suite("Every command prints JSON for programs, in shapes that stay")
struct JSONProgramTests {
    /// A server, two that print what is for a shell or a unit, and those that only hold others.
    private static let exempt = ["daemon", "completions", "release-cgroup"]

    private func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        let subcommands = command.configuration.subcommands
        return subcommands.isEmpty ? [command] : subcommands.flatMap(leaves)
    }

    @Test("each has --json, but for those that report nothing")
    func option() {
        let without = leaves(AlmanacCommand.self).filter { !$0.helpMessage().contains("--json") }
        #expect(without.map { $0.configuration.commandName ?? "" }.sorted() == Self.exempt.sorted())
    }

    private func json(_ arguments: String..., exitCode: Int32 = 0) throws -> JSONValue {
        let outcome = try #require(
            ChildProcess.run([BuiltProgram.path("almanac")] + arguments, environment: ["TZ": "UTC"])
        )
        #expect(outcome.exitCode == exitCode && outcome.standardError == "", "\(outcome.standardError)")
        #expect(outcome.standardOutput.split(separator: "\n").count == 1)
        return try WireCoding.decode(JSONValue.self, from: outcome.standardOutput.utf8)
    }

    private func members(_ value: JSONValue) -> [String] {
        if case .object(let members) = value { members.map(\.key).sorted() } else { [] }
    }

    @Test("explain")
    func explain() throws {
        let report = try json("explain", "30 2 * * *", "--timezone", "Europe/Berlin", "--json")
        #expect(members(report) == ["clock_changes", "crontab", "next", "sentence", "timezone"])
        #expect("\(report)".contains("Europe/Berlin"))
        let crontab = try json("explain", "--crontab", "30 2 * * *", "--json")
        #expect(members(crontab) == ["clock_changes", "crontab", "next", "sentence", "timezone"])
    }

    @Test("import cron, with the exit code that it has without")
    func importCron() throws {
        let folder = TemporaryFolder()
        let good = folder.write("5 4 * * * /bin/true\n", to: "good")
        let report = try json("import", "cron", good, "--json")
        #expect(members(report) == ["account", "complete", "tasks", "toml"])
        let bad = folder.write("99 4 * * * /bin/true\n", to: "bad")
        _ = try json("import", "cron", bad, "--json", exitCode: 1)
        let written = try json("import", "cron", good, "--json", "--write", "--config", folder.file("almanac.toml"))
        #expect(members(written) == ["account", "complete", "tasks", "written"])
        #expect(TemporaryFolder.read(folder.file("almanac.toml")) != nil)
    }

    @Test("import systemd")
    func importSystemd() throws {
        let folder = TemporaryFolder()
        let timer = folder.write("[Timer]\nOnCalendar=daily\n", to: "job.timer")
        folder.write("[Service]\nExecStart=/bin/true\n", to: "job.service")
        #expect(members(try json("import", "systemd", timer, "--json")) == ["account", "complete", "tasks", "toml"])
    }

    @Test("service install --print, and openapi")
    func plans() throws {
        #expect(members(try json("service", "install", "--print", "--json")) == ["commands", "files"])
        #expect(members(try json("openapi", "--json")).contains("paths"))
    }

    @Test("a takeover with --json does not ask")
    func takeover() {
        #expect(throws: (any Error).self) { try TakeoverCommand.parse(["--json"]) }
        #expect(throws: Never.self) { try TakeoverCommand.parse(["--json", "--dry-run"]) }
    }
}
