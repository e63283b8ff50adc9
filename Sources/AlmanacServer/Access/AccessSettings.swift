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
    /// Names, in lower case, that the Host header may have on TCP beside the listener's own.
    package var hostNames: Set<String>

    package init(tcp: TCPPolicy, daemonUserID: UInt32, hostNames: Set<String> = []) {
        self.tcp = tcp
        self.daemonUserID = daemonUserID
        self.hostNames = hostNames
    }
}
