import Crypto
import HTTPTypes

/// A token as its holder has it: `almanac_` and 43 characters that stand for 256 random bits.
struct BearerToken: Sendable {
    let text: String

    /// Tells what it is to whoever finds it, in a log or in a repository.
    static let prefix = "almanac_"

    /// Makes one of the system's random bits.
    static func random() -> BearerToken {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return BearerToken(text: prefix + Base64URL.encode(bytes))
    }

    private init(text: String) {
        self.text = text
    }

    /// Reads the credentials of a request: RFC 6750 2.1, with the scheme in any case.
    ///
    /// - Returns: nil where there are none.
    /// - Throws: where they are of another kind, or there are two.
    init?(_ headers: HTTPFields) throws(Malformed) {
        let fields = headers[values: .authorization]
        guard let field = fields.first else { return nil }
        guard fields.count == 1 else { throw Malformed() }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Malformed() }
        let token = parts[1].drop { $0 == " " }
        let characters = token.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        guard !characters.isEmpty, characters.allSatisfy(Self.isTokenByte) else { throw Malformed() }
        text = String(token)
    }

    /// Credentials that are no token.
    struct Malformed: Error {}

    /// The SHA-256 of it.
    var hash: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2B, 0x2F: true
        default: false
        }
    }
}

/// RFC 4648 5, without padding.
private enum Base64URL {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(pending >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { text.append(digits[Int(pending << UInt32(6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
