import AlmanacAPI
import AlmanacDaemon
import ArgumentParser
import Testing

@testable import AlmanacCommands

@Suite("Where commands look for the daemon")
struct ClientOptionsTests {
    @Test("the option, else the variable, else the default")
    func socket() throws {
        let environment = ["ALMANAC_SOCKET": "/a.sock", "XDG_RUNTIME_DIR": "/run/user/7"]
        #expect(
            try ListCommand.parse(["--socket", "/b.sock"]).client.socketPath(environment: environment, userID: 7)
                == "/b.sock"
        )
        let options = try ListCommand.parse([]).client
        #expect(options.socketPath(environment: environment, userID: 7) == "/a.sock")
        #expect(
            options.socketPath(environment: ["XDG_RUNTIME_DIR": "/run/user/7"], userID: 7) == "/run/user/7/almanac.sock"
        )
        #expect(options.socketPath(environment: ["ALMANAC_SOCKET": ""], userID: 7) == "./.almanac/almanac.sock")
        #expect(
            options.socketPath(environment: ["XDG_RUNTIME_DIR": "/run/user/0"], userID: 0)
                == "/run/almanac/almanac.sock"
        )
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
