import Glibc

/// The accounts of this machine, whatever nsswitch.conf(5) says they come from; a lookup may wait for a network.
package struct SystemAccounts: AccountDatabase {
    package init() {}

    package func account(named name: String) throws(AccountLookupFailure) -> Account? {
        try unsafe account { unsafe getpwnam_r(name, $0, $1, $2, $3) }
    }

    package func account(withID id: UInt32) throws(AccountLookupFailure) -> Account? {
        try unsafe account { unsafe getpwuid_r(id, $0, $1, $2, $3) }
    }

    package func groupID(named name: String) throws(AccountLookupFailure) -> UInt32? {
        var entry = unsafe group()
        return try unsafe Self.lookUp { (buffer, count) -> (Int32, UInt32?) in
            var found: UnsafeMutablePointer<group>?
            let code = unsafe getgrnam_r(name, &entry, buffer, count, &found)
            return unsafe (code, found?.pointee.gr_gid)
        }
    }

    package func groupIDs(ofUser name: String, with groupID: UInt32) throws(AccountLookupFailure) -> [UInt32] {
        var groups = [gid_t](repeating: 0, count: 64)
        while true {
            var count = Int32(groups.count)
            if unsafe getgrouplist(name, groupID, &groups, &count) >= 0 { return Array(groups[..<Int(count)]) }
            // It says how many there are.
            guard Int(count) > groups.count, count <= 1 << 16 else { throw AccountLookupFailure(errno: E2BIG) }
            groups = [gid_t](repeating: 0, count: Int(count))
        }
    }

    private typealias AccountLookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private func account(_ lookup: AccountLookup) throws(AccountLookupFailure) -> Account? {
        var entry = unsafe passwd()
        return try unsafe Self.lookUp { (buffer, count) -> (Int32, Account?) in
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe lookup(&entry, buffer, count, &found)
            guard let found = unsafe found else { return (code, nil) }
            let account = unsafe Account(
                name: String(cString: found.pointee.pw_name),
                userID: found.pointee.pw_uid,
                groupID: found.pointee.pw_gid,
                home: String(cString: found.pointee.pw_dir)
            )
            return (code, account)
        }
    }

    /// Calls a lookup with a buffer that is large enough for its answer.
    private static func lookUp<Answer>(
        _ body: (UnsafeMutablePointer<CChar>, Int) -> (code: Int32, answer: Answer?)
    ) throws(AccountLookupFailure) -> Answer? {
        var size = 1024
        while true {
            let (code, answer) = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
                guard let base = buffer.baseAddress else { preconditionFailure("an empty buffer") }
                return unsafe body(base, buffer.count)
            }
            switch code {
            // Some services say "no such entry" by an error, getpwnam_r(3).
            case 0, ENOENT, ESRCH, EBADF, EPERM: return answer
            case EINTR: continue
            case ERANGE where size < 1 << 20: size *= 2
            default: throw AccountLookupFailure(errno: code)
            }
        }
    }
}
