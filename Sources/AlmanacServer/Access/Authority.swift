/// A host and a port, as they stand in a Host header or an Origin: RFC 3986 3.2, without user information.
struct Authority: Hashable, Sendable {
    /// In lower case; an IP version 6 address without its brackets.
    let host: String
    /// The literal address, where the host is one.
    let address: IPAddress?
    let port: UInt16?

    init?(_ text: some StringProtocol) {
        var hostText = text[...]
        var port: UInt16?
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            let portText = text[text.index(after: colon)...]
            guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            if !portText.isEmpty {
                guard let number = UInt16(portText) else { return nil }
                port = number
            }
            hostText = text[..<colon]
        }
        if hostText.hasPrefix("["), hostText.hasSuffix("]") {
            guard let address = IPAddress(String(hostText.dropFirst().dropLast())), address.isVersion6 else {
                return nil
            }
            self.host = address.description
            self.address = address
        } else {
            guard !hostText.isEmpty, hostText.utf8.count <= 255, hostText.utf8.allSatisfy(Self.isNameByte) else {
                return nil
            }
            self.host = hostText.lowercased()
            self.address = IPAddress(String(hostText))
        }
        self.port = port
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
