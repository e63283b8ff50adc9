import AlmanacCalendar
import AlmanacConfig
import Testing

/// A lookup that knows three zones, and what the tests make of a reader with it.
enum ConfigurationFixture {
    struct UnknownZone: Error, CustomStringConvertible {
        let description: String
    }

    static let reader = reader(of: host())

    static func reader(of host: ConfigurationHost) -> ConfigurationReader {
        ConfigurationReader(
            zones: { id in
                guard ["UTC", "Europe/Berlin", "Asia/Tokyo"].contains(id.name) else {
                    throw UnknownZone(description: #"there is no zone "\#(id.name)""#)
                }
                return try ZoneRules(id: id, posixTZ: id.name == "Asia/Tokyo" ? "JST-9" : "CET-1CEST,M3.5.0,M10.5.0/3")
            },
            systemZone: {
                (try ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3"), nil)
            },
            host: host
        )
    }

    /// A machine on which root reads a configuration of the folder `/srv/conf`.
    static func host(
        _ environment: [String: String] = ["HOME": "/root"],
        folder: String = "/srv/conf",
        userID: UInt32 = 0
    ) -> ConfigurationHost {
        ConfigurationHost(
            environment: environment,
            currentFolder: folder,
            accounts: KnownAccounts(),
            userID: userID,
            groupID: userID
        )
    }

    static func read(_ text: String, on host: ConfigurationHost = host()) throws -> Configuration {
        try reader(of: host).read(text: text, path: "almanac.toml")
    }

    /// The faults of a text on a machine, as they are printed.
    static func faults(of text: String, on host: ConfigurationHost) -> [String] {
        faults(of: text, reader: reader(of: host))
    }

    /// The faults of a text, as they are printed; none for one that is read.
    static func faults(of text: String, reader: ConfigurationReader = reader) -> [String] {
        do {
            _ = try reader.read(text: text, path: "almanac.toml")
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }
}

/// Three accounts and a group that has no members, beside two that answer with an error.
private struct KnownAccounts: AccountDatabase {
    private static let accounts = [
        Account(name: "root", userID: 0, groupID: 0, home: "/root"),
        Account(name: "alice", userID: 1000, groupID: 1000, home: "/home/alice"),
        Account(name: "4000", userID: 4711, groupID: 4712, home: "/home/number"),
    ]

    func account(named name: String) throws(AccountLookupFailure) -> Account? {
        if name == "unlucky" { throw AccountLookupFailure(errno: 5) }
        return Self.accounts.first { $0.name == name }
    }

    func account(withID id: UInt32) throws(AccountLookupFailure) -> Account? {
        Self.accounts.first { $0.userID == id }
    }

    func groupID(named name: String) throws(AccountLookupFailure) -> UInt32? {
        if name == "unlucky" { throw AccountLookupFailure(errno: 5) }
        return ["root": 0, "alice": 1000, "adm": 4, "1001": 77][name]
    }

    func groupIDs(ofUser name: String, with groupID: UInt32) throws(AccountLookupFailure) -> [UInt32] {
        [groupID] + (name == "alice" ? [27, 100] : [])
    }
}
