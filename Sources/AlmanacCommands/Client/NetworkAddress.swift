import NIOSSL

/// Where a daemon is, and what a client shows there.
enum DaemonAddress: Sendable {
    /// The path of its Unix socket.
    case socket(String)
    case network(NetworkAddress)

    /// The socket's path or the URL.
    var name: String {
        switch self {
        case .socket(let path): path
        case .network(let address): address.url.description
        }
    }
}

/// A daemon on the network: its URL, the caller's token, and whom the caller trusts to name servers.
struct NetworkAddress: Sendable {
    let url: ServerURL
    /// Shown with each request; nil for a daemon that asks for none.
    let token: BearerToken?
    /// Trusted beside the system's own.
    let authorities: [NIOSSLCertificate]

    init(url: ServerURL, token: BearerToken? = nil, authorities: [NIOSSLCertificate] = []) {
        self.url = url
        self.token = token
        self.authorities = authorities
    }

    var tls: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if !authorities.isEmpty { configuration.additionalTrustRoots = [.certificates(authorities)] }
        return configuration
    }

    /// The warning of a token that everybody on the way can read; nil where nobody can.
    var warning: String? {
        guard token != nil, !url.isSecure, !url.isLoopback else { return nil }
        return
            "warning: the token goes to \(url.host) unencrypted, and who reads it on the way can use it: use https://"
    }

    /// Reads certificates of authorities, PEM.
    static func authorities(in path: String) throws(CommandFailure) -> [NIOSSLCertificate] {
        guard let text = try LocalFile.read(path) else {
            throw CommandFailure("there is no file \(path) with the certificate of an authority")
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(Array(text.utf8)), !certificates.isEmpty else {
            throw CommandFailure(
                "\(path) holds no certificate: an authority's is wanted, as PEM (-----BEGIN CERTIFICATE-----)"
            )
        }
        return certificates
    }
}
