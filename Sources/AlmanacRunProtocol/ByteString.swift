/// Bytes that are usually text but need not be: an argument, a variable, a path of Linux.
///
/// Equality and hashing go by the bytes. A string literal and `init(_:)` give its UTF-8.
package struct ByteString: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }

    /// Whether the bytes can be passed to the kernel as a C string: those with a NUL cannot.
    package var containsNUL: Bool { bytes.contains(0) }

    /// The bytes as text, with a replacement character for what is not UTF-8.
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
