import Glibc

/// A literal IP address, version 4 or 6, without a zone.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address's bytes in network order: 4 or 16.
    package let bytes: [UInt8]

    /// The address's usual text: dotted, or as RFC 5952 has it.
    package let description: String

    /// Reads what inet_pton(3) reads, and nothing else: no names, no short forms, no zones.
    package init?(_ text: String) {
        if let bytes = Self.parse(text, family: AF_INET, count: 4) ?? Self.parse(text, family: AF_INET6, count: 16) {
            self.init(bytes: bytes)
        } else {
            return nil
        }
    }

    /// - Parameter bytes: 4 or 16 of them; nil for any other count.
    init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let printed = unsafe inet_ntop(family, bytes, &text, socklen_t(text.count))
        guard unsafe printed != nil else { return nil }
        description = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package static let loopback = IPAddress("127.0.0.1")!

    package var isVersion6: Bool { bytes.count == 16 }

    /// Whether only this machine can use it: 127.0.0.0/8, ::1, and the former written as a version 6 address.
    package var isLoopback: Bool {
        if bytes.count == 4 { return bytes[0] == 127 }
        let isMappedVersion4 = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMappedVersion4 ? bytes[12] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// The version 4 address that a version 6 one stands for, RFC 4291 2.5.5.2; the address itself where it stands for none.
    var unmapped: IPAddress {
        guard bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF else {
            return self
        }
        return IPAddress(bytes: Array(bytes[12...])) ?? self
    }

    /// Whether it stands for every address of the machine: 0.0.0.0 or ::.
    package var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    private static func parse(_ text: String, family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}
