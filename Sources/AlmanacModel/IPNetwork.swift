import Glibc

/// A network of IP addresses, version 4 or 6: `10.0.0.0/8`, or a single address.
package struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes in network order; those beyond the prefix are zero.
    package let bytes: [UInt8]
    /// How many bits an address has to share.
    package let prefix: Int

    /// Reads an address, or an address with the length of its prefix: RFC 4632 3.1.
    ///
    /// Nil for anything else, and for an address with bits beyond its prefix, which was meant to be something else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.address(String(parts[0])) else { return nil }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= prefix
            else { return nil }
            prefix = number
        }
        guard Self.masked(bytes, prefix) == bytes else { return nil }
        self.bytes = bytes
        self.prefix = prefix
    }

    /// Whether an address lies in it. A version 4 address that is written as one of version 6 counts as what it is.
    ///
    /// - Parameter address: 4 or 16 bytes in network order.
    package func contains(_ address: [UInt8]) -> Bool {
        let address = Self.unmapped(address)
        return address.count == bytes.count && Self.masked(address, prefix) == bytes
    }

    package var description: String {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = unsafe inet_ntop(family, bytes, &text, socklen_t(text.count))
        let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return prefix == bytes.count * 8 ? address : "\(address)/\(prefix)"
    }

    /// `::ffff:192.0.2.1` as `192.0.2.1`: RFC 4291 2.5.5.2.
    private static func unmapped(_ address: [UInt8]) -> [UInt8] {
        let isMapped =
            address.count == 16 && address[..<10].allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
        return isMapped ? Array(address[12...]) : address
    }

    private static func masked(_ bytes: [UInt8], _ prefix: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let bits = min(max(prefix - index * 8, 0), 8)
            return bits == 0 ? 0 : byte & (0xFF << UInt8(8 - bits))
        }
    }

    private static func address(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if unsafe inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
