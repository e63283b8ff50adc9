import HTTPTypes

/// Refuses changes that a web page of another site asks for.
///
/// Every browser names the page's origin with a request that changes something; programs that are no browsers don't.
struct OriginPolicy: Sendable {
    func check(_ request: HTTPRequest, from client: RequestOrigin) throws(ProblemError) {
        switch request.method {
        case .get, .head, .options, .trace: return
        default: break
        }
        let refusal = ProblemError.forbidden("A page of another site may not change anything here.")
        let origins = request.headerFields[values: .origin]
        guard origins.count <= 1 else { throw refusal }
        if let origin = origins.first {
            guard isOwn(origin, client) else { throw refusal }
        } else if let site = request.headerFields[.fetchSite], site != "same-origin", site != "none" {
            throw refusal
        }
    }

    /// Whether a page is one of this server's own: of the same scheme, host and port as the request.
    private func isOwn(_ origin: String, _ client: RequestOrigin) -> Bool {
        guard let host = client.authority.flatMap({ Authority($0) }) else { return false }
        let prefix = "\(client.scheme)://"
        guard origin.lowercased().hasPrefix(prefix), let authority = Authority(origin.dropFirst(prefix.count)) else {
            return false
        }
        let defaultPort: UInt16 = client.isEncrypted ? 443 : 80
        return authority.host == host.host && authority.port ?? defaultPort == host.port ?? defaultPort
    }
}

extension HTTPField.Name {
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
