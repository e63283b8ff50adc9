/// The URL of a daemon: `https://host:9477`, perhaps with a path where a proxy has the API below one.
struct ServerURL: Equatable, Sendable, CustomStringConvertible {
    let isSecure: Bool

    /// A name or an address; IPv6 without its brackets.
    let host: String

    /// 1 to 65535; nil for the scheme's own.
    let port: Int?

    /// What comes before `/api`: empty, or beginning and not ending with a slash.
    let path: String

    /// Why a text is no URL of a daemon.
    struct Fault: Error, Equatable {
        let message: String
    }

    init(_ text: String) throws(Fault) {
        let lowercased = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lowercased.hasPrefix) else {
            throw Fault(message: "\(text.debugDescription) is no URL; expected https://HOST:PORT or http://HOST:PORT")
        }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@") else {
            // What stands before it may be a password: it is not repeated.
            throw Fault(message: "a URL with a user or a password in it is not taken; a token comes from --token-file")
        }
        guard !rest[end...].contains(where: { "?#".contains($0) }), Self.isPlain(rest[end...]) else {
            throw Fault(message: "\(text.debugDescription) has more than a host, a port and a path")
        }
        guard let (host, port) = Self.split(authority), Self.isHost(host) else {
            throw Fault(message: "\(text.debugDescription) names no host, or a wrong port; expected https://HOST:PORT")
        }
        isSecure = scheme == "https://"
        self.host = host
        self.port = port
        var path = rest[end...]
        while path.hasSuffix("/") { path.removeLast() }
        self.path = String(path)
    }

    /// The host in the form that a URL has it, and the port if one is given.
    var authority: String {
        (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }

    /// The port that is connected to.
    var effectivePort: Int { port ?? (isSecure ? 443 : 80) }

    /// As it was given, but for a slash at the end.
    var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }

    var isLoopback: Bool {
        host.lowercased() == "localhost" || host == "::1" || (isIPv4 && host.hasPrefix("127."))
    }

    /// Whether the host is an address, which no certificate's name is compared with.
    var isNumeric: Bool { isIPv4 || host.contains(":") }

    private var isIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Int?
        let searched = authority.lastIndex(of: "]").map { authority[$0...] } ?? authority
        if let colon = searched.lastIndex(of: ":") {
            let digits = authority[authority.index(after: colon)...]
            guard let number = UInt16(digits), number > 0, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                return nil
            }
            port = Int(number)
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        return (String(host), port)
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }

    /// Whether a text can stand in a URL as it is.
    private static func isPlain(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
    }
}
