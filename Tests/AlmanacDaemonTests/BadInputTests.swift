import AlmanacTesting
import Glibc
import Testing

@Suite("What is wrong at the start is said in plain sentences, and the daemon does not start")
struct BadInputTests {
    /// Starts a daemon that is to refuse, and answers what it said.
    private func refusal(
        _ configuration: String,
        in folder: TemporaryFolder = TemporaryFolder(),
        listen: [String] = []
    ) throws -> String {
        let daemon = DaemonProcess(configuration, in: folder, listen: listen)
        let outcome = try #require(daemon.child.wait(), "it started")
        #expect(outcome.exitCode == 1)
        #expect(!outcome.standardError.contains("Fatal error"))
        return outcome.standardError
    }

    @Test("Every fault of the configuration is listed with its line")
    func configuration() throws {
        let folder = TemporaryFolder()
        let text = try refusal(
            """
            [tasks.backup]
            run = "true"
            cron = "61 * * * *"
            timout = "5m"
            """,
            in: folder
        )
        #expect(text.contains("almanac.toml:3: [tasks.backup] cron: 61 is not a minute; expected 0 to 59"))
        #expect(text.contains("almanac.toml:4: [tasks.backup]"))
        #expect(text.contains("timeout"))
    }

    @Test("A data folder that is none")
    func dataFolder() throws {
        let folder = TemporaryFolder()
        folder.write("", to: "data")
        let text = try refusal("", in: folder)
        #expect(text.contains("the data folder \(folder.file("data")) cannot be used"))
    }

    @Test("A database that is none, and stays as it is")
    func corruptDatabase() throws {
        let folder = TemporaryFolder()
        _ = unsafe mkdir(folder.file("data"), 0o700)
        let garbage = String(repeating: "this is not a database. ", count: 400)
        folder.write(garbage, to: "data/almanac.sqlite")
        let text = try refusal("", in: folder)
        #expect(text.contains("almanac.sqlite"))
        #expect(
            String(decoding: TemporaryFolder.read(folder.file("data/almanac.sqlite")) ?? [], as: UTF8.self) == garbage
        )
    }

    @Test("An open API on an address that others reach")
    func openToTheNetwork() throws {
        let text = try refusal("[api]\nauth = \"none\"", listen: ["0.0.0.0:0"])
        #expect(text.contains("auth"))
        #expect(text.contains("loopback"))
    }

    @Test("An address that is taken")
    func addressTaken() throws {
        let first = DaemonProcess("")
        try #require(first.isReady(), "\(first.child.standardError)")
        let folder = TemporaryFolder()
        let text = try refusal("", in: folder, listen: ["unix:\(first.socketPath)"])
        #expect(text.contains(first.socketPath))
        #expect(first.get("/health").body == "OK")
    }
}
