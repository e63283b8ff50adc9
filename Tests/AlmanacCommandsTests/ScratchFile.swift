import AlmanacTesting
import Glibc

/// A file of a test's own, open for reading and writing; what a test sends in or gets out through a descriptor.
final class ScratchFile {
    let descriptor: Int32
    private let folder = TemporaryFolder()
    private let path: String

    /// A file that holds this text, to be read from its start.
    init(_ text: String = "") {
        path = folder.write(text, to: "scratch")
        descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
        precondition(descriptor >= 0, "open \(path): errno \(errno)")
    }

    deinit {
        close(descriptor)
    }

    /// All that is in the file, whatever has been read of it.
    var text: String { String(decoding: TemporaryFolder.read(path) ?? [], as: UTF8.self) }
}
