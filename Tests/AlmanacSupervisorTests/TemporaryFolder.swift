import AlmanacRunProtocol
import Glibc

/// A folder of its own for a test, removed with all that is in it at the end.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() {
        var template = Array("/tmp/almanac-supervisor-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { unsafe mkdtemp($0.baseAddress!) != nil }
        precondition(made, "no temporary folder")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.remove(path)
    }

    var run: RunFolder { RunFolder(path: path) }

    /// Puts bytes that no encoder would write into a file of the folder.
    func plant(_ text: String, at path: String) {
        guard let file = unsafe fopen(path, "w") else { preconditionFailure("cannot open \(path)") }
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    private static func remove(_ path: String) {
        if let folder = unsafe opendir(path) {
            while let entry = unsafe readdir(folder) {
                let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { remove("\(path)/\(name)") }
            }
            unsafe closedir(folder)
            unsafe rmdir(path)
        } else {
            unsafe unlink(path)
        }
    }
}

/// The permission bits of a file; nil where there is none.
func permissions(_ path: String) -> mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
}

/// A generator whose numbers are the same in every run of a test.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
