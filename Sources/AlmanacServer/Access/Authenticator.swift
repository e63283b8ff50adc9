import HTTPTypes

/// Decides who a caller is, and whether they may come in at all.
struct Authenticator: Sendable {
    var settings: AccessSettings
    var tokens: TokenRegister
    var attempts: FailedAttempts

    /// - Throws: 403 for a Unix caller that is not known, 401 for a TCP caller without a token that is in force, 429 for one
    ///   of whom there were too many such attempts. None of it depends on what is asked for.
    func caller(
        of request: HTTPRequest,
        at endpoint: ClientConnection.Endpoint,
        from client: RequestOrigin
    ) throws(ProblemError) -> Caller {
        switch endpoint {
        case .unix(let peer):
            guard let peer, settings.knows(peer) else {
                attempts.tell(of: peer.map { "user \($0.userID), process \($0.processID)" } ?? "an unknown process")
                throw .forbidden("This user may not use the daemon's socket.")
            }
            return Caller(identity: .peer(peer), address: "unix")
        case .tcp(let listener, _):
            let token: BearerToken?
            do {
                token = try BearerToken(request.headerFields)
            } catch {
                throw refusal(of: client)
            }
            if let token {
                // A right token is never held up by the wrong ones of others behind the same address.
                guard let entry = tokens.entry(of: token) else { throw refusal(of: client) }
                attempts.succeed(from: client.address)
                return Caller(identity: .token(entry), address: client.text)
            }
            guard settings.tcp == .openOnLoopback, listener.isLoopback, client.isLocal else {
                throw .unauthorized(challenge: "Bearer")
            }
            return Caller(identity: .anonymous, address: client.text)
        }
    }

    private func refusal(of client: RequestOrigin) -> ProblemError {
        guard let wait = attempts.fail(from: client.address) else {
            return .unauthorized(challenge: "Bearer error=\"invalid_token\"")
        }
        return ProblemError(
            .tooManyRequests,
            "There were too many attempts with wrong credentials from this address.",
            headers: [.retryAfter: String(wait)]
        )
    }
}

extension ProblemError {
    /// What a stranger is told, whatever they have asked for.
    fileprivate static func unauthorized(challenge: String) -> ProblemError {
        ProblemError(
            .unauthorized,
            "This address takes requests with credentials only.",
            headers: [.wwwAuthenticate: challenge]
        )
    }
}
