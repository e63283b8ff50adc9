import AlmanacConfig
import AlmanacRuns
import Glibc

extension LoginSession {
    /// The daemon's own account, and this machine's files.
    static func ofDaemon() -> LoginSession {
        let userID = geteuid()
        let account = try? SystemAccounts().account(withID: userID)
        return LoginSession(
            userID: userID,
            userName: account?.name ?? "\(userID)",
            home: account?.home ?? "/",
            files: LoginEnvironment()
        )
    }
}
