import Glibc

/// The bytes of a file of bounded size, and which file it was.
struct FileContents {
    /// What tells a file from all others, whatever the path that leads to it.
    struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    enum Failure: Error {
        case kernel(errno: Int32)
        case directory
        case notRegular
        case tooLarge(limit: Int)
        case nulInPath

        /// A sentence without the path.
        var message: String {
            switch self {
            case .kernel(let errno): "cannot read the file: \(unsafe String(cString: strerror(errno)))"
            case .directory: "expected a file, found a directory"
            case .notRegular: "expected a regular file, found a device, a pipe or a socket"
            case .tooLarge(let limit): "expected a file of at most \(ByteCount(limit)), found a larger one"
            case .nulInPath: "cannot read the file: its path holds a NUL character"
            }
        }
    }

    let bytes: [UInt8]
    let identity: Identity

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - limit: the most bytes that it may have.
    ///   - isRegular: whether pipes and devices are refused; only then does a pipe without a writer block nobody.
    init(path: String, upTo limit: Int, isRegular: Bool = false) throws(Failure) {
        guard !path.utf8.contains(0) else { throw .nulInPath }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (isRegular ? O_NONBLOCK : 0))
        guard descriptor >= 0 else { throw .kernel(errno: errno) }
        defer { close(descriptor) }

        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .kernel(errno: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .directory }
        guard !isRegular || status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        bytes = try Self.bytes(of: descriptor, upTo: limit)
    }

    /// Reads on to the end of an open file.
    static func bytes(of descriptor: Int32, upTo limit: Int) throws(Failure) -> [UInt8] {
        // One byte above the limit tells a file that is too large; pipes and devices state no size.
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR {
                throw .kernel(errno: errno)
            }
        }
        throw .tooLarge(limit: limit)
    }
}

/// A number of bytes as a message shows it: `16 MiB`, `64 KiB`, `300 bytes`.
struct ByteCount: CustomStringConvertible {
    private let count: Int

    init(_ count: Int) {
        self.count = count
    }

    var description: String {
        if count >= 1 << 20, count % (1 << 20) == 0 { return "\(count >> 20) MiB" }
        if count >= 1 << 10, count % (1 << 10) == 0 { return "\(count >> 10) KiB" }
        return count == 1 ? "1 byte" : "\(count) bytes"
    }
}
