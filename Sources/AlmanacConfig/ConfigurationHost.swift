/// What a configuration is read against: the process and the machine that it is for.
package struct ConfigurationHost: Sendable {
    /// What `${NAME}` refers to.
    package var environment: [String: String]
    /// What the configuration's own path is relative to; absolute.
    package var currentFolder: String
    package var accounts: any AccountDatabase
    /// The daemon's.
    package var userID: UInt32
    package var groupID: UInt32

    package init(
        environment: [String: String],
        currentFolder: String,
        accounts: any AccountDatabase,
        userID: UInt32,
        groupID: UInt32
    ) {
        self.environment = environment
        self.currentFolder = currentFolder
        self.accounts = accounts
        self.userID = userID
        self.groupID = groupID
    }

    /// What `~` stands for: HOME, else the home of the daemon's account; nil where neither is known.
    var home: String? {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        return (try? accounts.account(withID: userID))?.home
    }
}
