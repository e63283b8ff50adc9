/// What the machine knows of its users and groups.
package protocol AccountDatabase: Sendable {
    /// The account of that name; nil where there is none.
    func account(named name: String) throws(AccountLookupFailure) -> Account?

    func account(withID id: UInt32) throws(AccountLookupFailure) -> Account?

    /// The number of a group; nil where there is none of that name.
    func groupID(named name: String) throws(AccountLookupFailure) -> UInt32?

    /// All groups of a user, `groupID` among them.
    func groupIDs(ofUser name: String, with groupID: UInt32) throws(AccountLookupFailure) -> [UInt32]
}

/// A user of the machine, passwd(5).
package struct Account: Hashable, Sendable {
    package var name: String
    package var userID: UInt32
    package var groupID: UInt32
    package var home: String

    package init(name: String, userID: UInt32, groupID: UInt32, home: String) {
        self.name = name
        self.userID = userID
        self.groupID = groupID
        self.home = home
    }
}

/// A lookup that came to no answer.
package struct AccountLookupFailure: Error, Hashable, Sendable {
    package let errno: Int32

    package init(errno: Int32) {
        self.errno = errno
    }
}
