import Glibc

/// How much a write must survive.
package enum Durability: Sendable {
    /// The file is whole or absent after the death of a process, but may be gone or empty after that of the machine.
    case atomic
    /// The file is there, whole, after the death of the machine too, from the moment the write returns.
    case durable
}

/// Reads and writes small files whole.
enum DurableFile {
    /// No file of the protocol is larger; a spec with the longest arguments and environment that Linux takes is a tenth of it.
    static let sizeLimit = 64 << 20

    /// Writes `bytes` to a new file beside `path`, mode 0600, and renames it to `path`.
    static func write(_ bytes: [UInt8], to path: String, durability: Durability) throws(RunFileError) {
        let temporary = path + ".new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("open", temporary) }
        do throws(RunFileError) {
            try writeAll(bytes, to: descriptor, path: temporary)
            if durability == .durable, fsync(descriptor) != 0 { throw failure("fsync", temporary) }
        } catch {
            close(descriptor)
            _ = unsafe unlink(temporary)
            throw error
        }
        close(descriptor)
        guard unsafe rename(temporary, path) == 0 else {
            let error = failure("rename", path)
            _ = unsafe unlink(temporary)
            throw error
        }
        if durability == .durable {
            try synchronizeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        }
    }

    /// The file's bytes; nil where there is no file.
    static func read(_ path: String) throws(RunFileError) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("open", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("fstat", path) }
        guard status.st_size <= sizeLimit else {
            throw RunFileError(path: path, cause: .tooLarge(limit: sizeLimit))
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { break }
            filled += count
        }
        bytes.removeSubrange(filled...)
        return bytes
    }

    /// Makes the names in the folder durable.
    static func synchronizeFolder(_ path: String) throws(RunFileError) {
        let path = path.isEmpty ? "/" : path
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(RunFileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("write", path) }
            written += count
        }
    }

    private static func failure(_ call: String, _ path: String) -> RunFileError {
        RunFileError(path: path, cause: .system(call: call, errno: errno))
    }
}
