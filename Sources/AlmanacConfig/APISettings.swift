package import AlmanacModel

/// The table `[api]`.
package struct APISettings: Hashable, Sendable {
    /// What a caller over TCP has to show, the key `auth`.
    package enum Authentication: String, Sendable, CaseIterable {
        /// Nothing; for loopback addresses only.
        case none
        /// A token or a session.
        case required
    }

    /// Where a certificate is, and the key that fits it; absolute paths.
    package struct TLSFiles: Hashable, Sendable {
        package var certificate: String
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    package var auth: Authentication
    /// The group whose members may use the Unix socket, the key `socket_group`; nil for none.
    package var socketGroupID: UInt32?
    /// The keys `tls_cert` and `tls_key`; nil for no encryption.
    package var tls: TLSFiles?
    /// Where proxies are that may say whom they speak for, the key `trusted_proxies`.
    package var trustedProxies: [IPNetwork]
    /// The names that the daemon has on the network, in lower case; the key `hosts`.
    package var hosts: [String]

    package init(
        auth: Authentication = .required,
        socketGroupID: UInt32? = nil,
        tls: TLSFiles? = nil,
        trustedProxies: [IPNetwork] = [],
        hosts: [String] = []
    ) {
        self.auth = auth
        self.socketGroupID = socketGroupID
        self.tls = tls
        self.trustedProxies = trustedProxies
        self.hosts = hosts
    }
}
