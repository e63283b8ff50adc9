package import AlmanacRunProtocol
import Glibc

/// A folder of a test's own, gone with the value that stands for it.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/almanac-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { preconditionFailure("mkdtemp: errno \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.remove(path)
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The folder as that of a run.
    package var run: RunFolder { RunFolder(path: path) }

    /// Writes a file and answers its path.
    @discardableResult
    package func write(_ text: String, to name: String) -> String {
        let path = file(name)
        plant(text, at: path)
        return path
    }

    /// Writes a file at a path of another's making, such as that of a run's result.
    package func plant(_ text: String, at path: String) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "open \(path): errno \(errno)")
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        let count = unsafe Glibc.write(descriptor, bytes, bytes.count)
        precondition(count == bytes.count, "write \(path): errno \(errno)")
    }

    /// The whole of a file; nil where there is none.
    package static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count <= 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Removes a file, or a folder and all that is in it.
    private static func remove(_ path: String) {
        if let folder = unsafe opendir(path) {
            while let entry = unsafe readdir(folder) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                    unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                let child = "\(path)/\(name)"
                if unsafe Glibc.unlink(child) == -1 { remove(child) }
            }
            unsafe closedir(folder)
        }
        _ = unsafe Glibc.rmdir(path)
    }
}
