import HTTPTypes

/// Somebody who has been let in.
struct Caller: Sendable, Hashable {
    enum Identity: Sendable, Hashable {
        /// Known by the kernel, over the Unix socket.
        case peer(PeerCredentials)
        /// Nobody in particular, over an open TCP port.
        case anonymous
    }

    var identity: Identity
}

/// Decides who a caller is, and whether they may come in at all.
struct Authenticator: Sendable {
    var settings: AccessSettings

    /// - Throws: 403 for a Unix caller that is not known, 401 for a TCP caller without credentials.
    func caller(at endpoint: ClientConnection.Endpoint) throws(ProblemError) -> Caller {
        switch endpoint {
        case .unix(let peer):
            guard let peer, peer.userID == 0 || peer.userID == settings.daemonUserID else {
                throw .forbidden("This user may not use the daemon's socket.")
            }
            return Caller(identity: .peer(peer))
        case .tcp(let listener, _):
            guard settings.tcp == .openOnLoopback, listener.isLoopback else {
                throw ProblemError(
                    .unauthorized,
                    "This address takes requests with credentials only.",
                    headers: [.wwwAuthenticate: "Bearer"]
                )
            }
            return Caller(identity: .anonymous)
        }
    }
}
