import Glibc

/// The programs of this package, as the build that the tests belong to has made them.
package enum BuiltProgram {
    /// The path of a program beside the test bundle.
    package static func path(_ name: String) -> String {
        // The tests run from the bundle in the build folder, or from a runner that maps it.
        let maps = String(decoding: TemporaryFolder.read("/proc/self/maps") ?? [], as: UTF8.self)
        for line in maps.split(separator: "\n") {
            guard let slash = line.firstIndex(of: "/") else { continue }
            let path = line[slash...]
            guard path.hasSuffix(".xctest"), let end = path.lastIndex(of: "/") else { continue }
            let candidate = "\(path[..<end])/\(name)"
            if unsafe access(candidate, X_OK) == 0 { return candidate }
        }
        preconditionFailure("\(name) is not beside the tests; build the whole package first")
    }
}
