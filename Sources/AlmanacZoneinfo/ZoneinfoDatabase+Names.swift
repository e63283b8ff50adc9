import Glibc

extension ZoneinfoDatabase {
    /// The names of all zones that there are, links included, sorted.
    ///
    /// A zone is a file that begins as zone files do. The folders `posix/` and `right/`, which repeat the others, and the machine's
    /// own `localtime` and `posixrules` are left out. `UTC` is always there.
    package func names() -> [String] {
        var result: Set<String> = ["UTC"]
        var folders = [""]
        while let folder = folders.popLast() {
            for name in Self.entries(ofFolder: directory + "/" + folder) {
                let path = folder + name
                if name.hasPrefix(".") || folder.isEmpty && Self.excluded.contains(name) { continue }
                switch Self.kind(of: directory + "/" + path) {
                // Zones lie three folders deep at most; the bound ends a circle of links.
                case .folder where path.utf8.count(where: { $0 == UInt8(ascii: "/") }) < 8: folders.append(path + "/")
                case .zone: result.insert(path)
                case .folder, .other: break
                }
            }
        }
        return result.sorted()
    }

    private static let excluded: Set<String> = ["posix", "right", "localtime", "posixrules"]

    private enum Kind { case folder, zone, other }

    private static func kind(of path: String) -> Kind {
        var link = stat()
        guard unsafe lstat(path, &link) == 0 else { return .other }
        // Links to folders repeat what is found elsewhere.
        if link.st_mode & S_IFMT == S_IFDIR { return .folder }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return .other }
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: 4)
        let count = unsafe start.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        return count == 4 && start.elementsEqual("TZif".utf8) ? .zone : .other
    }

    private static func entries(ofFolder path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(
                    to: CChar.self,
                    capacity: MemoryLayout.size(ofValue: unsafe pointer.pointee)
                ) {
                    unsafe String(cString: $0)
                }
            }
            names.append(name)
        }
        return names
    }
}
