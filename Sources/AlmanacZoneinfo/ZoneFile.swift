import Glibc

/// The bytes of a file with what tells whether it has been changed since.
struct ZoneFile {
    /// What a file's status says about its contents.
    struct Identity: Equatable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modifiedSeconds = status.st_mtim.tv_sec
            modifiedNanoseconds = status.st_mtim.tv_nsec
        }
    }

    let identity: Identity
    let bytes: [UInt8]

    /// Larger than any zone file; those of the IANA database have at most a few kilobytes.
    static let sizeLimit = 1 << 20

    /// The identity of a file, by its name; nil where its status cannot be had.
    static func identity(ofFileAt path: String) -> Identity? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Identity(status)
    }

    /// Reads a whole regular file of at most ``sizeLimit`` bytes.
    ///
    /// A pipe or device of that name does not hold the caller up. The identity is that of the file that was read, even where another
    /// one takes its name meanwhile.
    static func read(_ path: String) throws(ZoneinfoError.Reason) -> ZoneFile {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw switch errno {
            case ENOENT, ENOTDIR, ENAMETOOLONG: .notFound
            case let code: .system(call: "open", errno: code)
            }
        }
        defer { close(descriptor) }

        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(call: "fstat", errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_size <= sizeLimit else { throw .tooLarge(limit: sizeLimit) }

        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(call: "read", errno: errno)
            }
            bytes += buffer[..<count]
            guard bytes.count <= sizeLimit else { throw .tooLarge(limit: sizeLimit) }
        }
        return ZoneFile(identity: Identity(status), bytes: bytes)
    }
}

extension ZoneinfoError.Reason: Error {}

/// The C library's sentence for an error number.
func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}

/// A variable of the process's environment.
func environmentVariable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}
