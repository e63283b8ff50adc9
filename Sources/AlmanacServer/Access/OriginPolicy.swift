import HTTPTypes

/// Refuses changes that a web page of another site asks for.
///
/// Every browser names the page's origin with a request that changes something; programs that are no browsers don't.
struct OriginPolicy: Sendable {
    func check(_ request: HTTPRequest) throws(ProblemError) {
        switch request.method {
        case .get, .head, .options, .trace: return
        default: break
        }
        let refusal = ProblemError.forbidden("A page of another site may not change anything here.")
        let origins = request.headerFields[values: .origin]
        guard origins.count <= 1 else { throw refusal }
        if let origin = origins.first {
            guard isOwn(origin, host: request.authority) else { throw refusal }
        } else if let site = request.headerFields[.fetchSite], site != "same-origin", site != "none" {
            throw refusal
        }
    }

    private func isOwn(_ origin: String, host: String?) -> Bool {
        guard let host = host.flatMap({ Authority($0) }) else { return false }
        for (scheme, defaultPort) in [("http://", 80), ("https://", 443)] as [(String, UInt16)]
        where origin.lowercased().hasPrefix(scheme) {
            guard let authority = Authority(origin.dropFirst(scheme.count)) else { return false }
            return authority.host == host.host && authority.port ?? defaultPort == host.port ?? defaultPort
        }
        return false
    }
}

extension HTTPField.Name {
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
