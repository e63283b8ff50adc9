import AlmanacDaemon
import AlmanacModel
import Glibc

/// A file that `almanac service install` writes.
///
/// Its first line holds a hash of the others: that tells a file that somebody has changed from one of an earlier version.
struct ServiceFile: Equatable {
    let path: String

    /// What is written: the text, under its first line.
    let contents: String

    enum State: Equatable {
        case missing
        /// As it would be written now.
        case current
        /// As this program, another version or another variant has written it.
        case former
        /// Changed by hand, or not ours.
        case changed
    }

    static let signature = "# Written by 'almanac service install' "

    init(path: String, text: String) {
        self.path = path
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let mend =
            path.contains("/systemd/")
            ? "; what is to be otherwise goes into a drop-in: systemctl \(path.hasPrefix("/etc/") ? "" : "--user ")edit \(name)"
            : ""
        contents = "\(Self.signature)\(AlmanacVersion.current)\(mend) [\(Self.hash(of: text))]\n\(text)"
    }

    /// What is there now.
    func state() throws -> State {
        guard let found = try LocalFile.read(path) else { return .missing }
        return found == contents ? .current : Self.isIntact(found) ? .former : .changed
    }

    /// Whether nobody has changed a file since it was written by some version of this program.
    static func isIntact(_ contents: String) -> Bool {
        guard contents.hasPrefix(signature), let newline = contents.utf8.firstIndex(of: UInt8(ascii: "\n")) else {
            return false
        }
        return contents[..<newline].hasSuffix("[\(hash(of: String(contents[newline...].dropFirst())))]")
    }

    private static func hash(of text: String) -> String {
        String(StableHash(text).value, radix: 16)
    }
}

/// Small files, read and written whole. Every error is a ``CommandFailure`` that names the path.
enum LocalFile {
    /// The text of a file; nil where there is none.
    static func read(_ path: String) throws(CommandFailure) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("read", path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// Puts a file in place at once, whole, for everyone to read; makes its folder where it is missing.
    static func write(_ text: String, to path: String) throws(CommandFailure) {
        try makeFolder(of: path)
        let temporary = "\(path).new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw failure("write", path) }
        let bytes = Array(text.utf8)
        let isWritten =
            unsafe fchmod(descriptor, 0o644) == 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count
            && fsync(descriptor) == 0
        let reason = errno
        close(descriptor)
        guard isWritten, unsafe rename(temporary, path) == 0 else {
            if isWritten { throw failure("write", path) }
            unsafe unlink(temporary)
            throw failure("write", path, errno: reason)
        }
    }

    /// Removes a file; one that is not there is fine.
    static func remove(_ path: String) throws(CommandFailure) {
        if unsafe unlink(path) == -1 && errno != ENOENT && errno != ENOTDIR { throw failure("remove", path) }
    }

    static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    private static func makeFolder(of path: String) throws(CommandFailure) {
        var folder = ""
        for component in path.split(separator: "/").dropLast() {
            folder += "/\(component)"
            if unsafe mkdir(folder, 0o755) == -1 && errno != EEXIST { throw failure("make", folder) }
        }
    }

    private static func failure(_ action: String, _ path: String, errno code: Int32 = errno) -> CommandFailure {
        CommandFailure("cannot \(action) \(path): \(unsafe String(cString: strerror(code)))")
    }
}
