import CLinux
import Glibc

extension PeerCredentials {
    /// Asks the kernel who is at the other end of a Unix socket; nil where it does not tell.
    init?(of descriptor: Int32) {
        var credentials = clinux_ucred()
        guard unsafe clinux_peer_credentials(descriptor, &credentials) == 0 else { return nil }
        self.init(
            processID: credentials.pid,
            userID: credentials.uid,
            groupID: credentials.gid,
            supplementaryGroupIDs: Self.groups(of: descriptor)
        )
    }

    private static func groups(of descriptor: Int32) -> [UInt32] {
        var count: UInt32 = 64
        while true {
            var groups = [gid_t](repeating: 0, count: Int(count))
            let result = unsafe clinux_peer_groups(descriptor, &groups, &count)
            if result == 0 { return Array(groups.prefix(Int(count))) }
            // The kernel has said how many there are.
            guard errno == ERANGE, count > groups.count else { return [] }
        }
    }
}
