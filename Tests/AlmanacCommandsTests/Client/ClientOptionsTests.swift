import AlmanacAPI
import AlmanacDaemon
import ArgumentParser
import Testing

@testable import AlmanacCommands

@Suite("Where commands look for the daemon")
struct ClientOptionsTests {
    /// Where a command with these arguments looks.
    private func address(
        _ arguments: [String],
        _ environment: [String: String] = [:],
        userID: UInt32 = 7
    ) throws -> String {
        try ListCommand.parse(arguments).client.connection.address(environment: environment, userID: userID).name
    }

    @Test("the option, else the variable, else the default")
    func socket() throws {
        let environment = ["ALMANAC_SOCKET": "/a.sock", "XDG_RUNTIME_DIR": "/run/user/7"]
        #expect(try address(["--socket", "/b.sock"], environment) == "/b.sock")
        #expect(try address([], environment) == "/a.sock")
        #expect(try address([], ["XDG_RUNTIME_DIR": "/run/user/7"]) == "/run/user/7/almanac.sock")
        #expect(try address([], ["ALMANAC_SOCKET": ""]) == "./.almanac/almanac.sock")
        #expect(try address([], ["XDG_RUNTIME_DIR": "/run/user/0"], userID: 0) == "/run/almanac/almanac.sock")
    }

    @Test("a URL is an option or a variable, and an option beats the other's variable")
    func url() throws {
        #expect(try address(["--url", "https://a:9477/"]) == "https://a:9477")
        #expect(try address([], ["ALMANAC_URL": "http://[::1]:9477"]) == "http://[::1]:9477")
        #expect(try address(["--url", "https://a"], ["ALMANAC_SOCKET": "/a.sock"]) == "https://a")
        #expect(try address(["--socket", "/b.sock"], ["ALMANAC_URL": "https://a"]) == "/b.sock")
    }

    @Test("a socket and a URL exclude each other, and the rest goes with a URL")
    func exclusion() {
        let both = ["ALMANAC_URL": "https://a", "ALMANAC_SOCKET": "/a.sock"]
        #expect(throws: CommandFailure.self) { try address([], both) }
        #expect(throws: CommandFailure.self) { try address(["--token-file", "/t"]) }
        #expect(throws: CommandFailure.self) { try address(["--ca-file", "/t"]) }
        for option in ["--url", "--token-file", "--ca-file"] {
            #expect(throws: (any Error).self) { try address(["--socket", "/a", option, "https://a"]) }
        }
    }

    @Test(
        "options before the subcommand go behind it",
        arguments: [
            ("--url https://a:1 --token-file t run b --wait", "run --url https://a:1 --token-file t b --wait"),
            ("--url=https://a token --ca-file=c list --json", "token list --url=https://a --ca-file=c --json"),
            ("--socket /s token create --scope read -- list", "token create --socket /s --scope read -- list"),
            ("run b --url https://a", "run b --url https://a"),
            ("--url https://a", "--url https://a"),
            ("--url", "--url"),
            ("--json list", "--json list"),
            ("--url https://a nothing", "--url https://a nothing"),
            ("", ""),
        ]
    )
    func leading(given: String, parsed: String) {
        #expect(LeadingOptions.moved(given.split(separator: " ").map(String.init)).joined(separator: " ") == parsed)
    }

    @Test("the daemon's own defaults are where its clients look")
    func daemon() throws {
        let root = try DaemonCommand.parse([]).options(environment: [:], userID: 0)
        #expect(root.configPath == "/etc/almanac/almanac.toml")
        #expect(root.dataPath == "/var/lib/almanac")
        #expect(root.listen == ["127.0.0.1:9477", "unix:/run/almanac/almanac.sock"])

        let user = try DaemonCommand.parse([]).options(environment: ["XDG_RUNTIME_DIR": "/run/user/7/"], userID: 7)
        #expect(user.configPath == "./almanac.toml")
        #expect(user.dataPath == "./.almanac")
        #expect(user.listen == ["127.0.0.1:9477", "unix:/run/user/7/almanac.sock"])

        let elsewhere = try DaemonCommand.parse(["--data", "/srv/a", "--config", "b.toml"])
            .options(environment: ["XDG_RUNTIME_DIR": "relative"], userID: 7)
        #expect(elsewhere.configPath == "b.toml")
        #expect(elsewhere.listen == ["127.0.0.1:9477", "unix:/srv/a/almanac.sock"])

        let listening = try DaemonCommand.parse(["--listen", "127.0.0.1:1", "--listen", "unix:/x"])
            .options(environment: [:], userID: 0)
        #expect(listening.listen == ["127.0.0.1:1", "unix:/x"])
    }
}

@Suite("The command line of almanac run")
struct RunCommandTests {
    @Test("parameters become the body")
    func parameters() throws {
        #expect(try RunCommand.parse(["backup"]).body == nil)
        #expect(
            try RunCommand.parse(["backup", "--param", "a=1", "--param", "b=x=y", "--param", "c="]).body
                == TriggerBody(params: ["a": "1", "b": "x=y", "c": ""])
        )
    }

    @Test(
        "parameters that are none",
        arguments: [["--param", "a"], ["--param", "=1"], ["--param", "a=1", "--param", "a=2"]]
    )
    func wrong(arguments: [String]) {
        #expect(throws: (any Error).self) { try RunCommand.parse(["backup"] + arguments) }
    }

    @Test("an interrupt says how to go on")
    func farewell() {
        #expect(RunCommand.farewell("X").contains("almanac logs --follow X"))
        #expect(RunCommand.farewell("X").contains("almanac stop X"))
    }
}
