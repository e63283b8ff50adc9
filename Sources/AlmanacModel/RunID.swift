/// The name of a run: a ULID, 26 characters of Crockford's base 32 that sort by the time of their making.
///
/// Source: github.com/ulid/spec. Lower-case letters are taken and stored as upper-case ones.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    /// Reads a ULID; nil for any text that is not one.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 26 else { return nil }
        self.init(bytes: Array(text.utf8))
    }

    /// The same of 26 bytes. It is no generic function, which would be slow, as every row that is read comes through here.
    private init?(bytes: [UInt8]) {
        guard (0x30...0x37).contains(bytes[0]) else { return nil }
        let upper = bytes.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        guard upper.allSatisfy(Self.isInAlphabet) else { return nil }
        description = String(decoding: upper, as: UTF8.self)
    }

    /// A ULID of its two parts.
    ///
    /// - Parameters:
    ///   - milliseconds: since 1970; only the low 48 bits count.
    ///   - high: the high 16 bits of the 80 random ones.
    ///   - low: the low 64 bits.
    init(milliseconds: UInt64, high: UInt16, low: UInt64) {
        let random = UInt128(high) << 64 | UInt128(low)
        let value = UInt128(milliseconds & 0xFFFF_FFFF_FFFF) << 80 | random
        description = String(
            decoding: (0..<26).map { Self.alphabet[Int(truncatingIfNeeded: value >> UInt128(125 - 5 * $0)) & 31] },
            as: UTF8.self
        )
    }

    package static func < (left: RunID, right: RunID) -> Bool {
        left.description < right.description
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static func isInAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x48, 0x4A, 0x4B, 0x4D, 0x4E, 0x50...0x54, 0x56...0x5A: true
        default: false
        }
    }
}

/// Makes run ids that never repeat and never sort before an earlier one, a clock that steps back included.
package struct RunIDSequence: Sendable {
    private var milliseconds: UInt64 = 0
    private var high: UInt16 = 0
    private var low: UInt64 = 0

    /// - Parameter last: the newest id there is, so that a restart with an earlier clock keeps the order.
    package init(after last: RunID? = nil) {
        guard let last else { return }
        var value: UInt128 = 0
        for character in last.description.utf8 {
            value = value << 5 | UInt128(Self.value(of: character))
        }
        milliseconds = UInt64(truncatingIfNeeded: value >> 80)
        high = UInt16(truncatingIfNeeded: value >> 64)
        low = UInt64(truncatingIfNeeded: value)
    }

    /// The next id, for a run made at the given time.
    package mutating func next(at now: PreciseTimestamp) -> RunID {
        let current = UInt64(max(0, now.millisecondsSinceEpoch))
        if current > milliseconds {
            milliseconds = current
            // The top bit stays clear, so that counting up within a millisecond has room.
            high = UInt16.random(in: 0...0x7FFF)
            low = UInt64.random(in: .min ... .max)
        } else {
            let (next, carry) = low.addingReportingOverflow(1)
            low = next
            if carry { high &+= 1 }
            if carry && high == 0 { milliseconds += 1 }
        }
        return RunID(milliseconds: milliseconds, high: high, low: low)
    }

    private static func value(of character: UInt8) -> UInt8 {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x48: character - 0x41 + 10
        case 0x4A, 0x4B: character - 0x4A + 18
        case 0x4D, 0x4E: character - 0x4D + 20
        case 0x50...0x54: character - 0x50 + 22
        default: character - 0x56 + 27
        }
    }
}
