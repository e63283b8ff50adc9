import AlmanacModel
import HTTPTypes

/// Where a request comes from and what it was sent to, as its client sees it: through the proxies that are trusted.
struct RequestOrigin: Sendable, Hashable {
    /// The client's address; nil over a Unix socket, and where there is none.
    var address: IPAddress?
    /// Whether the client has sent it over TLS.
    var isEncrypted: Bool
    /// What the client has put into its Host header.
    var authority: String?
    /// Whether a trusted proxy has passed it on.
    var isForwarded = false

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    private static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    private static let forwardedHost = HTTPField.Name("X-Forwarded-Host")!

    /// - Parameter proxies: whose X-Forwarded-For, -Proto and -Host are heeded; those of anybody else are what anybody can write.
    init(of request: HTTPRequest, on connection: ClientConnection, trusting proxies: [IPNetwork]) {
        address = connection.peer
        isEncrypted = connection.isEncrypted
        authority = request.authority
        guard let peer = connection.peer, Self.trusts(peer, proxies) else { return }
        isForwarded = true
        // The rightmost address that is no proxy's: those to its left are the client's own word.
        for text in Self.elements(of: Self.forwardedFor, in: request).reversed() {
            guard let current = address, Self.trusts(current, proxies) else { break }
            guard let next = Self.address(text) else { break }
            address = next
        }
        switch Self.elements(of: Self.forwardedProto, in: request).last?.lowercased() {
        case "https": isEncrypted = true
        case "http": isEncrypted = false
        default: break
        }
        if let host = Self.elements(of: Self.forwardedHost, in: request).last, !host.isEmpty {
            authority = String(host)
        }
    }

    /// Whether the client is on this machine, as far as anybody knows.
    var isLocal: Bool { address?.isLoopback ?? true }

    /// For the audit and the log.
    var text: String { address?.description ?? "unknown" }

    /// `http` or `https`.
    var scheme: String { isEncrypted ? "https" : "http" }

    private static func trusts(_ address: IPAddress, _ proxies: [IPNetwork]) -> Bool {
        proxies.contains { $0.contains(address.bytes) }
    }

    /// The elements of a list that may stand in several fields: RFC 9110 5.3.
    private static func elements(of name: HTTPField.Name, in request: HTTPRequest) -> [Substring] {
        request.headerFields[values: name].joined(separator: ",")
            .split(separator: ",", omittingEmptySubsequences: false)
            .map { element in
                var element = element.drop { $0 == " " || $0 == "\t" }
                while let last = element.last, last == " " || last == "\t" { element.removeLast() }
                return element
            }
    }

    /// `192.0.2.1`, `192.0.2.1:1234`, `2001:db8::1` or `[2001:db8::1]:1234`.
    private static func address(_ text: Substring) -> IPAddress? {
        if let address = IPAddress(String(text)) { return address }
        return Authority(text)?.address
    }
}
