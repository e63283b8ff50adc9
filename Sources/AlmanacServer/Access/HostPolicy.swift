import HTTPTypes

/// Refuses requests that were meant for another name: a web page whose own name was made to lead here (DNS rebinding).
struct HostPolicy: Sendable {
    /// Names that TCP listeners have beside their own, in lower case.
    var hostNames: Set<String>

    /// The first Host header of a request is its authority; any other stays a field.
    private static let hostField = HTTPField.Name("Host")!

    /// Judges the host that a request was sent to.
    ///
    /// RFC 9112 3.2: a missing one and two of them are 400. On TCP, one that is neither this listener nor `localhost` on
    /// a loopback address is 421; a port must be the listener's. A Unix socket has no name, so that any will do there. A proxy
    /// that is trusted has ports of its own.
    func check(
        _ request: HTTPRequest,
        from client: RequestOrigin,
        at endpoint: ClientConnection.Endpoint
    ) throws(ProblemError) {
        guard request.authority != nil, let host = client.authority else {
            throw ProblemError(.badRequest, "The request has no Host header.")
        }
        guard request.headerFields[values: Self.hostField].isEmpty else {
            throw ProblemError(.badRequest, "The request has more than one Host header.")
        }
        guard case .tcp(let listener, let port) = endpoint else {
            guard host.isEmpty || Authority(host) != nil else {
                throw ProblemError(.badRequest, "The Host header is not a host.")
            }
            return
        }
        guard let authority = Authority(host) else {
            throw ProblemError(.badRequest, "The Host header is not a host.")
        }
        guard isOurs(authority, listener, port, isForwarded: client.isForwarded) else {
            throw ProblemError(.misdirectedRequest, "The request is for another host.")
        }
    }

    private func isOurs(_ authority: Authority, _ listener: IPAddress, _ port: UInt16, isForwarded: Bool) -> Bool {
        guard isForwarded || authority.port == nil || authority.port == port else { return false }
        // A literal address cannot be made to lead elsewhere.
        if let address = authority.address {
            return isForwarded || address == listener || listener.isUnspecified || hostNames.contains(authority.host)
                || (listener.isLoopback && address.isLoopback)
        }
        let isReachedLocally = listener.isLoopback || listener.isUnspecified
        return (isReachedLocally && authority.host == "localhost") || hostNames.contains(authority.host)
    }
}
