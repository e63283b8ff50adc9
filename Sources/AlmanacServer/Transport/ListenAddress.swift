/// An address that the daemon serves its API on.
///
/// ```
/// try ListenAddress(parsing: "127.0.0.1:9477")
/// try ListenAddress(parsing: "[::1]:9477")
/// try ListenAddress(parsing: "unix:/run/almanac/almanac.sock")
/// ```
package enum ListenAddress: Hashable, Sendable {
    /// A TCP port; 0 lets the kernel choose one.
    case tcp(host: IPAddress, port: UInt16)
    /// A Unix socket's path.
    case unix(path: String)

    /// What an `ADDRESS` on the command line may look like, for messages.
    package static let expectation = "expected IP:PORT, [IPV6]:PORT or unix:PATH"

    /// Reads `IP:PORT`, `[IPV6]:PORT`, `localhost:PORT` (which is 127.0.0.1) or `unix:PATH`.
    package init(parsing text: String) throws(ListenAddressError) {
        func invalid(_ reason: String) -> ListenAddressError { ListenAddressError(text: text, reason: reason) }
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard !path.isEmpty else { throw invalid("it names no path after unix:") }
            guard !path.utf8.contains(0) else { throw invalid("its path contains a NUL character") }
            guard path.utf8.count <= Self.maximumPathLength else {
                throw invalid("its path is longer than the \(Self.maximumPathLength) bytes that a Unix socket can have")
            }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { throw invalid(Self.expectation) }
        let portText = text[text.index(after: colon)...]
        guard let port = Self.port(portText) else {
            throw invalid("\"\(portText)\" is not a port; expected a number from 0 to 65535")
        }
        let hostText = text[..<colon]
        let host: IPAddress?
        if hostText.hasPrefix("["), hostText.hasSuffix("]") {
            let address = IPAddress(String(hostText.dropFirst().dropLast()))
            host = address?.isVersion6 == true ? address : nil
        } else if hostText.contains(":") {
            throw invalid("an IP version 6 address stands in brackets, as in [::1]:9477")
        } else {
            host = hostText == "localhost" ? .loopback : IPAddress(String(hostText))
        }
        guard let host else {
            throw invalid("\"\(hostText)\" is not an IP address; \(Self.expectation)")
        }
        self = .tcp(host: host, port: port)
    }

    /// Whether only this machine can reach it.
    package var isLocal: Bool {
        switch self {
        case .tcp(let host, _): host.isLoopback
        case .unix: true
        }
    }

    package var isUnix: Bool {
        if case .unix = self { true } else { false }
    }

    /// What sockaddr_un of unix(7) has room for, its closing NUL apart.
    static let maximumPathLength = 107

    private static func port(_ text: Substring) -> UInt16? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(text) : nil
    }
}

extension ListenAddress: CustomStringConvertible {
    /// The address as `init(parsing:)` reads it.
    package var description: String {
        switch self {
        case .tcp(let host, let port): host.isVersion6 ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

/// Text that is no `ListenAddress`.
package struct ListenAddressError: Error, Equatable, CustomStringConvertible {
    package let text: String
    package let reason: String

    package var description: String { "\"\(text)\" is not an address to listen on: \(reason)" }
}
