import AlmanacConfig
import AlmanacModel
import Glibc
import Testing

@Suite("A command's user is looked up when the configuration is read")
struct IdentityTests {
    typealias Identity = CommandSettings.Identity

    private static func identity(_ user: String, of userID: UInt32 = 0) throws -> Identity? {
        let text = "tasks.a = { run = 'x', user = '\(user)' }"
        let host = ConfigurationFixture.host(userID: userID)
        return try ConfigurationFixture.read(text, on: host).tasks[0].settings.identity
    }

    private static func faults(_ user: String, of userID: UInt32 = 0) -> [String] {
        let text = "tasks.a = { run = 'x', user = '\(user)' }"
        return ConfigurationFixture.faults(of: text, on: ConfigurationFixture.host(userID: userID))
    }

    @Test(
        "For root: names and numbers, of the user's groups or of another one",
        arguments: [
            Identity("alice", "alice", 1000, 1000, [1000, 27, 100], "/home/alice"),
            Identity("1000", "alice", 1000, 1000, [1000, 27, 100], "/home/alice"),
            Identity("alice:adm", "alice", 1000, 4, [4, 27, 100], "/home/alice"),
            Identity("1000:4", "alice", 1000, 4, [4, 27, 100], "/home/alice"),
            Identity("root", "root", 0, 0, [0], "/root"),
            // A name comes before a number.
            Identity("4000:1001", "4000", 4711, 77, [77], "/home/number"),
            // Nobody's numbers.
            Identity("9", "9", 9, 9, [9], "/"),
            Identity("9:10", "9", 9, 10, [10], "/"),
            Identity("9:adm", "9", 9, 4, [4], "/"),
        ]
    )
    func root(identity: Identity) throws {
        #expect(try Self.identity(identity.text) == identity)
    }

    @Test("For anybody else: its own user alone, which then needs no change")
    func others() throws {
        for user in ["alice", "1000", "alice:alice", "alice:1000", ""] {
            #expect(try Self.identity(user, of: 1000) == nil)
        }
        for user in ["root", "0", "alice:adm", "9", "alice:0"] {
            #expect(
                Self.faults(user, of: 1000) == [
                    "almanac.toml:1: [tasks.a] user: only root may run commands as another user or group, and the "
                        + #"daemon runs as "alice"; remove the key, or run the daemon as root"#
                ]
            )
        }
        #expect(
            Self.faults("root", of: 5) == [
                "almanac.toml:1: [tasks.a] user: only root may run commands as another user or group, and the "
                    + #"daemon runs as "5"; remove the key, or run the daemon as root"#
            ]
        )
    }

    @Test(
        "What cannot be looked up is a fault",
        arguments: [
            ("bob", #"there is no user "bob""#), ("alice:staff", #"there is no group "staff""#),
            ("4294967295", #"there is no user "4294967295""#), ("-1", #"there is no user "-1""#),
            ("9:4294967295", #"there is no group "4294967295""#),
            ("unlucky", #"cannot look up user "unlucky": Input/output error"#),
            ("alice:unlucky", #"cannot look up group "unlucky": Input/output error"#),
            (
                ":adm",
                #"expected a user such as "www-data", "www-data:adm" or "1000:1000", found the string ":adm""#
            ),
            (
                "alice:",
                #"expected a user such as "www-data", "www-data:adm" or "1000:1000", found the string "alice:""#
            ),
            (
                "a:b:c",
                #"expected a user such as "www-data", "www-data:adm" or "1000:1000", found the string "a:b:c""#
            ),
        ] as [(String, String)]
    )
    func unknown(user: String, message: String) {
        #expect(Self.faults(user) == ["almanac.toml:1: [tasks.a] user: " + message])
    }

    @Test("The machine's own accounts: root is there, and nobody is called like this")
    func system() throws {
        let accounts = SystemAccounts()
        let root = try #require(try accounts.account(named: "root"))
        #expect(root.userID == 0)
        #expect(root.home.hasPrefix("/"))
        #expect(try accounts.account(withID: 0) == root)
        #expect(try accounts.groupIDs(ofUser: "root", with: root.groupID).contains(root.groupID))
        #expect(try accounts.groupID(named: "root") == 0)
        #expect(try accounts.account(named: "no-such-user-here") == nil)
        #expect(try accounts.account(withID: 4_123_456_789) == nil)
        #expect(try accounts.groupID(named: "no-such-group-here") == nil)
    }
}

extension CommandSettings.Identity {
    fileprivate init(
        _ text: String,
        _ name: String,
        _ userID: UInt32,
        _ groupID: UInt32,
        _ groups: [UInt32],
        _ home: String
    ) {
        self.init(
            text: text,
            userName: name,
            userID: userID,
            groupID: groupID,
            supplementaryGroupIDs: groups,
            home: home
        )
    }
}
