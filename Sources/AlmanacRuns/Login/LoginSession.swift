package import AlmanacRunProtocol

/// What the session of a user begins with on this machine: the variables that PAM brings, and the account of a command whose
/// task names no user.
package struct LoginSession: Sendable {
    /// The daemon's own account.
    package var userID: UInt32?
    package var userName: String
    package var home: String
    private let files: LoginEnvironment?

    /// - Parameter files: where the variables come from; nil for none.
    package init(
        userID: UInt32? = nil,
        userName: String = "root",
        home: String = "/root",
        files: LoginEnvironment? = nil
    ) {
        self.userID = userID
        self.userName = userName
        self.home = home
        self.files = files
    }

    /// The variables, as the files have them now.
    package func variables() -> [String: ByteString] { files?.variables() ?? [:] }
}
