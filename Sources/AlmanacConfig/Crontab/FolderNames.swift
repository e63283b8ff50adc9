import Glibc

/// What is in a folder.
enum FolderNames {
    struct Failure: Error {
        let errno: Int32

        var isMissing: Bool { errno == ENOENT }

        var message: String { "cannot read the folder: \(unsafe String(cString: strerror(errno)))" }
    }

    /// The names in a folder, sorted, without those that begin with a dot. Names that are not UTF-8 are shown as well as can be, and lead nowhere.
    static func names(in path: String) throws(Failure) -> [String] {
        guard let folder = unsafe opendir(path) else { throw Failure(errno: errno) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(folder) else {
                guard errno == 0 else { throw Failure(errno: errno) }
                return names.sorted()
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
    }

    static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
