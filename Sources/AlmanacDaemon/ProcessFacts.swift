import AlmanacLinux
import CLinux
import Glibc

/// The folder that this process works in, absolute.
func currentFolder() throws(SystemError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard unsafe getcwd(&buffer, buffer.count) != nil else { throw SystemError("getcwd") }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// The environment of this process. Of a variable that is there twice, the first counts.
func processEnvironment() -> [String: String] {
    var environment: [String: String] = [:]
    var index = 0
    while let variable = unsafe clinux_environ()?[index] {
        let text = unsafe String(cString: variable)
        if let equals = text.firstIndex(of: "=") {
            let name = String(text[..<equals])
            if environment[name] == nil { environment[name] = String(text[text.index(after: equals)...]) }
        }
        index += 1
    }
    return environment
}

/// The first bytes of a file; nil where it cannot be read.
///
/// It does not wait for the other end of a pipe that somebody has put there.
func beginning(ofFile path: String, limit: Int = 4096) -> [UInt8]? {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { return nil }
    defer { close(number) }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = unsafe read(number, &bytes, bytes.count)
    return count < 0 ? nil : Array(bytes[..<count])
}

/// The path without links and dots; as it is where there is no such file.
func resolvedPath(_ path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}

/// A file as it was when the daemon read it.
struct WatchedFile: Sendable {
    let path: String
    private let seen: FileState?

    /// Takes the file as it is now.
    init(path: String) {
        self.path = path
        seen = FileState(path: path)
    }

    /// Whether it is another file now, or has other contents.
    var hasChanged: Bool { FileState(path: path) != seen }
}
