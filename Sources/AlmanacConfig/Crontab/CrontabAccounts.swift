import AlmanacModel
import Glibc

/// Finds the users of crontab lines, each of them once; cron knows them by their names alone.
final class CrontabAccounts {
    /// A user, and what its commands are to be given of it.
    struct User {
        let account: Account
        /// Nil for the daemon's own user, whose identity it has already and can keep without being root.
        let identity: CommandSettings.Identity?
    }

    private let host: ConfigurationHost
    private var known: [String: Result<User, CrontabFault>] = [:]

    init(host: ConfigurationHost) {
        self.host = host
    }

    func user(named name: String) throws(CrontabFault) -> User {
        if let known = known[name] { return try known.get() }
        let result = Result<User, CrontabFault> { () throws(CrontabFault) in try lookUp(name) }
        known[name] = result
        return try result.get()
    }

    private func lookUp(_ name: String) throws(CrontabFault) -> User {
        let account: Account?
        let groups: [UInt32]
        do throws(AccountLookupFailure) {
            account = try host.accounts.account(named: name)
            groups =
                try account.map { account throws(AccountLookupFailure) in
                    try host.accounts.groupIDs(ofUser: account.name, with: account.groupID)
                } ?? []
        } catch {
            throw CrontabFault(error.message(ofUser: name))
        }
        guard let account else {
            throw CrontabFault("there is no user \(Quotation(name)); correct the line, or add the user")
        }
        guard host.userID == 0 else {
            if account.userID == host.userID { return User(account: account, identity: nil) }
            let own = (try? host.accounts.account(withID: host.userID))?.name ?? String(host.userID)
            throw CrontabFault(
                "only root may run commands as another user, here \(Quotation(name)), and the daemon runs as "
                    + "\(Quotation(own)); run the daemon as root"
            )
        }
        let identity = CommandSettings.Identity(
            text: name,
            userName: account.name,
            userID: account.userID,
            groupID: account.groupID,
            supplementaryGroupIDs: groups,
            home: account.home
        )
        return User(account: account, identity: identity)
    }
}

extension AccountLookupFailure {
    func message(ofUser name: String) -> String {
        "cannot look up user \(Quotation(name)): \(unsafe String(cString: strerror(errno)))"
    }
}
