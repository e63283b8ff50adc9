/// Writes what `DigitScanner` reads: decimal digits, and what stands between them.
package struct DigitWriter {
    private var bytes: [UInt8] = []

    package init() {
        // A point in time with nanoseconds has 30.
        bytes.reserveCapacity(32)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes a number, with leading zeros up to the width.
    package mutating func write(_ number: UInt, width: Int) {
        if number >= 10 || width > 1 { write(number / 10, width: width - 1) }
        bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    package mutating func write(_ text: StaticString) {
        text.withUTF8Buffer { text in unsafe bytes.append(contentsOf: text) }
    }
}
