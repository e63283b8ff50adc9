import AlmanacModel
import Glibc

/// Finds out what user and groups a command is to take, each of them once while a configuration is loaded.
final class IdentityLookup {
    struct Fault: Error, Equatable {
        let message: String
    }

    private let host: ConfigurationHost
    private var known: [String: Result<CommandSettings.Identity?, Fault>] = [:]

    init(host: ConfigurationHost) {
        self.host = host
    }

    /// The identity that `USER` or `USER:GROUP` stands for.
    ///
    /// - Returns: nil for the one that the daemon itself has, and can keep without being root.
    func identity(for text: String) throws(Fault) -> CommandSettings.Identity? {
        if let known = known[text] { return try known.get() }
        let result = Result<CommandSettings.Identity?, Fault> { () throws(Fault) in try lookUp(text) }
        known[text] = result
        return try result.get()
    }

    /// The home folder of the daemon's own user; nil where nobody knows it.
    var ownHome: String? { (try? host.accounts.account(withID: host.userID))?.home }

    private func lookUp(_ text: String) throws(Fault) -> CommandSettings.Identity? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let user = parts.first else { return nil }
        let account = try account(of: user)
        let userID = account?.userID ?? Self.number(user)
        guard let userID else { throw Fault(message: "there is no user \(Quotation(user))") }
        let groupID = parts.count == 2 ? try self.groupID(of: parts[1]) : account?.groupID ?? userID

        guard host.userID == 0 else {
            let isOwn = userID == host.userID && (parts.count == 1 || groupID == host.groupID)
            if isOwn { return nil }
            let own = (try? host.accounts.account(withID: host.userID))?.name ?? String(host.userID)
            throw Fault(
                message: "only root may run commands as another user or group, and the daemon runs as "
                    + "\(Quotation(own)); remove the key, or run the daemon as root"
            )
        }
        return CommandSettings.Identity(
            text: text,
            userName: account?.name ?? user,
            userID: userID,
            groupID: groupID,
            supplementaryGroupIDs: try account.map { account throws(Fault) in
                try groupIDs(of: account.name, with: groupID)
            } ?? [groupID],
            home: account?.home ?? "/"
        )
    }

    /// The account of a name or, where there is none of that name, of a number.
    private func account(of user: String) throws(Fault) -> Account? {
        do throws(AccountLookupFailure) {
            if let account = try host.accounts.account(named: user) { return account }
            return try Self.number(user).flatMap { id throws(AccountLookupFailure) in
                try host.accounts.account(withID: id)
            }
        } catch {
            throw Fault("cannot look up user \(Quotation(user))", error)
        }
    }

    /// The number of a group, by its name or by the number itself.
    func groupID(of group: String) throws(Fault) -> UInt32 {
        do throws(AccountLookupFailure) {
            if let id = try host.accounts.groupID(named: group) ?? Self.number(group) { return id }
        } catch {
            throw Fault("cannot look up group \(Quotation(group))", error)
        }
        throw Fault(message: "there is no group \(Quotation(group))")
    }

    private func groupIDs(of user: String, with groupID: UInt32) throws(Fault) -> [UInt32] {
        do throws(AccountLookupFailure) {
            return try host.accounts.groupIDs(ofUser: user, with: groupID)
        } catch {
            throw Fault("cannot look up the groups of user \(Quotation(user))", error)
        }
    }

    /// The number of a user or a group; nil for a name, and for the one that stands for "none" in chown(2).
    private static func number(_ text: String) -> UInt32? {
        guard text.utf8.allSatisfy(TOMLScalar.isDigit), let number = UInt32(text), number < .max else { return nil }
        return number
    }
}

extension IdentityLookup.Fault {
    fileprivate init(_ attempt: String, _ failure: AccountLookupFailure) {
        self.init(message: "\(attempt): \(unsafe String(cString: strerror(failure.errno)))")
    }
}
