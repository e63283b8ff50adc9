import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("almanac token and almanac audit")
struct AccessProgramTests {
    private let daemon: DaemonProcess

    init() throws {
        daemon = DaemonProcess("[tasks.job]\nrun = \"true\"\n")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
    }

    private func almanac(_ arguments: String..., exitCode: Int32 = 0) throws -> ChildProcess.Outcome {
        let outcome = try #require(
            ChildProcess.run(
                [BuiltProgram.path("almanac")] + arguments,
                environment: ["ALMANAC_SOCKET": daemon.socketPath, "TZ": "UTC"]
            )
        )
        #expect(outcome.exitCode == exitCode, "\(arguments): \(outcome.standardError)")
        return outcome
    }

    private func json(_ outcome: ChildProcess.Outcome) throws -> JSONValue {
        #expect(outcome.standardError == "")
        return try WireCoding.decode(JSONValue.self, from: outcome.standardOutput.utf8)
    }

    /// The words of each line.
    private func table(_ text: String) -> [[String]] {
        text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    @Test("A token is made and shown once, listed without itself, and revoked")
    func tokens() throws {
        #expect(try almanac("token", "list").standardOutput == "There are no tokens.\n")
        #expect(try json(almanac("token", "list", "--json")) == [])

        let made = try almanac("token", "create", "deploy", "--scope", "read", "trigger:job", "--expires", "90d")
        #expect(made.standardOutput.wholeMatch(of: /almanac_[A-Za-z0-9_-]{43}\n/) != nil)
        #expect(made.standardError == "This is the only time that the token is shown.\n")
        let other = try json(almanac("token", "create", "boss", "--scope", "admin", "--json"))
        #expect(other["name"] == "boss" && other["scopes"] == ["admin"] && other["expires_at"] == nil)
        #expect(other["token"]?.text?.hasPrefix("almanac_") == true)

        let list = table(try almanac("token", "list").standardOutput)
        #expect(list.first == ["NAME", "SCOPES", "MADE", "EXPIRES", "LAST", "USED"])
        let rows = Dictionary(list.dropFirst().map { ($0[0], $0) }) { first, _ in first }
        #expect(rows.count == 2 && rows["boss"]?.contains("admin") == true)
        #expect(rows["boss"]?.suffix(2) == ["never", "never"])
        #expect(rows["deploy"]?[1...2] == ["read", "trigger:job"] && rows["deploy"]?.last == "never")
        let listed = try almanac("token", "list", "--json")
        #expect(!listed.standardOutput.contains("almanac_"))
        #expect(Set(try json(listed).elements.compactMap { $0["name"]?.text }) == ["boss", "deploy"])

        #expect(try almanac("token", "revoke", "deploy").standardOutput == "deploy is revoked.\n")
        #expect(try json(almanac("token", "revoke", "boss", "--json")) == ["name": "boss", "revoked": true])
        #expect(try almanac("token", "list").standardOutput == "There are no tokens.\n")
    }

    @Test("What is refused is one line, and 1; a wrong command line is 2")
    func refusals() throws {
        func complaint(_ outcome: ChildProcess.Outcome) -> String {
            #expect(outcome.standardOutput == "" && outcome.standardError.split(separator: "\n").count == 1)
            return outcome.standardError
        }
        _ = try almanac("token", "create", "deploy", "--scope", "read")
        let again = try almanac("token", "create", "deploy", "--scope", "read", exitCode: 1)
        #expect(complaint(again).contains("There is a token named deploy already"))
        #expect(complaint(try almanac("token", "revoke", "nobody", exitCode: 1)).contains("no token named nobody"))
        let scope = try almanac("token", "create", "x", "--scope", "write", exitCode: 1)
        #expect(scope.standardError.contains("expected read, trigger, trigger:TASK or admin"))
        #expect(try almanac("token", "create", "x", exitCode: 2).standardError.contains("--scope"))
        let expiry = try almanac("token", "create", "x", "--scope", "read", "--expires", "soon", exitCode: 2)
        #expect(expiry.standardError.contains("90d"))
    }

    @Test("The audit is a table, newest first, and the same as JSON; its options choose")
    func audit() throws {
        #expect(try almanac("audit").standardOutput == "There are no such entries.\n")
        _ = try almanac("token", "create", "deploy", "--scope", "read")
        let id = try almanac("run", "job").standardOutput.split(separator: "\n").first.map(String.init) ?? ""
        _ = try almanac("pause", "job", exitCode: 1)

        let rows = table(try almanac("audit").standardOutput)
        #expect(rows.first == ["TIME", "CALLER", "FROM", "OPERATION", "TARGET", "STATUS", "DETAIL"])
        #expect(rows.count == 4 && rows.dropFirst().allSatisfy { $0.contains("unix") && $0.contains("uid") })
        #expect(rows[1].contains("pauseTask") && rows[1].contains("409"))
        #expect(rows[2].contains("triggerRun") && rows[2].contains(id) && rows[2].contains("201"))
        #expect(["createToken", "deploy", "201", "read"].allSatisfy { rows[3].contains($0) }, "\(rows[3])")

        let page = try json(almanac("audit", "--json"))
        let entries = page["entries"]?.elements ?? []
        #expect(entries.map { $0["operation"] } == ["pauseTask", "triggerRun", "createToken"])
        func operations(_ arguments: String...) throws -> [JSONValue?] {
            let outcome = ChildProcess.run(
                [BuiltProgram.path("almanac"), "audit", "--json"] + arguments,
                environment: ["ALMANAC_SOCKET": daemon.socketPath]
            )
            return try json(try #require(outcome))["entries"]?.elements.map { $0["operation"] } ?? []
        }
        #expect(try operations("--operation", "triggerRun") == ["triggerRun"])
        #expect(try operations("--task", "job") == ["pauseTask", "triggerRun"])
        #expect(try operations("--caller", "nobody") == [])
        let at = try #require(entries[1]["at"]?.text)
        #expect(try operations("--since", at) == ["pauseTask", "triggerRun"])
        #expect(try operations("--until", at) == ["createToken"])
        let limited = try almanac("audit", "--limit", "1")
        let number = try #require(entries[0]["id"]?.number)
        #expect(limited.standardError == "There may be more; see --before \(number).\n")
        #expect(try operations("--before", "\(number)") == ["triggerRun", "createToken"])
        #expect(try almanac("audit", "--since", "yesterday", exitCode: 1).standardError.contains("since"))
    }
}
