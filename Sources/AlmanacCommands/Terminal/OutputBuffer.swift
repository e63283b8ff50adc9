import Glibc

/// Bytes on their way to a file descriptor, handed over in large pieces.
///
/// Nothing is written behind the caller's back at the end: call ``flush()``.
struct OutputBuffer: ~Copyable {
    /// What is still to be written.
    private(set) var bytes: [UInt8] = []

    /// Where the bytes go; nil keeps all of them in ``bytes``.
    private let descriptor: Int32?

    /// How many bytes are collected before they are written.
    private static let capacity = 1 << 16

    /// A buffer over an open descriptor, which stays the caller's.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        bytes.reserveCapacity(Self.capacity + 4096)
    }

    /// A buffer that only collects.
    init() {
        descriptor = nil
    }

    /// What has been collected, as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        self.bytes.append(contentsOf: bytes)
    }

    mutating func appendLine(_ text: String = "") {
        append(text)
        append(UInt8(ascii: "\n"))
    }

    /// Lets the caller put bytes behind those collected so far, without a copy.
    @inline(__always)
    mutating func append<Failure: Error>(
        with body: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        try body(&bytes)
    }

    /// Writes if enough has been collected.
    ///
    /// - Throws: ``OutputError``.
    mutating func flushIfFull() throws(OutputError) {
        if bytes.count >= Self.capacity { try flush() }
    }

    /// Writes everything collected; a buffer that only collects keeps it.
    ///
    /// - Throws: ``OutputError``; the bytes are given up then.
    mutating func flush() throws(OutputError) {
        guard let descriptor, !bytes.isEmpty else { return }
        defer { bytes.removeAll(keepingCapacity: true) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                waitUntilWritable(descriptor)
            } else if errno != EINTR {
                throw OutputError(errno)
            }
        }
    }

    /// A descriptor that somebody made non-blocking takes more in a moment.
    private func waitUntilWritable(_ descriptor: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&entry, 1, -1)
    }
}

/// Why output could not be written.
enum OutputError: Error, Equatable, CustomStringConvertible {
    /// Whoever was reading has gone away, as `head` does: no reason to complain.
    case readerGone

    /// Anything else, a full disk for one.
    case failed(errno: Int32)

    init(_ code: Int32) {
        self = code == EPIPE ? .readerGone : .failed(errno: code)
    }

    var description: String {
        switch self {
        case .readerGone: "nobody reads the output any more"
        case .failed(let code): "cannot write the output: \(unsafe String(cString: strerror(code)))"
        }
    }
}

extension OutputBuffer {
    /// Appends an answer of the API as it came, as one line.
    mutating func append(json: [UInt8]) {
        append(json)
        if json.last != UInt8(ascii: "\n") { append(UInt8(ascii: "\n")) }
    }
}
