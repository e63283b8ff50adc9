package import AlmanacModel

/// Who may call.
package struct AccessSettings: Sendable {
    package enum TCPPolicy: Sendable, Hashable {
        /// Callers show credentials.
        case credentials
        /// `auth = "none"`: everybody may who can reach a loopback address; other addresses stay shut.
        case openOnLoopback
    }

    package var tcp: TCPPolicy
    /// The user that the daemon runs as, who may call over the Unix socket beside root.
    package var daemonUserID: UInt32
    /// The group whose members may call over the Unix socket too.
    package var socketGroupID: UInt32?
    /// Names, in lower case, that the Host header may have on TCP beside the listener's own.
    package var hostNames: Set<String>
    /// Where proxies are, whose word on whom they speak for is taken.
    package var trustedProxies: [IPNetwork]

    package init(
        tcp: TCPPolicy,
        daemonUserID: UInt32,
        socketGroupID: UInt32? = nil,
        hostNames: Set<String> = [],
        trustedProxies: [IPNetwork] = []
    ) {
        self.tcp = tcp
        self.daemonUserID = daemonUserID
        self.socketGroupID = socketGroupID
        self.hostNames = hostNames
        self.trustedProxies = trustedProxies
    }

    /// Whether a process at the other end of the Unix socket may call.
    func knows(_ peer: PeerCredentials) -> Bool {
        if peer.userID == 0 || peer.userID == daemonUserID { return true }
        guard let socketGroupID else { return false }
        return peer.groupID == socketGroupID || peer.supplementaryGroupIDs.contains(socketGroupID)
    }
}
