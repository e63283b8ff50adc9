import Glibc

/// A token of the API, which no description shows.
struct BearerToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What is shown to the daemon.
    let secret: String

    var description: String { "(a token)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }

    private static let sizeLimit = 4096

    /// Reads a token from a file, whose last end of line is none of it.
    ///
    /// - Throws: where the file cannot be read, where group or others may read it too, and where there is no token in it.
    init(file path: String) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw CommandFailure("others can get at the token in \(path): chmod 600 \(path)")
        }
        var bytes: [UInt8] = []
        while bytes.count <= Self.sizeLimit {
            var piece = [UInt8](repeating: 0, count: Self.sizeLimit + 1)
            let count = unsafe read(descriptor, &piece, piece.count)
            guard count >= 0 else { throw Self.unreadable(path) }
            guard count > 0 else { break }
            bytes += piece.prefix(count)
        }
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw CommandFailure(
                "\(path) is empty; 'almanac token create' on the daemon's machine makes a token for it"
            )
        }
        // RFC 6750 2.1: visible characters; what else is in there would change the request.
        guard bytes.count <= Self.sizeLimit, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CommandFailure("\(path) holds something else than one token on one line, without blanks")
        }
        secret = String(decoding: bytes, as: UTF8.self)
    }

    private static func unreadable(_ path: String) -> CommandFailure {
        CommandFailure("cannot read the token in \(path): \(unsafe String(cString: strerror(errno)))")
    }
}
