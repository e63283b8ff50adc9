import Glibc

/// Puts log lines into a buffer of fixed size, to be written with one call.
///
/// It allocates once, when it is made. All lines between two calls of `setTime` carry the same time.
@safe
package struct LogLineEncoder: ~Copyable {
    private let buffer: UnsafeMutableRawBufferPointer
    /// Time, space, stream, space, flag, space for the line at hand.
    private let header: UnsafeMutableRawBufferPointer

    /// The number of bytes that lie in the buffer.
    package private(set) var count = 0

    /// `capacity` in bytes; it must hold at least one line of `LogLine.textLimit`.
    package init(capacity: Int) {
        precondition(capacity > LogLine.headerLength + LogLine.textLimit, "the buffer is too small for one line")
        unsafe buffer = .allocate(byteCount: capacity, alignment: 16)
        unsafe header = .allocate(byteCount: LogLine.headerLength, alignment: 16)
        setTime(nanosecondsSinceEpoch: 0)
    }

    deinit {
        unsafe buffer.deallocate()
        unsafe header.deallocate()
    }

    /// The encoded bytes. Valid until the next change of the encoder.
    package var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

    /// Sets the time of the lines that follow, in nanoseconds since 1970 in UTC.
    package mutating func setTime(nanosecondsSinceEpoch: Int64) {
        unsafe UTCTimestamp.write(nanosecondsSinceEpoch: nanosecondsSinceEpoch, to: header)
    }

    /// The bytes that a line with that much text takes.
    package static func size(textCount: Int) -> Int {
        LogLine.headerLength + textCount + 1
    }

    /// Appends a line; false, and nothing is appended, where it finds no room.
    ///
    /// `text` must not hold a newline: a reader could not tell it from the line's end.
    package mutating func append(_ stream: LogStream, isComplete: Bool, text: UnsafeRawBufferPointer) -> Bool {
        let size = Self.size(textCount: text.count)
        guard unsafe size <= buffer.count - count else { return false }
        setHeader(stream, isComplete: isComplete)
        var target = unsafe buffer.baseAddress! + count
        unsafe memcpy(target, header.baseAddress!, LogLine.headerLength)
        unsafe target += LogLine.headerLength
        if let source = text.baseAddress {
            unsafe memcpy(target, source, text.count)
            unsafe target += text.count
        }
        unsafe target.storeBytes(of: UInt8(ascii: "\n"), as: UInt8.self)
        count += size
        return true
    }

    /// Takes the first `written` bytes out of the buffer, once they are in the file.
    package mutating func removeFirst(_ written: Int) {
        precondition(written <= count, "more bytes written than there are")
        if written < count {
            unsafe memmove(buffer.baseAddress!, buffer.baseAddress! + written, count - written)
        }
        count -= written
    }

    private mutating func setHeader(_ stream: LogStream, isComplete: Bool) {
        var offset = UTCTimestamp.length
        unsafe header[offset] = UInt8(ascii: " ")
        offset += 1
        for byte in stream.rawValue.utf8 {
            unsafe header[offset] = byte
            offset += 1
        }
        unsafe header[offset] = UInt8(ascii: " ")
        unsafe header[offset + 1] = UInt8(ascii: isComplete ? "F" : "P")
        unsafe header[offset + 2] = UInt8(ascii: " ")
    }
}
