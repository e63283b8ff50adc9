import ArgumentParser
import Testing

@testable import AlmanacCommands

@Suite("The command line of almanac next")
struct NextCommandTests {
    @Test("every option is understood")
    func options() throws {
        let command = try NextCommand.parse([
            "30 2 * * *", "--timezone", "UTC", "--from", "2026-01-01T00:00:00Z", "--until", "2027-01-01T00:00:00Z",
            "--count", "3", "--dst-gap", "skip", "--dst-fold", "both", "--skipped", "--json",
        ])
        let expected = NextQuery(expression: "30 2 * * *", zone: "UTC", gap: "skip", fold: "both")
        #expect(command.schedule.query(command.expression) == expected)
        #expect(command.count == 3)
        #expect(command.from == "2026-01-01T00:00:00Z")
        #expect(command.until == "2027-01-01T00:00:00Z")
        #expect(command.skipped && command.json && !command.stdin)
    }

    @Test(
        "wrong command lines",
        arguments: [
            [], ["--count", "x", "@daily"], ["--stdin", "@daily"], ["--stdin", "--count", "3"],
            ["--stdin", "--skipped"],
            ["@daily", "--what"],
        ]
    )
    func wrong(arguments: [String]) {
        #expect(throws: (any Error).self) { try NextCommand.parse(arguments) }
    }

    @Test("an expression that the shell has split is put together again")
    func words() throws {
        let command = try NextCommand.parse(["@every", "90s"])
        #expect(command.schedule.query(command.expression).expression == "@every 90s")
    }
}
