/// A hash of texts that is the same in every process and every version: Swift's own differs from run to run.
///
/// FNV-1a, 64 bits, with MurmurHash3's finalizer, since FNV-1a alone leaves the high bits of short texts alike. It
/// withstands accidents, not attackers.
package struct StableHash: Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Hashes texts with a NUL between each two: where one ends and the next begins counts.
    package init(_ texts: String...) {
        for (index, text) in texts.enumerated() {
            if index > 0 { add(0) }
            for byte in text.utf8 { add(byte) }
        }
    }

    package var value: UInt64 {
        var hash = state
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash >> 33)
    }

    private mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
    }
}
